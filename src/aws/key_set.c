#include "aws/key_set.h"

#include <string.h>

#include "aws/secret.h"
#include "base/civil.h"
#include "codec/json.h"
#include "codec/xml.h"

#define ANSWER_BYTES_MAX ((size_t)1024 * 1024)
#define ID_BYTES_MAX 256
#define SECRET_BYTES_MAX 1024
#define TOKEN_BYTES_MAX ((size_t)32 * 1024)
#define CODE_BYTES_MAX 64
#define US_PER_MS 1000
#define MASK_BYTES ((size_t)4)

const struct key_set_shape KEY_SET_PROCESS = {
	.id = "AccessKeyId",
	.secret = "SecretAccessKey",
	.token = "SessionToken",
	.expiry = "Expiration",
	.needs_version = true,
};

const struct key_set_shape KEY_SET_CONTAINER = {
	.id = "AccessKeyId",
	.secret = "SecretAccessKey",
	.token = "Token",
	.expiry = "Expiration",
};

const struct key_set_shape KEY_SET_METADATA = {
	.id = "AccessKeyId",
	.secret = "SecretAccessKey",
	.token = "Token",
	.expiry = "Expiration",
	.needs_expiry = true,
};

const struct key_set_shape KEY_SET_SSO = {
	.inside = "roleCredentials",
	.id = "accessKeyId",
	.secret = "secretAccessKey",
	.token = "sessionToken",
	.expiry = "expiration",
	.needs_expiry = true,
	.expiry_is_ms = true,
};

bool
key_set_is_visible(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] <= ' ' || s.at[i] >= 0x7f)
			return false;
	return true;
}

static struct span
keep(char **at, struct span s)
{
	struct span kept = span_of(*at, s.len);

	if (s.len > 0)
		memcpy(*at, s.at, s.len);
	*at += s.len;
	return kept;
}

enum status
key_set_make(
    struct key_set *out, struct span id, struct span secret, struct span token)
{
	char *at;

	*out = (struct key_set){ 0 };
	if (span_is_empty(id) || span_is_empty(secret) ||
	    id.len > ID_BYTES_MAX || secret.len > SECRET_BYTES_MAX ||
	    token.len > TOKEN_BYTES_MAX || !key_set_is_visible(id) ||
	    !key_set_is_visible(secret) || !key_set_is_visible(token))
		return STATUS_INVALID;
	out->memory = at = secret_new(id.len + secret.len + token.len + 1);
	out->id = keep(&at, id);
	out->secret = keep(&at, secret);
	out->token = keep(&at, token);
	return STATUS_OK;
}

void
key_set_done(struct key_set *k)
{
	secret_free(k->memory);
	*k = (struct key_set){ 0 };
}

struct sigv4_keys
key_set_keys(const struct key_set *k)
{
	return (struct sigv4_keys){ k->id, k->secret, k->token };
}

bool
key_set_is_code(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
		    (c < '0' || c > '9') && c != '.')
			return false;
	}
	return s.len > 0 && s.len <= CODE_BYTES_MAX;
}

void
key_set_mask(const struct key_set *k, struct buf *out)
{
	if (k->id.len < 4 * MASK_BYTES) {
		buf_add_str(out, "****");
		return;
	}
	buf_add(out, span_first(k->id, MASK_BYTES));
	buf_add_str(out, "...");
	buf_add(out, span_skip(k->id, k->id.len - MASK_BYTES));
}

/* --- JSON ------------------------------------------------------------- */

static struct span
member(struct json_value object, const char *name)
{
	return name ? json_get_string(object, span_str(name))
		    : span_of(NULL, 0);
}

static bool
read_expiry(struct json_value object, const struct key_set_shape *shape,
    int64_t *expiry_us)
{
	struct json_value v = json_get(object, span_str(shape->expiry));
	int64_t ms;

	*expiry_us = 0;
	if (json_is(v, JSON_NONE) || json_is(v, JSON_NULL))
		return !shape->needs_expiry;
	if (!shape->expiry_is_ms)
		return civil_parse(json_string(v), expiry_us);
	ms = json_int(v, -1);
	if (ms <= 0 || ms > INT64_MAX / US_PER_MS)
		return false;
	*expiry_us = ms * US_PER_MS;
	return true;
}

static enum status
refuse(struct buf *why, const char *what)
{
	buf_add_str(why, what);
	return STATUS_MALFORMED;
}

/* The metadata service and ECS say what is wrong in "Code" and "code". */
static bool
says_error(struct json_value root, struct buf *why)
{
	struct span code = json_get_string(root, SPAN("Code"));

	if (span_is_empty(code))
		code = json_get_string(root, SPAN("code"));
	if (span_is_empty(code) || span_equal(code, SPAN("Success")))
		return false;
	if (key_set_is_code(code))
		buf_printf(why, "the answer says %.*s", SPAN_ARGS(code));
	else
		buf_add_str(why, "the answer says that it failed");
	return true;
}

