#include "aws/sso.h"

#include <errno.h>
#include <string.h>

#include <openssl/evp.h>

#include "aws/endpoint.h"
#include "aws/secret.h"
#include "base/civil.h"
#include "codec/json.h"
#include "config/printable.h"
#include "net/clock.h"

#define SHA1_BYTES 20
#define CACHE "~/.aws/sso/cache/"

/* What profile and session say together. */
struct login {
	struct span session, start_url, region, account, role;
};

bool
sso_is_meant(const struct profiles *profiles, struct span profile)
{
	return profiles_get(profiles, profile, "sso_session").at != NULL ||
	       profiles_get(profiles, profile, "sso_start_url").at != NULL ||
	       profiles_get(profiles, profile, "sso_account_id").at != NULL;
}

static bool
find_login(const struct profiles *p, struct span profile, struct login *l,
    struct buf *why)
{
	l->session = profiles_get(p, profile, "sso_session");
	l->account = profiles_get(p, profile, "sso_account_id");
	l->role = profiles_get(p, profile, "sso_role_name");
	if (span_is_empty(l->session)) {
		l->start_url = profiles_get(p, profile, "sso_start_url");
		l->region = profiles_get(p, profile, "sso_region");
	} else if (profiles_has_session(p, l->session)) {
		l->start_url =
		    profiles_get_session(p, l->session, "sso_start_url");
		l->region = profiles_get_session(p, l->session, "sso_region");
	} else {
		buf_add_str(why, "there is no [sso-session ");
		printable_add(why, l->session);
		buf_add_str(why, "]");
		return false;
	}
	if (!span_is_empty(l->start_url) && endpoint_is_region(l->region) &&
	    !span_is_empty(l->account) && !span_is_empty(l->role))
		return true;
	buf_add_str(why, "sso_start_url, sso_region, sso_account_id and "
			 "sso_role_name are not all there");
	return false;
}

void
sso_cache_name(struct span key, struct buf *out)
{
	unsigned char hash[SHA1_BYTES];
	unsigned len = 0;

	ASSERT(EVP_Digest(key.at ? key.at : "", key.len, hash, &len, EVP_sha1(),
		   NULL) == 1 &&
	       len == SHA1_BYTES);
	for (size_t i = 0; i < sizeof(hash); i++)
		buf_printf(out, "%02x", hash[i]);
	buf_add_str(out, ".json");
}

/* "2020-01-01T00:00:00Z"; older versions wrote "UTC" for the Z. */
static bool
read_time(struct span s, int64_t *time_us)
{
	char text[CIVIL_TEXT_BYTES];

	if (!span_ends(s, SPAN("UTC")) || s.len >= sizeof(text))
		return civil_parse(s, time_us);
	memcpy(text, s.at, s.len - 3);
	text[s.len - 3] = 'Z';
	return civil_parse(span_of(text, s.len - 2), time_us);
}

static bool
take_token(struct json_value root, int64_t now_us, char **memory,
    struct span *token, struct buf *why)
{
	struct span access = json_get_string(root, SPAN("accessToken"));
	char text[CIVIL_TEXT_BYTES];
	int64_t expires_us;

	if (span_is_empty(access) ||
	    !read_time(json_get_string(root, SPAN("expiresAt")), &expires_us)) {
		buf_add_str(why, "the cached token has no accessToken and "
				 "expiresAt");
		return false;
	}
	if (expires_us <= now_us) {
		buf_printf(why,
		    "the token of the SSO session expired at %s; `aws sso "
		    "login` gets a new one",
		    civil_format(expires_us, text));
		return false;
	}
	if (!key_set_is_visible(access)) {
		buf_add_str(why, "the cached token is none");
		return false;
	}
	*memory = secret_dup(access);
	*token = span_of(*memory, access.len);
	return true;
}

bool
sso_read_token(struct span text, int64_t now_us, char **memory,
    struct span *token, struct buf *why)
{
	struct json_parser *p = json_parser_new(PROVIDER_FILE_BYTES);
	char *padded = secret_new(text.len + JSON_PADDING);
	struct json_value root;
	bool ok = false;

