#include "aws/sts.h"

#include <stdlib.h>
#include <string.h>

#include "aws/endpoint.h"
#include "aws/secret.h"
#include "codec/xml.h"
#include "config/printable.h"
#include "net/clock.h"

#define API_VERSION "2011-06-15"
#define GLOBAL_REGION SPAN("us-east-1")
#define FORM_BYTES_MAX ((size_t)256 * 1024)
#define MESSAGE_BYTES_MAX 240
#define CODE_BYTES_MAX 64
#define ARN_BYTES_MAX 2048

/* Where STS is, and what is signed for it. */
struct place {
	struct endpoint at;
	struct span region;
	struct buf url;
};

static bool
is_global(const struct provider_context *c)
{
	const char *which = provider_setting("AWS_STS_REGIONAL_ENDPOINTS");

	if (!c->region_is_said)
		return true;
	if (which == NULL) {
		struct span said = profiles_get(
		    c->profiles, c->profile, "sts_regional_endpoints");

		return span_equal_nocase(said, SPAN("legacy"));
	}
	return span_equal_nocase(span_str(which), SPAN("legacy"));
}

static bool
find_place(const struct provider_context *c, struct place *p, struct buf *why)
{
	struct span url = provider_endpoint(c->profiles, c->profile, "STS");
	bool fips = provider_setting_is_true("AWS_USE_FIPS_ENDPOINT");

	*p = (struct place){ .region = c->region };
	if (!endpoint_is_region(c->region)) {
		buf_add_str(why, "the region \"");
		printable_add(why, c->region);
		buf_add_str(why, "\" is no region");
		return false;
	}
	if (!span_is_empty(url))
		buf_add(&p->url, url);
	else if (is_global(c) && !fips)
		buf_add_str(&p->url, "https://sts.amazonaws.com");
	else
		endpoint_url(fips ? "sts-fips" : "sts", c->region, &p->url);
	if (span_is_empty(url) && is_global(c))
		p->region = GLOBAL_REGION;
	if (endpoint_split(buf_span(&p->url), &p->at))
		return true;
	buf_add_str(why, "the endpoint of STS is no URL");
	buf_done(&p->url);
	return false;
}

/* --- the form --------------------------------------------------------- */

struct form {
	char *memory;
	struct buf text; /* over memory */
};

static void
form_start(struct form *f, const char *action)
{
	f->memory = secret_new(FORM_BYTES_MAX + 1);
	f->text = (struct buf){ .at = f->memory,
		.size = FORM_BYTES_MAX + 1,
		.limit = FORM_BYTES_MAX };
	buf_printf(&f->text, "Action=%s&Version=" API_VERSION, action);
}

static void
form_add(struct form *f, const char *name, struct span value)
{
	if (span_is_empty(value))
		return;
	buf_printf(&f->text, "&%s=", name);
	sigv4_encode(value, false, &f->text);
}

static void
form_add_role(struct form *f, const struct provider_context *c,
    const struct sts_role *role)
{
	struct buf seconds = { 0 };

	form_add(f, "RoleArn", role->arn);
	form_add(f, "RoleSessionName",
	    span_is_empty(role->session_name) ? span_str(c->session_name)
					      : role->session_name);
	if (role->duration_s > 0)
		buf_printf(&seconds, "%u", role->duration_s);
	form_add(f, "DurationSeconds", buf_span(&seconds));
	buf_done(&seconds);
}

/* --- the request ------------------------------------------------------- */

static const struct http_header form_type[] = { { SPAN_INIT("Content-Type"),
    SPAN_INIT("application/x-www-form-urlencoded; charset=utf-8") } };

static bool
ask_unsigned(const struct provider_context *c, struct span form,
    struct provider_answer *answer, struct buf *why)
{
	struct place place;
	struct buf url = { 0 };

	if (!find_place(c, &place, why))
		return false;
	buf_printf(&url, "%.*s://%.*s%.*s/", SPAN_ARGS(place.at.scheme),
	    SPAN_ARGS(place.at.host), SPAN_ARGS(place.at.path));
	provider_ask(c,
	    &(struct http_request){
		.method = "POST",
		.url = buf_span(&url),
		.headers = form_type,
		.nheaders = COUNTOF(form_type),
		.body = form,
	    },
	    PROVIDER_ATTEMPTS, answer);
	buf_done(&url);
	buf_done(&place.url);
	return true;
}

