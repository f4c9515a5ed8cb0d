#include "aws/sigv4.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "base/civil.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
#define DATE_BYTES 8   /* "20150830" */
#define STAMP_BYTES 16 /* "20150830T123600Z" */
#define HASH_BYTES 32
#define OWN_HEADERS 4 /* Host, X-Amz-Date, -Security-Token, -Content-Sha256 */
#define OWN_PARAMS 6  /* of a presigned URL */
#define EXPIRES_MAX 604800
#define SECRET_BYTES_MAX 4096

/* An encoded parameter; offsets into draft.encoded, whose bytes move. */
struct pair {
	size_t name, name_len, value, value_len;
	bool valueless;
};

/* A request while it is signed. */
struct draft {
	const struct sigv4_request *r;
	char stamp[STAMP_BYTES + 1];
	char hash[SIGV4_HEX_BYTES]; /* of the payload */
	struct span payload_hash;
	struct sigv4_param params[SIGV4_QUERY_MAX + OWN_PARAMS];
	size_t nparams;
	struct http_header headers[SIGV4_HEADERS_MAX + OWN_HEADERS];
	size_t nheaders;
	struct buf encoded; /* names and values of pairs */
	struct pair pairs[SIGV4_QUERY_MAX + OWN_PARAMS];
	struct buf path;  /* as sent */
	struct buf query; /* as sent, no "?" */
	struct buf scope; /* "20150830/us-east-1/s3/aws4_request" */
	struct buf signed_names;
	char expires[12];
	struct buf credential;
};

static const char hex_upper[] = "0123456789ABCDEF";
static const char hex_lower[] = "0123456789abcdef";

static void
hex_of(const unsigned char *bytes, size_t len, char *hex)
{
	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = hex_lower[bytes[i] >> 4];
		hex[2 * i + 1] = hex_lower[bytes[i] & 15];
	}
	hex[2 * len] = '\0';
}

static bool
is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

/* A buf whose bytes may hold a secret: never grown, so never left behind. */
static void
reserve(struct buf *b, size_t size)
{
	b->at = status_calloc(size + 1, 1);
	b->size = size + 1;
	b->limit = size;
}

static void
wipe(struct buf *b)
{
	if (b->at != NULL)
		OPENSSL_cleanse(b->at, b->size);
	buf_done(b);
	b->limit = 0;
}

static void
hmac(struct span key, struct span text, unsigned char *out)
{
	unsigned len = HASH_BYTES;

	ASSERT(HMAC(EVP_sha256(), key.at, (int)key.len,
		   (const unsigned char *)(text.at ? text.at : ""), text.len,
		   out, &len) != NULL);
}

/* Derive the day's key and sign. */
static void
sign(const struct draft *d, struct span to_sign, char *hex)
{
	const struct sigv4_request *r = d->r;
	const struct span steps[] = { span_of(d->stamp, DATE_BYTES), r->region,
		r->service, SPAN("aws4_request"), to_sign };
	unsigned char key[HASH_BYTES];
	struct buf first = { 0 };
	struct span with;

	reserve(&first, 4 + r->keys->secret.len);
	buf_add_str(&first, "AWS4");
	buf_add(&first, r->keys->secret);
	with = buf_span(&first);
	for (size_t i = 0; i < COUNTOF(steps); i++) {
		unsigned char next[HASH_BYTES];

		hmac(with, steps[i], next);
		memcpy(key, next, sizeof(key));
		OPENSSL_cleanse(next, sizeof(next));
		with = span_of((const char *)key, sizeof(key));
	}
	hex_of(key, sizeof(key), hex);
	OPENSSL_cleanse(key, sizeof(key));
	wipe(&first);
}

/* --- the path --------------------------------------------------------- */