	*memory = NULL;
	if (text.len > 0)
		memcpy(padded, text.at, text.len);
	if (json_parse(p, span_of(padded, text.len), &root) == STATUS_OK)
		ok = take_token(root, now_us, memory, token, why);
	else
		buf_add_str(why, "the cached token's file is no JSON");
	json_parser_wipe(p);
	json_parser_free(p);
	secret_free(padded);
	return ok;
}

static bool
load_token(
    const struct login *l, char **memory, struct span *token, struct buf *why)
{
	struct buf name = { 0 }, path = { 0 };
	char *held = NULL;
	struct span text;
	enum status st = STATUS_NOT_FOUND;
	bool ok = false;

	buf_add_str(&name, CACHE);
	sso_cache_name(
	    span_is_empty(l->session) ? l->start_url : l->session, &name);
	if (profiles_home_path(buf_text(&name), &path))
		st = secret_read(
		    buf_text(&path), PROVIDER_FILE_BYTES, &held, &text);
	if (st == STATUS_OK) {
		ok = sso_read_token(text, clock_wall_us(), memory, token, why);
	} else if (st == STATUS_NOT_FOUND) {
		buf_add_str(why, "nobody has logged in (no file ");
		printable_add(why, buf_span(&path));
		buf_add_str(why, "); `aws sso login` does");
	} else {
		int error = errno;

		printable_add(why, buf_span(&path));
		buf_printf(why, ": %s",
		    st == STATUS_IO ? strerrordesc_np(error) : status_text(st));
	}
	secret_free(held);
	buf_done(&name);
	buf_done(&path);
	return ok;
}

static void
add_url(const struct provider_context *c, struct span profile,
    const struct login *l, struct buf *url)
{
	struct span said = provider_endpoint(c->profiles, profile, "SSO");

	while (span_ends(said, SPAN("/")))
		said.len--;
	if (span_is_empty(said))
		buf_printf(url, "https://portal.sso.%.*s.%s",
		    SPAN_ARGS(l->region), endpoint_suffix(l->region));
	else
		buf_add(url, said);
	buf_add_str(url, "/federation/credentials?role_name=");
	sigv4_encode(l->role, false, url);
	buf_add_str(url, "&account_id=");
	sigv4_encode(l->account, false, url);
}

static bool
take_keys(const struct provider_answer *a, struct key_set *out, struct buf *why)
{
	if (a->outcome == HTTP_ANSWERED && a->status == 401)
		buf_add_str(why, "the token of the SSO session is refused "
				 "(401); `aws sso login` gets a new one");
	else if (a->outcome == HTTP_ANSWERED && a->status == 403)
		buf_add_str(why, "this user may not have that role in that "
				 "account (403)");
	else if (!provider_answered(a))
		buf_add_str(why, a->text);
	else if (key_set_of_json(out, a->body, &KEY_SET_SSO, why) ==
		 STATUS_OK) {
		if (out->expiry_us > clock_wall_us())
			return true;
		buf_add_str(why, "the keys it gives have expired");
		key_set_done(out);
	}
	return false;
}

bool
sso_fetch(const struct provider_context *c, struct span profile,
    struct key_set *out, struct buf *why)
{
	struct http_header header = { SPAN("x-amz-sso_bearer_token"),
		{ NULL, 0 } };
	struct provider_answer answer = { 0 };
	struct login login = { 0 };
	struct buf url = { 0 };
	char *memory = NULL;
	bool ok;

	buf_add_str(why, "SSO: ");
	if (!find_login(c->profiles, profile, &login, why) ||
	    !load_token(&login, &memory, &header.value, why))
		return false;
	add_url(c, profile, &login, &url);
	provider_ask(c,
	    &(struct http_request){
		.method = "GET",
		.url = buf_span(&url),
		.headers = &header,
		.nheaders = 1,
	    },
	    PROVIDER_ATTEMPTS, &answer);
	ok = take_keys(&answer, out, why);
	if (ok) {
		buf_add_str(why, "role ");
		printable_add(why, login.role);
		buf_add_str(why, " in account ");
		printable_add(why, login.account);
	}
	provider_answer_done(&answer);
	secret_free(memory);
	buf_done(&url);
	return ok;
}
