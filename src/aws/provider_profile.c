/*
 * provider_profile.c - what the shared files say of a profile.
 *
 * A role comes before keys of the profile itself; then its own keys, SSO, a
 * process.  A role is assumed with the keys of source_profile, which may be a
 * role again, or with those of credential_source.
 */
#include "aws/provider.h"

#include <stdlib.h>
#include <string.h>

#include "aws/process.h"
#include "aws/secret.h"
#include "aws/sso.h"
#include "aws/sts.h"
#include "config/printable.h"
#include "net/clock.h"

#define CHAIN_MAX 8
#define PROCESS_MS 30000
#define DURATION_MIN_S 900
#define DURATION_MAX_S 43200

/* The way from the profile that was asked for to the one that has keys. */
struct walk {
	const struct provider_context *c;
	struct span passed[CHAIN_MAX];
	size_t depth;
};

static struct span
setting(const struct walk *w, struct span profile, const char *key)
{
	return profiles_get(w->c->profiles, profile, key);
}

static bool
has(const struct walk *w, struct span profile, const char *key)
{
	return !span_is_empty(setting(w, profile, key));
}

static void
add_name(struct buf *out, struct span profile)
{
	buf_add_str(out, "profile \"");
	printable_add(out, profile);
	buf_add_str(out, "\"");
}

static bool
fail(struct buf *why, const char *what)
{
	buf_add_str(why, what);
	return false;
}

static bool
take_static(const struct walk *w, struct span profile, struct key_set *out,
    struct buf *why)
{
	if (key_set_make(out, setting(w, profile, "aws_access_key_id"),
		setting(w, profile, "aws_secret_access_key"),
		setting(w, profile, "aws_session_token")) == STATUS_OK)
		return true;
	add_name(why, profile);
	return fail(why, ": aws_access_key_id and aws_secret_access_key are "
			 "not both there, or hold what no key does");
}

static bool
take_process(const struct walk *w, struct span profile, struct key_set *out,
    struct buf *why)
{
	const struct process process = {
		.command = setting(w, profile, "credential_process"),
		.limit_ms = PROCESS_MS,
		.limit_bytes = PROVIDER_FILE_BYTES,
	};
	char *memory = NULL;
	struct span text;
	bool ok;

	buf_add_str(why, "credential_process of ");
	add_name(why, profile);
	buf_add_str(why, " ");
	ok = process_run(&process, &memory, &text, why) == STATUS_OK;
	if (ok) {
		buf_add_str(why, "ran: ");
		ok = key_set_of_json(out, text, &KEY_SET_PROCESS, why) ==
		     STATUS_OK;
	}
	if (ok && out->expiry_us != 0 && out->expiry_us <= clock_wall_us()) {
		buf_add_str(why, "the keys it gives have expired");
		key_set_done(out);
		ok = false;
	}
	if (ok)
		buf_add_str(why, "it gave keys");
	secret_free(memory);
	return ok;
}

/* Keys without a role. */
static enum provider_result
take_own(const struct walk *w, struct span profile, struct key_set *out,
    struct buf *why)
{
	bool ok;

	if (has(w, profile, "aws_access_key_id") ||
	    has(w, profile, "aws_secret_access_key")) {
		ok = take_static(w, profile, out, why);
		if (ok) {
			buf_add_str(why, "keys of ");
			add_name(why, profile);
		}
	} else if (sso_is_meant(w->c->profiles, profile)) {
		add_name(why, profile);
		buf_add_str(why, ", ");
		ok = sso_fetch(w->c, profile, out, why);
	} else if (has(w, profile, "credential_process")) {
		ok = take_process(w, profile, out, why);
	} else {
		add_name(why, profile);
		buf_add_str(why, " has no keys, role, SSO or process");
		return PROVIDER_ABSENT;
	}
	return ok ? PROVIDER_GAVE : PROVIDER_FAILED;
}

/* --- roles ------------------------------------------------------------ */

static bool
find_role(const struct walk *w, struct span profile, struct sts_role *role,
    struct buf *why)
{
	struct span seconds = setting(w, profile, "duration_seconds");
	uint64_t duration_s = 0;

	role->arn = setting(w, profile, "role_arn");
	role->external_id = setting(w, profile, "external_id");
	role->session_name = setting(w, profile, "role_session_name");
	add_name(why, profile);
	if (!sts_is_role_arn(role->arn))
		return fail(why, ": role_arn is not the ARN of a role");
	if (has(w, profile, "mfa_serial"))
		return fail(why, ": mfa_serial asks for a code, which nobody "
				 "is here to type");
	if (!span_is_empty(seconds) &&
	    (!span_to_u64(seconds, &duration_s) ||
		duration_s < DURATION_MIN_S || duration_s > DURATION_MAX_S))
		return fail(why, ": duration_seconds is not from 900 to 43200");
	role->duration_s = (unsigned)duration_s;
	return true;
}

static bool
has_passed(const struct walk *w, struct span profile)
{
	for (size_t i = 0; i < w->depth; i++)
		if (span_equal(w->passed[i], profile))
			return true;
	return false;
}