/* RFC 3986, 5.2.4, on a path that begins with "/", and empty segments go. */
static void
add_normalised(struct span path, struct buf *out)
{
	struct span rest = path;
	bool folder = false;

	while (rest.at != NULL) {
		struct span part = span_cut(&rest, '/');

		folder = span_is_empty(part);
		if (folder)
			continue;
		if (span_equal(part, SPAN("."))) {
			folder = true;
		} else if (span_equal(part, SPAN(".."))) {
			size_t up = span_rfind(buf_span(out), '/');

			out->len = up < out->len ? up : 0;
			folder = true;
		} else {
			buf_add_char(out, '/');
			buf_add(out, part);
		}
	}
	if (out->len == 0 || folder)
		buf_add_char(out, '/');
}

static void
add_canonical_path(const struct draft *d, struct buf *out)
{
	struct buf normal = { 0 };

	if (d->r->s3) {
		buf_add(out, buf_span(&d->path));
		return;
	}
	add_normalised(buf_span(&d->path), &normal);
	sigv4_encode(buf_span(&normal), true, out);
	buf_done(&normal);
}

/* --- the query -------------------------------------------------------- */

static struct span
name_of(const struct draft *d, const struct pair *p)
{
	return span_of(d->encoded.at + p->name, p->name_len);
}

static struct span
value_of(const struct draft *d, const struct pair *p)
{
	return span_of(d->encoded.at + p->value, p->value_len);
}

static int
compare_pairs(const void *a, const void *b, void *draft)
{
	const struct draft *d = draft;
	int order = span_compare(name_of(d, a), name_of(d, b));

	return order != 0 ? order
			  : span_compare(value_of(d, a), value_of(d, b));
}

static void
encode_query(struct draft *d)
{
	size_t room = 1;

	for (size_t i = 0; i < d->nparams; i++)
		room += 3 * (d->params[i].name.len + d->params[i].value.len);
	reserve(&d->encoded, room);
	reserve(&d->query, room + 2 * d->nparams);
	for (size_t i = 0; i < d->nparams; i++) {
		struct pair *p = &d->pairs[i];

		p->valueless = d->params[i].valueless;
		p->name = d->encoded.len;
		sigv4_encode(d->params[i].name, false, &d->encoded);
		p->name_len = d->encoded.len - p->name;
		p->value = d->encoded.len;
		if (!p->valueless)
			sigv4_encode(d->params[i].value, false, &d->encoded);
		p->value_len = d->encoded.len - p->value;
	}
	/* By the encoded bytes, as AWS sorts. */
	qsort_r(d->pairs, d->nparams, sizeof(d->pairs[0]), compare_pairs, d);
	for (size_t i = 0; i < d->nparams; i++) {
		if (i > 0)
			buf_add_char(&d->query, '&');
		buf_add(&d->query, name_of(d, &d->pairs[i]));
		if (d->pairs[i].valueless)
			continue;
		buf_add_char(&d->query, '=');
		buf_add(&d->query, value_of(d, &d->pairs[i]));
	}
}

static void
add_canonical_query(const struct draft *d, struct buf *out)
{
	for (size_t i = 0; i < d->nparams; i++) {
		if (i > 0)
			buf_add_char(out, '&');
		buf_add(out, name_of(d, &d->pairs[i]));
		buf_add_char(out, '=');
		buf_add(out, value_of(d, &d->pairs[i]));
	}
}

