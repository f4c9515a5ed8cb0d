#include "net/kafka_token.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "net/kafka.h"

#define PART_BYTES ((size_t)32 * 1024)
#define SECONDS_MAX 253402300799 /* the year 9999 */

/* base64url without padding (RFC 7515): NULL when it is not. */
static char *
decode(struct span part, size_t *len)
{
	size_t whole = (part.len + 3) / 4 * 4;
	unsigned char *text, *bytes;
	int got;

	if (part.len == 0 || part.len > PART_BYTES || part.len % 4 == 1)
		return NULL;
	text = status_calloc(whole + 1, 1);
	bytes = status_calloc(whole + 1, 1);
	for (size_t i = 0; i < whole; i++) {
		char c = i < part.len ? part.at[i] : '=';

		text[i] = (unsigned char)(c == '-' ? '+' : c == '_' ? '/' : c);
	}
	got = EVP_DecodeBlock(bytes, text, (int)whole);
	free(text);
	if (got < 0) {
		free(bytes);
		return NULL;
	}
	*len = (size_t)got - (whole - part.len);
	return (char *)bytes;
}

enum status
kafka_token_claims(struct span token, struct buf *subject, int64_t *expires_ms)
{
	struct span rest = token;
	size_t len = 0;
	char *text;
	json_t *root, *exp;
	const char *sub;
	enum status st = STATUS_MALFORMED;

	(void)span_cut(&rest, '.');
	text = decode(span_cut(&rest, '.'), &len);
	if (text == NULL)
		return STATUS_MALFORMED;
	root = json_loadb(text, len, 0, NULL);
	exp = json_object_get(root, "exp");
	sub = json_string_value(json_object_get(root, "sub"));
	if (sub != NULL && json_is_number(exp) && json_number_value(exp) > 0 &&
	    json_number_value(exp) < SECONDS_MAX) {
		buf_add_str(subject, sub);
		*expires_ms = (int64_t)(json_number_value(exp) * 1000);
		st = STATUS_OK;
	}
	json_decref(root);
	free(text);
	return st;
}

void
kafka_token_refresh(rd_kafka_t *client, const char *path, void *cookie)
{
	struct buf error = { 0 }, subject = { .limit = 1024 };
	char *token = kafka_read_secret(path, &error);
	char reason[256] = "";
	int64_t expires_ms = 0;

	(void)cookie;
	if (token != NULL && kafka_token_claims(span_str(token), &subject,
				 &expires_ms) != STATUS_OK)
		buf_add_str(&error,
		    "the file holds no JSON Web Token with sub and exp");
	if (error.len == 0 &&
	    rd_kafka_oauthbearer_set_token(client, token, expires_ms,
		buf_text(&subject), NULL, 0, reason,
		sizeof(reason)) != RD_KAFKA_RESP_ERR_NO_ERROR)
		buf_add_str(&error, reason);
	if (error.len > 0)
		(void)rd_kafka_oauthbearer_set_token_failure(
		    client, buf_text(&error));
	if (token != NULL)
		OPENSSL_cleanse(token, strlen(token));
	free(token);
	buf_done(&error);
	buf_done(&subject);
}