static enum status
read_members(struct key_set *out, struct json_value root,
    const struct key_set_shape *shape, struct buf *why)
{
	struct json_value from = root;
	int64_t expiry_us;

	if (!json_is(root, JSON_OBJECT))
		return refuse(why, "the answer is no JSON object");
	if (says_error(root, why))
		return STATUS_INVALID;
	if (shape->needs_version &&
	    json_int(json_get(root, SPAN("Version")), 0) != 1)
		return refuse(why, "the answer has no \"Version\": 1");
	if (shape->inside != NULL)
		from = json_get(root, span_str(shape->inside));
	if (span_is_empty(member(from, shape->id)) ||
	    span_is_empty(member(from, shape->secret))) {
		buf_printf(why, "the answer has no %s and %s", shape->id,
		    shape->secret);
		return STATUS_MALFORMED;
	}
	if (!read_expiry(from, shape, &expiry_us)) {
		buf_printf(
		    why, "the answer has no %s that is a time", shape->expiry);
		return STATUS_MALFORMED;
	}
	if (key_set_make(out, member(from, shape->id),
		member(from, shape->secret),
		member(from, shape->token)) != STATUS_OK)
		return refuse(why, "the answer's keys are no keys");
	out->expiry_us = expiry_us;
	return STATUS_OK;
}

enum status
key_set_of_json(struct key_set *out, struct span text,
    const struct key_set_shape *shape, struct buf *why)
{
	struct json_parser *p;
	struct json_value root;
	enum status st;
	char *padded;

	*out = (struct key_set){ 0 };
	if (text.len > ANSWER_BYTES_MAX)
		return refuse(why, "the answer is too large");
	padded = secret_new(text.len + JSON_PADDING);
	if (text.len > 0)
		memcpy(padded, text.at, text.len);
	p = json_parser_new(ANSWER_BYTES_MAX);
	if (json_parse(p, span_of(padded, text.len), &root) != STATUS_OK)
		st = refuse(why, "the answer is no JSON");
	else
		st = read_members(out, root, shape, why);
	json_parser_wipe(p);
	json_parser_free(p);
	secret_free(padded);
	return st;
}

/* --- XML -------------------------------------------------------------- */

/* Inside <Credentials>: its leaves, each into `memory` before the reader
 * goes on. */
struct leaves {
	char *id, *secret, *token;
	int64_t expiry_us;
};

static bool
read_leaf(struct xml *x, struct leaves *l)
{
	const struct {
		struct span name;
		char **into;
	} table[] = {
		{ SPAN("AccessKeyId"), &l->id },
		{ SPAN("SecretAccessKey"), &l->secret },
		{ SPAN("SessionToken"), &l->token },
	};
	struct span name = x->name, text;

	for (size_t i = 0; i < COUNTOF(table); i++) {
		if (!span_equal(name, table[i].name))
			continue;
		if (!xml_leaf(x, &text) || *table[i].into != NULL)
			return false;
		*table[i].into = secret_dup(text);
		return true;
	}
	if (span_equal(name, SPAN("Expiration")))
		return xml_leaf(x, &text) && civil_parse(text, &l->expiry_us);
	return xml_skip(x);
}

static bool
read_credentials(struct xml *x, struct leaves *l)
{
	size_t inside = x->depth;

	while (x->depth >= inside) {
		enum xml_piece piece = xml_next(x);

		if (piece == XML_BAD || piece == XML_END)
			return false;
		if (piece == XML_OPEN && !read_leaf(x, l))
			return false;
	}
	return true;
}

static bool
read_answer(struct xml *x, struct leaves *l)
{
	enum xml_piece piece;
	bool found = false;

	while ((piece = xml_next(x)) != XML_END) {
		if (piece == XML_BAD)
			return false;
		if (piece != XML_OPEN ||
		    !span_equal(x->name, SPAN("Credentials")))
			continue;
		if (found || !read_credentials(x, l))
			return false;
		found = true;
	}
	return true;
}

enum status
key_set_of_xml(struct key_set *out, struct span text, struct buf *why)
{
	struct leaves l = { 0 };
	struct xml x;
	enum status st = STATUS_MALFORMED;

	*out = (struct key_set){ 0 };
	xml_init(&x, text);
	if (!read_answer(&x, &l))
		buf_add_str(why, "the answer is not the XML of STS");
	else if (l.id == NULL || l.secret == NULL || l.token == NULL ||
		 l.expiry_us == 0)
		buf_add_str(why, "the answer of STS has no whole Credentials");
	else if (key_set_make(out, span_str(l.id), span_str(l.secret),
		     span_str(l.token)) != STATUS_OK)
		buf_add_str(why, "the keys of STS's answer are no keys");
	else
		st = STATUS_OK;
	out->expiry_us = st == STATUS_OK ? l.expiry_us : 0;
	xml_done(&x);
	secret_free(l.id);
	secret_free(l.secret);
	secret_free(l.token);
	return st;
}