static enum provider_result resolve(
    struct walk *w, struct span profile, struct key_set *out, struct buf *why);

/* The keys that a role is assumed with. */
static bool
take_source(
    struct walk *w, struct span profile, struct key_set *out, struct buf *why)
{
	struct span source = setting(w, profile, "source_profile");

	/* A profile that names itself means its own keys. */
	if (span_equal(source, profile))
		return take_static(w, profile, out, why);
	if (has_passed(w, source)) {
		add_name(why, profile);
		buf_add_str(why, ": source_profile goes in a circle, back to ");
		add_name(why, source);
		return false;
	}
	return resolve(w, source, out, why) == PROVIDER_GAVE;
}

static bool
take_credential_source(const struct walk *w, struct span profile,
    struct key_set *out, struct buf *why)
{
	static const struct {
		struct span name;
		provider_fetch *fetch;
	} sources[] = {
		{ SPAN_INIT("Environment"), provider_environment_fetch },
		{ SPAN_INIT("Ec2InstanceMetadata"), provider_metadata_fetch },
		{ SPAN_INIT("EcsContainer"), provider_container_fetch },
	};
	struct span said = setting(w, profile, "credential_source");

	add_name(why, profile);
	for (size_t i = 0; i < COUNTOF(sources); i++) {
		if (!span_equal_nocase(said, sources[i].name))
			continue;
		buf_printf(why, ": credential_source %s: ", sources[i].name.at);
		return sources[i].fetch(w->c, out, why) == PROVIDER_GAVE;
	}
	return fail(why, ": credential_source is not Environment, "
			 "Ec2InstanceMetadata or EcsContainer");
}

static bool
assume_with_token(const struct walk *w, struct span profile,
    const struct sts_role *role, struct key_set *out, struct buf *why)
{
	struct span file = setting(w, profile, "web_identity_token_file");
	struct buf path = { 0 };
	char *memory = NULL;
	struct span token;
	bool ok;

	buf_add(&path, file);
	ok = provider_read_token(buf_text(&path), &memory, &token, why) &&
	     sts_assume_role_with_token(w->c, token, role, out, why);
	secret_free(memory);
	buf_done(&path);
	return ok;
}

static bool
assume(struct walk *w, struct span profile, const struct sts_role *role,
    struct key_set *out, struct buf *why)
{
	struct key_set base = { 0 };
	struct sigv4_keys keys;
	struct buf from = { 0 };
	bool ok;

	ok = has(w, profile, "source_profile")
		 ? take_source(w, profile, &base, &from)
		 : take_credential_source(w, profile, &base, &from);
	keys = key_set_keys(&base);
	if (!ok) {
		buf_add_str(why, buf_text(&from));
	} else if (sts_assume_role(w->c, &keys, role, out, why)) {
		buf_add_str(why, "assumed with ");
		buf_add_str(why, buf_text(&from));
	} else {
		ok = false;
	}
	key_set_done(&base);
	buf_done(&from);
	return ok;
}

static bool
take_role(
    struct walk *w, struct span profile, struct key_set *out, struct buf *why)
{
	bool source = has(w, profile, "source_profile");
	bool other = has(w, profile, "credential_source");
	struct sts_role role = { 0 };

	if (!find_role(w, profile, &role, why))
		return false;
	buf_add_str(why, ", role ");
	printable_add(why, role.arn);
	buf_add_str(why, ": ");
	if (has(w, profile, "web_identity_token_file"))
		return assume_with_token(w, profile, &role, out, why);
	if (source == other)
		return fail(why, "role_arn needs one of source_profile and "
				 "credential_source beside it");
	return assume(w, profile, &role, out, why);
}

/* Recursive by source_profile; the walk bounds it. */
static enum provider_result
resolve(
    struct walk *w, struct span profile, struct key_set *out, struct buf *why)
{
	if (!profiles_has(w->c->profiles, profile)) {
		add_name(why, profile);
		buf_add_str(why, " is not in the shared files");
		return PROVIDER_ABSENT;
	}
	if (w->depth == CHAIN_MAX) {
		buf_add_str(why, "the chain of source_profile is too long");
		return PROVIDER_FAILED;
	}
	w->passed[w->depth++] = profile;
	if (!has(w, profile, "role_arn"))
		return take_own(w, profile, out, why);
	return take_role(w, profile, out, why) ? PROVIDER_GAVE
					       : PROVIDER_FAILED;
}

enum provider_result
provider_profile_fetch(
    const struct provider_context *c, struct key_set *out, struct buf *why)
{
	struct walk w = { .c = c };
	enum provider_result result;
	const char *trouble = profiles_trouble(c->profiles);

	if (trouble[0] != '\0') {
		buf_add_str(why, trouble);
		return PROVIDER_FAILED;
	}
	result = resolve(&w, c->profile, out, why);
	/* Who names a profile means it. */
	if (result == PROVIDER_ABSENT && c->profile_is_said)
		result = PROVIDER_FAILED;
	return result;
}
