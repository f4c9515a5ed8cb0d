#include "collect/s3/key_ring.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/endpoint.h"
#include "base/civil.h"
#include "codec/json.h"
#include "collect/s3/layout.h"
#include "net/clock.h"

#define FINGERPRINT_MAX 128
#define FILE_MAX ((size_t)64 * 1024)
#define ANSWER_MAX ((size_t)1024 * 1024)
#define AGAIN_US CIVIL_US_PER_HOUR
#define TARGET                                                                 \
	"com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."              \
	"ListPublicKeys"

struct known {
	char fingerprint[FINGERPRINT_MAX];
	EVP_PKEY *key; /* NULL: cannot be had */
	bool asking;
	int64_t again_us;
	struct s3_source *source;
	struct known *next;
};

struct key_ring {
	struct known *first;
};

struct key_ring *
key_ring_new(void)
{
	return status_calloc(1, sizeof(struct key_ring));
}

void
key_ring_free(struct key_ring *r)
{
	if (r == NULL)
		return;
	while (r->first != NULL) {
		struct known *k = r->first;

		r->first = k->next;
		EVP_PKEY_free(k->key);
		free(k);
	}
	free(r);
}

void
key_ring_step(struct key_ring *r)
{
	struct known **at = &r->first;
	int64_t now = clock_mono_us();

	while (*at != NULL) {
		struct known *k = *at;

		if (k->key != NULL || k->asking || k->again_us > now) {
			at = &k->next;
			continue;
		}
		*at = k->next;
		free(k);
	}
}

/* It becomes part of a file's name. */
static bool
is_fingerprint(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!isalnum((unsigned char)s.at[i]) && s.at[i] != ':')
			return false;
	}
	return s.len > 0 && s.len < FINGERPRINT_MAX;
}

static EVP_PKEY *
read_key_file(const char *folder, const char *fingerprint)
{
	struct buf path = { 0 };
	char *text = status_calloc(FILE_MAX, 1);
	EVP_PKEY *key = NULL;
	FILE *f;

	buf_printf(&path, "%s/%s.pem", folder, fingerprint);
	f = fopen(path.at, "re");
	if (f != NULL) {
		size_t n = fread(text, 1, FILE_MAX, f);

		key = digest_key_of(span_of(text, n));
		(void)fclose(f);
	}
	buf_done(&path);
	free(text);
	return key;
}

static void
cannot(struct known *k, const char *why)
{
	k->again_us = clock_mono_us() + AGAIN_US;
	work_say(k->source, SOURCE_WARNING,
	    "digests are checked without their signature: no public key",
	    "reason", why);
}

/* --- asking --------------------------------------------------------------- */

static EVP_PKEY *
key_of_base64(struct span s)
{
	unsigned char *bytes = status_calloc(s.len + 4, 1);
	EVP_PKEY *key = NULL;
	int n = s.len < ANSWER_MAX
		    ? EVP_DecodeBlock(
			  bytes, (const unsigned char *)s.at, (int)s.len)
		    : -1;

	if (n > 0)
		key = digest_key_of(span_of((const char *)bytes, (size_t)n));
	free(bytes);
	return key;
}

static void
take_keys(struct known *k, struct span body)
{
	struct json_parser *p = json_parser_new(ANSWER_MAX);
	char *text = status_calloc(body.len + JSON_PADDING, 1);
	struct json_value root, item;
	struct json_iter it;

	if (body.len > 0)
		memcpy(text, body.at, body.len);
	if (json_parse(p, span_of(text, body.len), &root) == STATUS_OK) {
		it = json_iter(json_get(root, SPAN("PublicKeyList")));
		while (k->key == NULL && json_next_item(&it, &item)) {
			if (span_equal(
				json_get_string(item, SPAN("Fingerprint")),
				span_str(k->fingerprint)))
				k->key = key_of_base64(
				    json_get_string(item, SPAN("Value")));
		}
	}
	free(text);
	json_parser_free(p);
}

static void
on_keys(void *cookie, const struct aws_answer *a)
{
	struct known *k = cookie;
	struct buf why = { 0 };

	k->asking = false;
	if (a->outcome == AWS_DONE)
		take_keys(k, a->response->body);
	if (k->key == NULL) {
		buf_add_str(&why, a->outcome == AWS_DONE
				      ? "CloudTrail does not list it"
				      : a->text);
		if (span_starts(span_str(a->fault.code), SPAN("AccessDenied")))
			buf_add_str(&why, "; needs cloudtrail:ListPublicKeys, "
					  "or digest_keys");
		cannot(k, buf_text(&why));
	}
	buf_done(&why);
}

static void
ask(struct s3_source *s, struct known *k, struct span region,
    const struct digest *d)
{
	const char *endpoint =
	    credentials_endpoint(aws_credentials(s->aws), "CloudTrail");
	const struct http_header headers[] = {
		{ SPAN("Content-Type"), SPAN("application/x-amz-json-1.1") },
		{ SPAN("X-Amz-Target"), SPAN(TARGET) },
	};
	struct buf url = { 0 }, body = { 0 };
	struct endpoint at;
	int64_t end_s = d->end_us / CIVIL_US_PER_S;

	endpoint_url("cloudtrail", region, &url);
	if (endpoint == NULL || !endpoint_split(span_str(endpoint), &at))
		ASSERT(endpoint_split(buf_span(&url), &at));
	buf_printf(&body, "{\"StartTime\":%" PRId64 ",\"EndTime\":%" PRId64 "}",
	    end_s - 86400, end_s + 86400);
	k->asking = true;
	(void)aws_start(s->aws, &(struct aws_call){
				    .service = "cloudtrail",
				    .region = region,
				    .method = SPAN("POST"),
				    .scheme = at.scheme,
				    .host = at.host,
				    .path = SPAN("/"),
				    .headers = headers,
				    .nheaders = COUNTOF(headers),
				    .body = buf_span(&body),
				    .has_body = true,
				    .body_limit = ANSWER_MAX,
				    .attempts = 5,
				    .done = on_keys,
				    .cookie = k,
				});
	buf_done(&url);
	buf_done(&body);
}

bool
key_ring_find(struct s3_source *s, struct key_ring *r, struct span place,
    const struct digest *digest, EVP_PKEY **key)
{
	struct span region = layout_names_of(place).region;
	struct known *k = r->first;

	*key = NULL;
	if (!is_fingerprint(digest->fingerprint))
		return true;
	while (k != NULL &&
	       !span_equal(span_str(k->fingerprint), digest->fingerprint))
		k = k->next;
	if (k != NULL) {
		*key = k->key;
		return !k->asking;
	}
	k = status_calloc(1, sizeof(*k));
	memcpy(k->fingerprint, digest->fingerprint.at, digest->fingerprint.len);
	k->source = s;
	k->next = r->first;
	r->first = k;
	if (s->config->digest_keys != NULL) {
		*key = k->key =
		    read_key_file(s->config->digest_keys, k->fingerprint);
		if (k->key == NULL)
			cannot(k, "it is not in the folder digest_keys");
		return true;
	}
	/* It becomes part of a host's name. */
	if (!endpoint_is_region(region)) {
		cannot(k, "the digest's place names no region");
		return true;
	}
	ask(s, k, region, digest);
	return false;
}