/* --- the headers ------------------------------------------------------ */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static int
compare_names(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;

	for (size_t i = 0; i < len; i++) {
		unsigned char x = (unsigned char)lower(a.at[i]);
		unsigned char y = (unsigned char)lower(b.at[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

/* By name; values of one name stay in their order, so by insertion. */
static void
sort_headers(struct draft *d)
{
	for (size_t i = 1; i < d->nheaders; i++) {
		struct http_header one = d->headers[i];
		size_t at = i;

		for (; at > 0 &&
		       compare_names(d->headers[at - 1].name, one.name) > 0;
		     at--)
			d->headers[at] = d->headers[at - 1];
		d->headers[at] = one;
	}
}

/* Trimmed, runs of blanks as one. */
static void
add_value(struct span value, struct buf *out)
{
	struct span s = span_trim(value);

	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] != ' ' || s.at[i - 1] != ' ')
			buf_add_char(out, s.at[i]);
}

static void
add_canonical_headers(const struct draft *d, struct buf *out)
{
	for (size_t i = 0; i < d->nheaders; i++) {
		const struct http_header *h = &d->headers[i];

		if (i > 0 && compare_names(h[-1].name, h->name) == 0) {
			buf_add_char(out, ',');
		} else {
			if (i > 0)
				buf_add_char(out, '\n');
			for (size_t at = 0; at < h->name.len; at++)
				buf_add_char(out, lower(h->name.at[at]));
			buf_add_char(out, ':');
		}
		add_value(h->value, out);
	}
	buf_add_char(out, '\n');
}

static void
name_headers(struct draft *d)
{
	for (size_t i = 0; i < d->nheaders; i++) {
		const struct http_header *h = &d->headers[i];

		if (i > 0 && compare_names(h[-1].name, h->name) == 0)
			continue;
		if (i > 0)
			buf_add_char(&d->signed_names, ';');
		for (size_t at = 0; at < h->name.len; at++)
			buf_add_char(&d->signed_names, lower(h->name.at[at]));
	}
}

static void
push_header(struct draft *d, struct span name, struct span value)
{
	d->headers[d->nheaders++] = (struct http_header){ name, value };
}

static void
push_param(struct draft *d, struct span name, struct span value)
{
	d->params[d->nparams++] =
	    (struct sigv4_param){ .name = name, .value = value };
}

/* --- the whole -------------------------------------------------------- */

static bool
are_keys(const struct sigv4_keys *k)
{
	return !span_is_empty(k->id) && !span_is_empty(k->secret) &&
	       k->secret.len < SECRET_BYTES_MAX && http_is_line(k->id) &&
	       http_is_line(k->token);
}

static bool
is_place(const struct sigv4_request *r)
{
	if (span_is_empty(r->host) || !http_is_line(r->host) ||
	    !http_is_line(r->scheme) || !http_is_line(r->region) ||
	    !http_is_line(r->service))
		return false;
	if (!span_is_empty(r->path) && r->path.at[0] != '/')
		return false;
	return !r->path_is_encoded || http_is_line(r->path);
}

static bool
is_sound(const struct sigv4_request *r)
{
	bool sound = r->nquery <= SIGV4_QUERY_MAX &&
		     r->nheaders <= SIGV4_HEADERS_MAX && are_keys(r->keys) &&
		     is_place(r);

	for (size_t i = 0; sound && i < r->nheaders; i++)
		sound = http_is_line(r->headers[i].name) &&
			http_is_line(r->headers[i].value) &&
			!span_is_empty(r->headers[i].name);
	return sound;
}

static void
stamp_time(struct draft *d)
{
	struct civil c = civil_of(d->r->time_us);
	struct buf text = { 0 };

	buf_printf(&text, "%04d%02u%02uT%02u%02u%02uZ", c.year, c.month, c.day,
	    c.hour, c.minute, c.second);
	ASSERT(text.len == STAMP_BYTES);
	memcpy(d->stamp, text.at, sizeof(d->stamp));
	buf_done(&text);
	buf_add(&d->scope, span_of(d->stamp, DATE_BYTES));
	buf_printf(&d->scope, "/%.*s/%.*s/aws4_request",
	    SPAN_ARGS(d->r->region), SPAN_ARGS(d->r->service));
	buf_add(&d->credential, d->r->keys->id);
	buf_add_char(&d->credential, '/');
	buf_add(&d->credential, buf_span(&d->scope));
}

static struct draft *
draft_new(const struct sigv4_request *r)
{
	struct draft *d = status_calloc(1, sizeof(*d));

	d->r = r;
	stamp_time(d);
	d->payload_hash = span_is_empty(r->payload_hash)
			      ? span_str(sigv4_sha256_hex(r->body, d->hash))
			      : r->payload_hash;
	if (r->path_is_encoded)
		buf_add(&d->path, r->path);
	else
		sigv4_encode(r->path, true, &d->path);
	if (d->path.len == 0)
		buf_add_char(&d->path, '/');
	for (size_t i = 0; i < r->nquery; i++)
		d->params[d->nparams++] = r->query[i];
	push_header(d, SPAN("host"), r->host);
	for (size_t i = 0; i < r->nheaders; i++)
		d->headers[d->nheaders++] = r->headers[i];
	return d;
}

static void
draft_free(struct draft *d)
{
	wipe(&d->encoded);
	wipe(&d->query);
	buf_done(&d->path);
	buf_done(&d->scope);
	buf_done(&d->signed_names);
	buf_done(&d->credential);
	free(d);
}

/* What goes with an Authorization header. */
static void
draft_headers(struct draft *d)
{
	push_header(d, SPAN("x-amz-date"), span_str(d->stamp));
	if (!span_is_empty(d->r->keys->token))
		push_header(d, SPAN("x-amz-security-token"), d->r->keys->token);
	if (d->r->s3)
		push_header(d, SPAN("x-amz-content-sha256"), d->payload_hash);
	encode_query(d);
	sort_headers(d);
	name_headers(d);
}

/* What goes into the query of a presigned URL, but the signature. */
static void
draft_query(struct draft *d, unsigned expires_s)
{
	struct buf number = { 0 };

	buf_printf(&number, "%u", expires_s);
	memcpy(d->expires, number.at, number.len + 1);
	buf_done(&number);
	sort_headers(d);
	name_headers(d);
	push_param(d, SPAN("X-Amz-Algorithm"), SPAN(ALGORITHM));
	push_param(d, SPAN("X-Amz-Credential"), buf_span(&d->credential));
	push_param(d, SPAN("X-Amz-Date"), span_str(d->stamp));
	push_param(d, SPAN("X-Amz-Expires"), span_str(d->expires));
	push_param(d, SPAN("X-Amz-SignedHeaders"), buf_span(&d->signed_names));
	if (!span_is_empty(d->r->keys->token))
		push_param(d, SPAN("X-Amz-Security-Token"), d->r->keys->token);
	if (d->r->s3)
		d->payload_hash = SIGV4_UNSIGNED;
	encode_query(d);
}

static size_t
header_bytes(const struct draft *d)
{
	size_t sum = 0;

	for (size_t i = 0; i < d->nheaders; i++)
		sum += d->headers[i].name.len + d->headers[i].value.len + 2;
	return sum;
}

static void
draft_canonical(const struct draft *d, struct buf *out)
{
	reserve(out, d->r->method.len + 3 * d->path.len + d->query.len +
			 2 * d->nparams + header_bytes(d) +
			 d->signed_names.len + d->payload_hash.len + 16);
	buf_add(out, d->r->method);
	buf_add_char(out, '\n');
	add_canonical_path(d, out);
	buf_add_char(out, '\n');
	add_canonical_query(d, out);
	buf_add_char(out, '\n');
	add_canonical_headers(d, out);
	buf_add_char(out, '\n');
	buf_add(out, buf_span(&d->signed_names));
	buf_add_char(out, '\n');
	buf_add(out, d->payload_hash);
	ASSERT(!buf_is_cut(out));
}

static void
draft_to_sign(const struct draft *d, struct span canonical, struct buf *out)
{
	char hash[SIGV4_HEX_BYTES];

	buf_printf(out, ALGORITHM "\n%s\n%s\n%s", d->stamp, buf_text(&d->scope),
	    sigv4_sha256_hex(canonical, hash));
}

static void
draft_sign(const struct draft *d, char *signature)
{
	struct buf canonical = { 0 }, to_sign = { 0 };

	draft_canonical(d, &canonical);
	draft_to_sign(d, buf_span(&canonical), &to_sign);
	sign(d, buf_span(&to_sign), signature);
	wipe(&canonical);
	buf_done(&to_sign);
}

/* Append to the text that was reserved for all of it, so spans stay. */
static struct span
keep(struct sigv4_signed *out, struct span s)
{
	size_t at = out->text.len;

	buf_add(&out->text, s);
	ASSERT(!buf_is_cut(&out->text));
	return span_of(out->text.at + at, s.len);
}

static void
keep_header(struct sigv4_signed *out, struct span name, struct span value)
{
	struct http_header *h = &out->headers[out->nheaders++];

	h->name = keep(out, name);
	h->value = keep(out, value);
}

static void
keep_url(const struct draft *d, struct sigv4_signed *out)
{
	size_t from = out->text.len;

	(void)keep(out, d->r->scheme);
	(void)keep(out, SPAN("://"));
	(void)keep(out, d->r->host);
	(void)keep(out, buf_span(&d->path));
	if (d->query.len > 0) {
		(void)keep(out, SPAN("?"));
		(void)keep(out, buf_span(&d->query));
	}
	out->url = span_of(out->text.at + from, out->text.len - from);
}

static void
keep_headers(const struct draft *d, struct sigv4_signed *out)
{
	/* Whoever sends makes Host of the URL. */
	for (size_t i = 0; i < d->nheaders; i++)
		if (compare_names(d->headers[i].name, SPAN("host")) != 0)
			keep_header(
			    out, d->headers[i].name, d->headers[i].value);
}

static size_t
text_bytes(const struct draft *d)
{
	return d->r->scheme.len + d->r->host.len + d->path.len + d->query.len +
	       header_bytes(d) + d->credential.len + d->signed_names.len + 256;
}

enum status
sigv4_sign(const struct sigv4_request *r, struct sigv4_signed *out)
{
	char signature[SIGV4_HEX_BYTES];
	struct buf line = { 0 };
	struct draft *d;

	if (!is_sound(r))
		return STATUS_INVALID;
	d = draft_new(r);
	draft_headers(d);
	draft_sign(d, signature);
	*out = (struct sigv4_signed){ 0 };
	reserve(&out->text, text_bytes(d));
	keep_url(d, out);
	keep_headers(d, out);
	buf_printf(&line,
	    ALGORITHM " Credential=%s, SignedHeaders=%s, Signature=%s",
	    buf_text(&d->credential), buf_text(&d->signed_names), signature);
	keep_header(out, SPAN("authorization"), buf_span(&line));
	buf_done(&line);
	draft_free(d);
	return STATUS_OK;
}

enum status
sigv4_presign(
    const struct sigv4_request *r, unsigned expires_s, struct sigv4_signed *out)
{
	char signature[SIGV4_HEX_BYTES];
	struct draft *d;

	if (!is_sound(r) || expires_s == 0 || expires_s > EXPIRES_MAX)
		return STATUS_INVALID;
	d = draft_new(r);
	draft_query(d, expires_s);
	draft_sign(d, signature);
	*out = (struct sigv4_signed){ 0 };
	reserve(&out->text, text_bytes(d));
	keep_url(d, out);
	/* The URL is the last of the text until here. */
	(void)keep(out, SPAN("&X-Amz-Signature="));
	(void)keep(out, span_str(signature));
	out->url = buf_span(&out->text);
	keep_headers(d, out);
	draft_free(d);
	return STATUS_OK;
}

void
sigv4_done(struct sigv4_signed *s)
{
	wipe(&s->text);
	*s = (struct sigv4_signed){ 0 };
}

char *
sigv4_sha256_hex(struct span s, char *hex)
{
	unsigned char hash[HASH_BYTES];

	ASSERT(SHA256((const unsigned char *)(s.at ? s.at : ""), s.len, hash) !=
	       NULL);
	hex_of(hash, sizeof(hash), hex);
	return hex;
}

void
sigv4_encode(struct span s, bool keep_slash, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (is_unreserved(c) || (c == '/' && keep_slash)) {
			buf_add_char(out, s.at[i]);
			continue;
		}
		buf_add_char(out, '%');
		buf_add_char(out, hex_upper[c >> 4]);
		buf_add_char(out, hex_upper[c & 15]);
	}
}

enum status
sigv4_canonical(
    const struct sigv4_request *r, struct buf *canonical, struct buf *to_sign)
{
	struct draft *d;
	struct buf text = { 0 };

	if (!is_sound(r))
		return STATUS_INVALID;
	d = draft_new(r);
	draft_headers(d);
	draft_canonical(d, &text);
	draft_to_sign(d, buf_span(&text), to_sign);
	buf_add(canonical, buf_span(&text));
	wipe(&text);
	draft_free(d);
	return STATUS_OK;
}