static bool
ask_signed(const struct provider_context *c, const struct sigv4_keys *keys,
    struct span form, struct provider_answer *answer, struct buf *why)
{
	struct place place;
	struct sigv4_signed s = { 0 };
	struct buf path = { 0 };
	enum status st;

	if (!find_place(c, &place, why))
		return false;
	buf_add(&path, place.at.path);
	buf_add_char(&path, '/');
	st = sigv4_sign(
	    &(struct sigv4_request){
		.keys = keys,
		.region = place.region,
		.service = SPAN("sts"),
		.time_us = clock_wall_us(),
		.method = SPAN("POST"),
		.scheme = place.at.scheme,
		.host = place.at.host,
		.path = buf_span(&path),
		.headers = form_type,
		.nheaders = COUNTOF(form_type),
		.body = form,
	    },
	    &s);
	if (st == STATUS_OK)
		provider_ask(c,
		    &(struct http_request){
			.method = "POST",
			.url = s.url,
			.headers = s.headers,
			.nheaders = s.nheaders,
			.body = form,
		    },
		    PROVIDER_ATTEMPTS, answer);
	else
		buf_add_str(why, "the request of STS cannot be signed");
	sigv4_done(&s);
	buf_done(&path);
	buf_done(&place.url);
	return st == STATUS_OK;
}

/* --- errors ----------------------------------------------------------- */

/* The leaves that are asked for, wherever they are; later ones are ignored. */
struct wanted {
	struct span name;
	struct buf *into;
};

static bool
read_leaves(struct span body, const struct wanted *wanted, size_t count)
{
	struct xml x;
	enum xml_piece piece;

	xml_init(&x, body);
	while ((piece = xml_next(&x)) != XML_END && piece != XML_BAD) {
		struct span text;

		for (size_t i = 0; piece == XML_OPEN && i < count; i++) {
			if (!span_equal(x.name, wanted[i].name) ||
			    wanted[i].into->len > 0)
				continue;
			if (xml_leaf(&x, &text))
				buf_add(wanted[i].into, text);
			break;
		}
	}
	xml_done(&x);
	return piece == XML_END;
}

/* Other messages repeat the request: SignatureDoesNotMatch even its token. */
static bool
explains(struct span code)
{
	static const struct span codes[] = {
		SPAN_INIT("AccessDenied"),
		SPAN_INIT("AccessDeniedException"),
		SPAN_INIT("ExpiredToken"),
		SPAN_INIT("ExpiredTokenException"),
		SPAN_INIT("InvalidIdentityToken"),
		SPAN_INIT("IDPRejectedClaim"),
		SPAN_INIT("RegionDisabledException"),
		SPAN_INIT("ValidationError"),
		SPAN_INIT("RequestExpired"),
	};

	for (size_t i = 0; i < COUNTOF(codes); i++)
		if (span_equal(code, codes[i]))
			return true;
	return false;
}

static bool
holds_secret(struct span text, const struct span *secrets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!span_is_empty(secrets[i]) &&
		    span_search(text, secrets[i]) < text.len)
			return true;
	return false;
}

void
sts_explain(const struct provider_answer *a, const struct span *secrets,
    size_t nsecrets, struct buf *why)
{
	struct buf code = { .limit = CODE_BYTES_MAX + 1 };
	struct buf message = { 0 };
	const struct wanted wanted[] = { { SPAN("Code"), &code },
		{ SPAN("Message"), &message } };

	if (a->outcome != HTTP_ANSWERED) {
		buf_add_str(why, a->text);
		return;
	}
	(void)read_leaves(a->body, wanted, COUNTOF(wanted));
	if (key_set_is_code(buf_span(&code))) {
		buf_add(why, buf_span(&code));
		if (explains(buf_span(&code)) && message.len > 0 &&
		    !holds_secret(buf_span(&message), secrets, nsecrets)) {
			buf_add_str(why, ": ");
			printable_add(why,
			    span_first(buf_span(&message), MESSAGE_BYTES_MAX));
		}
	} else {
		buf_add_str(why, a->text);
	}
	buf_done(&code);
	buf_done(&message);
}

