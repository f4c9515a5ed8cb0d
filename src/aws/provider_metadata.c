/*
 * provider_metadata.c - the role of an EC2 instance, by IMDSv2 alone.
 *
 * Version 1 answers whoever makes a server of ours fetch a URL; it is never
 * asked.  "Use IMDSv2", Amazon EC2 User Guide.
 */
#include "aws/provider.h"

#include <string.h>

#include "aws/endpoint.h"
#include "aws/secret.h"
#include "config/printable.h"
#include "net/clock.h"

/* Off EC2 nobody answers at all, and that must not take long. */
#define CONNECT_MS 1000
#define TOTAL_MS 2500
#define ATTEMPTS 2
#define TOKEN_TTL_S "21600"
#define ROLE_BYTES_MAX 256
#define TOKEN_BYTES_MAX 1024
#define ROLES_PATH "/latest/meta-data/iam/security-credentials/"

struct place {
	struct buf base; /* "http://169.254.169.254" */
	bool is_said;
};

static bool
find_place(const struct provider_context *c, struct place *p)
{
	struct span url =
	    span_str(provider_setting("AWS_EC2_METADATA_SERVICE_ENDPOINT"));
	struct span mode = span_str(
	    provider_setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"));
	struct endpoint at;

	if (span_is_empty(url))
		url = profiles_get(
		    c->profiles, c->profile, "ec2_metadata_service_endpoint");
	if (span_is_empty(mode))
		mode = profiles_get(c->profiles, c->profile,
		    "ec2_metadata_service_endpoint_mode");
	p->is_said = !span_is_empty(url);
	if (!p->is_said)
		url = span_equal_nocase(mode, SPAN("IPv6"))
			  ? SPAN("http://[fd00:ec2::254]")
			  : SPAN("http://169.254.169.254");
	if (!endpoint_split(url, &at))
		return false;
	buf_printf(&p->base, "%.*s://%.*s%.*s", SPAN_ARGS(at.scheme),
	    SPAN_ARGS(at.host), SPAN_ARGS(at.path));
	return true;
}

/* One question; what its header says is a token or the token's life. */
struct question {
	const char *method;
	struct span path;
	struct http_header header;
};

static void
ask(const struct provider_context *c, const struct place *p,
    const struct question *q, struct provider_answer *answer)
{
	struct buf url = { 0 };

	buf_add(&url, buf_span(&p->base));
	buf_add(&url, q->path);
	provider_ask(c,
	    &(struct http_request){
		.method = q->method,
		.url = buf_span(&url),
		.headers = &q->header,
		.nheaders = 1,
		.has_body = strcmp(q->method, "PUT") == 0,
		.connect_ms = CONNECT_MS,
		.total_ms = TOTAL_MS,
		.direct = true,
	    },
	    ATTEMPTS, answer);
	buf_done(&url);
}

static bool
is_token(struct span s)
{
	return s.len > 0 && s.len <= TOKEN_BYTES_MAX && key_set_is_visible(s);
}

/* Names of roles; they go into a path. */
static bool
is_role(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
		    (c < '0' || c > '9') && strchr("+=,.@_-", c) == NULL)
			return false;
	}
	return s.len > 0 && s.len <= ROLE_BYTES_MAX && s.at[0] != '.';
}

/* The token that the other questions need. */
static enum provider_result
fetch_token(const struct provider_context *c, const struct place *p,
    struct provider_answer *token, struct buf *why)
{
	const struct question q = { "PUT", SPAN("/latest/api/token"),
		{ SPAN("X-aws-ec2-metadata-token-ttl-seconds"),
		    SPAN(TOKEN_TTL_S) } };

	ask(c, p, &q, token);
	if (token->outcome != HTTP_ANSWERED) {
		buf_printf(why, "no answer (%s)", token->text);
		return p->is_said ? PROVIDER_FAILED : PROVIDER_ABSENT;
	}
	token->body = span_trim(token->body);
	if (provider_answered(token) && is_token(token->body))
		return PROVIDER_GAVE;
	if (token->status == 403)
		buf_add_str(why, "the metadata service is switched off for "
				 "this instance (403)");
	else if (provider_answered(token))
		buf_add_str(why, "what was given as a token is none");
	else
		buf_printf(why, "no token of IMDSv2: %s", token->text);
	return PROVIDER_FAILED;
}

static bool
fetch_role(const struct provider_context *c, const struct place *p,
    struct http_header token, struct buf *path, struct buf *why)
{
	struct provider_answer answer = { 0 };
	struct span role;
	bool ok = false;

	ask(c, p, &(struct question){ "GET", SPAN(ROLES_PATH), token },
	    &answer);
	role = span_trim(answer.body);
	role = span_trim(span_first(role, span_find(role, '\n', 0)));
	if (answer.outcome == HTTP_ANSWERED && answer.status == 404)
		buf_add_str(why, "the instance has no role");
	else if (!provider_answered(&answer))
		buf_printf(why, "no name of a role: %s", answer.text);
	else if (!is_role(role))
		buf_add_str(why, "what was given as the role is none");
	else
		ok = true;
	if (ok) {
		buf_add_str(path, ROLES_PATH);
		buf_add(path, role);
	}
	provider_answer_done(&answer);
	return ok;
}

static bool
fetch_keys(const struct provider_context *c, const struct place *p,
    struct http_header token, struct key_set *out, struct buf *why)
{
	struct provider_answer answer = { 0 };
	struct buf path = { 0 };
	bool ok = false;

	if (!fetch_role(c, p, token, &path, why)) {
		buf_done(&path);
		return false;
	}
	ask(c, p, &(struct question){ "GET", buf_span(&path), token }, &answer);
	if (!provider_answered(&answer)) {
		buf_printf(why, "no keys of the role: %s", answer.text);
	} else if (key_set_of_json(out, answer.body, &KEY_SET_METADATA, why) ==
		   STATUS_OK) {
		ok = out->expiry_us > clock_wall_us();
		if (!ok) {
			buf_add_str(why, "the keys it gives have expired");
			key_set_done(out);
		}
	}
	if (ok) {
		buf_add_str(why, "role ");
		printable_add(
		    why, span_skip(buf_span(&path), sizeof(ROLES_PATH) - 1));
	}
	provider_answer_done(&answer);
	buf_done(&path);
	return ok;
}

enum provider_result
provider_metadata_fetch(
    const struct provider_context *c, struct key_set *out, struct buf *why)
{
	struct place place = { 0 };
	struct provider_answer token = { 0 };
	enum provider_result result;

	if (provider_setting_is_true("AWS_EC2_METADATA_DISABLED")) {
		buf_add_str(why, "AWS_EC2_METADATA_DISABLED is true");
		return PROVIDER_ABSENT;
	}
	if (!find_place(c, &place)) {
		buf_add_str(why, "AWS_EC2_METADATA_SERVICE_ENDPOINT is no "
				 "URL");
		return PROVIDER_FAILED;
	}
	result = fetch_token(c, &place, &token, why);
	if (result == PROVIDER_GAVE &&
	    !fetch_keys(c, &place,
		(struct http_header){
		    SPAN("X-aws-ec2-metadata-token"), token.body },
		out, why))
		result = PROVIDER_FAILED;
	provider_answer_done(&token);
	buf_done(&place.base);
	return result;
}
