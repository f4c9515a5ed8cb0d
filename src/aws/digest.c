#include "aws/digest.h"

#include <openssl/decoder.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sigv4.h"
#include "base/civil.h"
#include "codec/json.h"

#define SIGNATURE_MAX 1024
#define KEY_MAX ((size_t)16 * 1024)

void
digest_done(struct digest *d)
{
	json_parser_free(d->parser);
	free(d->files);
	free(d->text);
	*d = (struct digest){ 0 };
}

static bool
is_hash(struct span s)
{
	if (s.len != DIGEST_HEX_BYTES - 1)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!((s.at[i] >= '0' && s.at[i] <= '9') ||
			(s.at[i] >= 'a' && s.at[i] <= 'f')))
			return false;
	}
	return true;
}

static enum status
read_files(struct json_value list, struct digest *d)
{
	struct json_iter it = json_iter(list);
	struct json_value item;
	size_t room = 0;

	if (!json_is(list, JSON_ARRAY))
		return STATUS_MALFORMED;
	while (json_next_item(&it, &item)) {
		struct digest_file f = {
			.bucket = json_get_string(item, SPAN("s3Bucket")),
			.key = json_get_string(item, SPAN("s3Object")),
			.hash = json_get_string(item, SPAN("hashValue")),
		};

		if (!span_equal(json_get_string(item, SPAN("hashAlgorithm")),
			SPAN("SHA-256")))
			return STATUS_UNSUPPORTED;
		if (f.key.len == 0 || !is_hash(f.hash))
			return STATUS_MALFORMED;
		if (d->count == DIGEST_FILES_MAX)
			return STATUS_TOO_LARGE;
		if (d->count == room) {
			room = 2 * room + 64;
			d->files =
			    status_realloc(d->files, room, sizeof(*d->files));
		}
		d->files[d->count++] = f;
	}
	return STATUS_OK;
}

static enum status
read_root(struct json_value root, struct digest *d)
{
	d->account = json_get_string(root, SPAN("awsAccountId"));
	d->bucket = json_get_string(root, SPAN("digestS3Bucket"));
	d->key = json_get_string(root, SPAN("digestS3Object"));
	d->fingerprint =
	    json_get_string(root, SPAN("digestPublicKeyFingerprint"));
	d->end = json_get_string(root, SPAN("digestEndTime"));
	d->previous_bucket =
	    json_get_string(root, SPAN("previousDigestS3Bucket"));
	d->previous_key = json_get_string(root, SPAN("previousDigestS3Object"));
	d->previous_hash =
	    json_get_string(root, SPAN("previousDigestHashValue"));
	d->previous_signature =
	    json_get_string(root, SPAN("previousDigestSignature"));
	if (!civil_parse(
		json_get_string(root, SPAN("digestStartTime")), &d->start_us) ||
	    !civil_parse(d->end, &d->end_us) || d->key.len == 0 ||
	    (d->previous_key.len > 0 && !is_hash(d->previous_hash)))
		return STATUS_MALFORMED;
	if (!span_equal(json_get_string(root, SPAN("digestSignatureAlgorithm")),
		SPAN("SHA256withRSA")))
		return STATUS_UNSUPPORTED;
	return read_files(json_get(root, SPAN("logFiles")), d);
}

enum status
digest_read(struct span content, struct digest *digest)
{
	struct json_value root;
	enum status st;

	*digest = (struct digest){ 0 };
	if (content.len > DIGEST_BYTES_MAX)
		return STATUS_TOO_LARGE;
	digest->parser = json_parser_new(DIGEST_BYTES_MAX);
	digest->text = status_calloc(content.len + JSON_PADDING, 1);
	if (content.len > 0)
		memcpy(digest->text, content.at, content.len);
	st = json_parse(
	    digest->parser, span_of(digest->text, content.len), &root);
	if (st == STATUS_OK)
		st = read_root(root, digest);
	if (st != STATUS_OK) {
		digest_done(digest);
		return st;
	}
	(void)sigv4_sha256_hex(content, digest->hash);
	return STATUS_OK;
}

static size_t
unhex(struct span hex, unsigned char *out)
{
	static const char digits[] = "0123456789abcdef";

	if (hex.len % 2 != 0 || hex.len / 2 > SIGNATURE_MAX)
		return 0;
	for (size_t i = 0; i < hex.len; i++) {
		const char *at = memchr(digits, hex.at[i] | 0x20, 16);

		if (at == NULL)
			return 0;
		out[i / 2] = (unsigned char)((out[i / 2] << 4) | (at - digits));
	}
	return hex.len / 2;
}

bool
digest_is_signed(const struct digest *d, struct span signature, EVP_PKEY *key)
{
	unsigned char bytes[SIGNATURE_MAX] = { 0 };
	size_t len = unhex(span_trim(signature), bytes);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	struct buf text = { 0 };
	bool ok;

	buf_printf(&text, "%.*s\n%.*s/%.*s\n%s\n%.*s", SPAN_ARGS(d->end),
	    SPAN_ARGS(d->bucket), SPAN_ARGS(d->key), d->hash,
	    SPAN_ARGS(d->previous_signature.len > 0 ? d->previous_signature
						    : SPAN("null")));
	ok = len > 0 && md != NULL && EVP_PKEY_is_a(key, "RSA") &&
	     EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
	     EVP_DigestVerify(
		 md, bytes, len, (const unsigned char *)text.at, text.len) == 1;
	EVP_MD_CTX_free(md);
	buf_done(&text);
	return ok;
}

EVP_PKEY *
digest_key_of(struct span bytes)
{
	EVP_PKEY *key = NULL;
	OSSL_DECODER_CTX *ctx;
	const unsigned char *at = (const unsigned char *)bytes.at;
	size_t len = bytes.len;

	if (len == 0 || len > KEY_MAX)
		return NULL;
	/* Whatever it is in: PEM or DER, PKCS #1 or SubjectPublicKeyInfo. */
	ctx = OSSL_DECODER_CTX_new_for_pkey(
	    &key, NULL, NULL, "RSA", EVP_PKEY_PUBLIC_KEY, NULL, NULL);
	if (ctx == NULL || OSSL_DECODER_from_data(ctx, &at, &len) != 1) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	OSSL_DECODER_CTX_free(ctx);
	return key;
}