/* --- public ----------------------------------------------------------- */

bool
sts_is_role_arn(struct span arn)
{
	struct span rest = arn;

	if (arn.len > ARN_BYTES_MAX || !key_set_is_visible(arn) ||
	    !span_equal(span_cut(&rest, ':'), SPAN("arn")) ||
	    !span_starts(span_cut(&rest, ':'), SPAN("aws")) ||
	    !span_equal(span_cut(&rest, ':'), SPAN("iam")))
		return false;
	(void)span_cut(&rest, ':'); /* no region */
	return span_cut(&rest, ':').len == 12 &&
	       span_starts(rest, SPAN("role/")) && rest.len > 5;
}

static bool
take_keys(const struct provider_answer *a, const struct span *secrets,
    size_t nsecrets, struct key_set *out, struct buf *why)
{
	if (!provider_answered(a)) {
		sts_explain(a, secrets, nsecrets, why);
		return false;
	}
	if (key_set_of_xml(out, a->body, why) != STATUS_OK)
		return false;
	if (out->expiry_us > clock_wall_us())
		return true;
	buf_add_str(why, "STS gave keys that have expired already; is the "
			 "clock of this machine right?");
	key_set_done(out);
	return false;
}

bool
sts_assume_role(const struct provider_context *c, const struct sigv4_keys *keys,
    const struct sts_role *role, struct key_set *out, struct buf *why)
{
	const struct span secrets[] = { keys->secret, keys->token };
	struct provider_answer answer = { 0 };
	struct form form;
	bool ok;

	form_start(&form, "AssumeRole");
	form_add_role(&form, c, role);
	form_add(&form, "ExternalId", role->external_id);
	ok = ask_signed(c, keys, buf_span(&form.text), &answer, why) &&
	     take_keys(&answer, secrets, COUNTOF(secrets), out, why);
	provider_answer_done(&answer);
	secret_free(form.memory);
	return ok;
}

bool
sts_assume_role_with_token(const struct provider_context *c, struct span token,
    const struct sts_role *role, struct key_set *out, struct buf *why)
{
	struct provider_answer answer = { 0 };
	struct form form;
	bool ok;

	form_start(&form, "AssumeRoleWithWebIdentity");
	form_add_role(&form, c, role);
	form_add(&form, "WebIdentityToken", token);
	ok = ask_unsigned(c, buf_span(&form.text), &answer, why) &&
	     take_keys(&answer, &token, 1, out, why);
	provider_answer_done(&answer);
	secret_free(form.memory);
	return ok;
}

bool
sts_identity(const struct provider_context *c, const struct sigv4_keys *keys,
    struct buf *account, struct buf *arn, struct buf *why)
{
	const struct span secrets[] = { keys->secret, keys->token };
	struct provider_answer answer = { 0 };
	struct buf raw_account = { 0 }, raw_arn = { 0 };
	const struct wanted wanted[] = { { SPAN("Account"), &raw_account },
		{ SPAN("Arn"), &raw_arn } };
	struct form form;
	bool ok = false;

	form_start(&form, "GetCallerIdentity");
	if (!ask_signed(c, keys, buf_span(&form.text), &answer, why)) {
		;
	} else if (!provider_answered(&answer)) {
		sts_explain(&answer, secrets, COUNTOF(secrets), why);
	} else if (!read_leaves(answer.body, wanted, COUNTOF(wanted)) ||
		   raw_account.len == 0 || raw_arn.len == 0 ||
		   raw_arn.len > ARN_BYTES_MAX || raw_account.len > 12 ||
		   holds_secret(
		       buf_span(&raw_arn), secrets, COUNTOF(secrets))) {
		buf_add_str(why, "the answer of STS names no identity");
	} else {
		printable_add(account, buf_span(&raw_account));
		printable_add(arn, buf_span(&raw_arn));
		ok = true;
	}
	buf_done(&raw_account);
	buf_done(&raw_arn);
	provider_answer_done(&answer);
	secret_free(form.memory);
	return ok;
}
