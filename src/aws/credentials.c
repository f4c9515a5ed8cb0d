#include "aws/credentials.h"

#include <stdlib.h>
#include <string.h>

#include "aws/provider.h"
#include "aws/sts.h"
#include "base/civil.h"
#include "config/printable.h"
#include "net/backoff.h"
#include "net/clock.h"

#define US_PER_S CIVIL_US_PER_S
/* Keys are fetched again 5 to 10 minutes before they expire, but not before
 * half of their life is over. */
#define EARLY_US (300 * US_PER_S)
#define EARLY_JITTER_US (300 * US_PER_S)
#define RETRY_FIRST_US (2 * US_PER_S)
#define RETRY_MOST_US (60 * US_PER_S)
/* Keys that AWS refused are not asked for again sooner than this. */
#define REFUSED_US (5 * US_PER_S)
#define REPORTS_MAX (PROVIDER_COUNT + 1)
#define DEFAULT_REGION "us-east-1"
#define DEFAULT_SESSION "nephoscope"

struct credentials {
	struct http *http;
	struct profiles *profiles;
	struct provider_context context;
	char *profile, *region, *role_arn, *external_id, *session_name;
	bool only_profile; /* an option named it: nobody else is asked */
	struct key_set keys;
	int64_t refresh_us; /* wall clock: from here on better ones */
	int64_t retry_us;   /* monotonic: nobody is asked before */
	int64_t refused_us; /* monotonic: when they were refused last; or 0 */
	uint64_t number;    /* of keys fetched */
	unsigned failures;
	enum status failure;
	struct buf trouble; /* of the last failure */
	struct credentials_report reports[REPORTS_MAX];
	struct buf texts[REPORTS_MAX];
	size_t nreports;
	struct buf endpoint, ca_file;
};

/* --- settings --------------------------------------------------------- */

static char *
copy(const char *s)
{
	return s != NULL && s[0] != '\0' ? strdup(s) : NULL;
}

static char *
copy_span(struct span s)
{
	return span_is_empty(s) ? NULL : strndup(s.at, s.len);
}

static void
choose_profile(struct credentials *c, const struct credentials_options *o)
{
	c->profile = copy(o->profile);
	c->only_profile = c->profile != NULL;
	if (c->profile == NULL)
		c->profile = copy(provider_setting("AWS_PROFILE"));
	c->context.profile_is_said = c->profile != NULL;
	if (c->profile == NULL)
		c->profile = strdup("default");
	c->context.profile = span_str(c->profile);
}

static void
choose_region(struct credentials *c, const struct credentials_options *o)
{
	c->region = copy(o->region);
	if (c->region == NULL)
		c->region = copy(provider_setting("AWS_REGION"));
	if (c->region == NULL)
		c->region = copy(provider_setting("AWS_DEFAULT_REGION"));
	if (c->region == NULL)
		c->region = copy_span(
		    profiles_get(c->profiles, c->context.profile, "region"));
	c->context.region_is_said = c->region != NULL;
	if (c->region == NULL)
		c->region = strdup(DEFAULT_REGION);
	c->context.region = span_str(c->region);
}

static void
choose_ca_file(struct credentials *c)
{
	const char *said = provider_setting("AWS_CA_BUNDLE");
	struct span path = said != NULL ? span_str(said)
					: profiles_get(c->profiles,
					      c->context.profile, "ca_bundle");

	if (!span_is_empty(path))
		buf_add(&c->ca_file, path);
}

struct credentials_options
credentials_options_of(const struct config_source *source)
{
	return (struct credentials_options){
		.profile = source->profile,
		.region = source->region,
		.role_arn = source->role_arn,
		.external_id = source->external_id,
	};
}

struct credentials *
credentials_new(const struct credentials_options *o)
{
	struct credentials *c = status_calloc(1, sizeof(*c));

	c->profiles = profiles_new();
	c->context.profiles = c->profiles;
	choose_profile(c, o);
	choose_region(c, o);
	choose_ca_file(c);
	c->role_arn = copy(o->role_arn);
	c->external_id = copy(o->external_id);
	c->session_name = copy(o->session_name);
	if (c->session_name == NULL)
		c->session_name = strdup(DEFAULT_SESSION);
	c->context.session_name = c->session_name;
	c->http = http_new(
	    &(struct http_options){ .ca_file = credentials_ca_file(c) });
	c->context.http = c->http;
	return c;
}

void
credentials_free(struct credentials *c)
{
	if (c == NULL)
		return;
	key_set_done(&c->keys);
	http_free(c->http);
	profiles_free(c->profiles);
	for (size_t i = 0; i < REPORTS_MAX; i++)
		buf_done(&c->texts[i]);
	buf_done(&c->trouble);
	buf_done(&c->endpoint);
	buf_done(&c->ca_file);
	free(c->profile);
	free(c->region);
	free(c->role_arn);
	free(c->external_id);
	free(c->session_name);
	free(c);
}

/* --- the chain -------------------------------------------------------- */

/* A line of the report; its text is to be filled. */
static struct buf *
start_report(struct credentials *c, const char *provider)
{
	size_t i = c->nreports++;

	ASSERT(i < REPORTS_MAX);
	buf_reset(&c->texts[i]);
	c->reports[i] = (struct credentials_report){ .provider = provider };
	return &c->texts[i];
}

static void
end_reports(struct credentials *c)
{
	for (size_t i = 0; i < c->nreports; i++)
		c->reports[i].text = buf_text(&c->texts[i]);
}

static void
keep_trouble(struct credentials *c, const char *provider, const char *why)
{
	buf_reset(&c->trouble);
	buf_printf(&c->trouble, "%s: %s", provider, why);
}

/* Ask one provider; true when the chain ends here. */
static bool
ask(struct credentials *c, size_t index, struct key_set *out,
    enum provider_result *result)
{
	const struct provider *p = &provider_chain[index];
	struct buf *why = start_report(c, p->name);

	if (c->only_profile && index != PROVIDER_PROFILE) {
		buf_add_str(why, "not asked: a profile is configured");
		return false;
	}
	*result = p->fetch(&c->context, out, why);
	if (*result == PROVIDER_GAVE) {
		c->reports[c->nreports - 1].won = true;
		buf_add_str(why, " (");
		key_set_mask(out, why);
		buf_add_str(why, ")");
	} else if (*result == PROVIDER_FAILED) {
		keep_trouble(c, p->name, buf_text(why));
	}
	return *result != PROVIDER_ABSENT;
}

static enum status
ask_chain(struct credentials *c, struct key_set *out)
{
	enum provider_result result = PROVIDER_ABSENT;
	bool over = false;

	for (size_t i = 0; i < PROVIDER_COUNT; i++) {
		if (!over)
			over = ask(c, i, out, &result);
		else
			buf_printf(start_report(c, provider_chain[i].name),
			    "not asked: %s comes first",
			    result == PROVIDER_GAVE ? "another"
						    : "what failed");
	}
	if (over)
		return result == PROVIDER_GAVE ? STATUS_OK : STATUS_INVALID;
	keep_trouble(c, "no keys",
	    "neither environment, web identity, profile, container nor "
	    "instance metadata has any; `nephoscope aws whoami` says why");
	return STATUS_NOT_FOUND;
}

/* The configured role on top of what the chain gave. */
static enum status
assume(struct credentials *c, const struct key_set *base, struct key_set *out)
{
	const struct sts_role role = { .arn = span_str(c->role_arn),
		.external_id = span_str(c->external_id) };
	const struct sigv4_keys keys = key_set_keys(base);
	struct buf *why = start_report(c, "role");
	bool ok;

	printable_add(why, role.arn);
	buf_add_str(why, ": ");
	if (!sts_is_role_arn(role.arn)) {
		buf_add_str(why, "not the ARN of a role");
		ok = false;
	} else {
		ok = sts_assume_role(&c->context, &keys, &role, out, why);
	}
	if (!ok) {
		keep_trouble(c, "role", buf_text(why));
		return STATUS_INVALID;
	}
	c->reports[c->nreports - 1].won = true;
	buf_add_str(why, "assumed (");
	key_set_mask(out, why);
	buf_add_str(why, ")");
	return STATUS_OK;
}

static enum status
fetch(struct credentials *c, struct key_set *out)
{
	struct key_set base = { 0 };
	enum status st;

	c->nreports = 0;
	st = ask_chain(c, &base);
	if (st == STATUS_OK && c->role_arn != NULL) {
		st = assume(c, &base, out);
		key_set_done(&base);
	} else {
		*out = base;
	}
	end_reports(c);
	return st;
}

/* --- renewal ---------------------------------------------------------- */

static void
plan_refresh(struct credentials *c)
{
	int64_t now_us = clock_wall_us();
	int64_t early_us =
	    EARLY_US + (int64_t)clock_jitter((uint64_t)EARLY_JITTER_US);
	int64_t half_us;

	c->refresh_us = INT64_MAX;
	if (c->keys.expiry_us == 0)
		return;
	half_us = now_us + (c->keys.expiry_us - now_us) / 2;
	c->refresh_us = c->keys.expiry_us - early_us;
	if (c->refresh_us < half_us)
		c->refresh_us = half_us;
}

static void
plan_retry(struct credentials *c)
{
	int64_t ceiling_us;

	c->failures++;
	ceiling_us =
	    backoff_ceiling_us(c->failures, RETRY_FIRST_US, RETRY_MOST_US);
	/* Half of it in any case: to ask at once helps nobody. */
	c->retry_us =
	    clock_mono_us() + ceiling_us / 2 +
	    backoff_spread_us(ceiling_us / 2, clock_jitter(UINT64_MAX));
}

static bool
holds(const struct credentials *c)
{
	return c->keys.memory != NULL &&
	       (c->keys.expiry_us == 0 || c->keys.expiry_us > clock_wall_us());
}

static void
renew(struct credentials *c)
{
	struct key_set fresh = { 0 };

	c->failure = fetch(c, &fresh);
	if (c->failure != STATUS_OK) {
		plan_retry(c);
		return;
	}
	key_set_done(&c->keys);
	c->keys = fresh;
	c->failures = 0;
	c->retry_us = 0;
	c->number++;
	plan_refresh(c);
}

enum status
credentials_get(
    struct credentials *c, struct sigv4_keys *keys, struct buf *error)
{
	bool due = !holds(c) || clock_wall_us() >= c->refresh_us;

	if (due && clock_mono_us() >= c->retry_us)
		renew(c);
	if (holds(c)) {
		*keys = key_set_keys(&c->keys);
		return STATUS_OK;
	}
	if (error != NULL)
		buf_add_str(error, buf_text(&c->trouble));
	return c->failure != STATUS_OK ? c->failure : STATUS_NOT_FOUND;
}

uint64_t
credentials_number(const struct credentials *c)
{
	return c->number;
}

void
credentials_refuse(struct credentials *c, uint64_t number)
{
	int64_t now_us = clock_mono_us();

	/* Of requests that went out together each is refused. */
	if (number != c->number || c->keys.memory == NULL)
		return;
	key_set_done(&c->keys);
	keep_trouble(c, "keys", "AWS refuses them");
	c->failure = STATUS_INVALID;
	if (c->refused_us != 0 && now_us < c->refused_us + REFUSED_US)
		c->retry_us = c->refused_us + REFUSED_US;
	c->refused_us = now_us;
}

/* --- what else is known ------------------------------------------------ */

int64_t
credentials_expiry_us(const struct credentials *c)
{
	return c->keys.expiry_us;
}

const char *
credentials_region(const struct credentials *c, bool *said)
{
	if (said != NULL)
		*said = c->context.region_is_said;
	return c->region;
}

const char *
credentials_endpoint(struct credentials *c, const char *service)
{
	struct span url =
	    provider_endpoint(c->profiles, c->context.profile, service);

	buf_reset(&c->endpoint);
	buf_add(&c->endpoint, url);
	return c->endpoint.len > 0 ? buf_text(&c->endpoint) : NULL;
}

const char *
credentials_ca_file(const struct credentials *c)
{
	return c->ca_file.len > 0 ? buf_text(&c->ca_file) : NULL;
}

size_t
credentials_reports(
    const struct credentials *c, const struct credentials_report **reports)
{
	*reports = c->reports;
	return c->nreports;
}

enum status
credentials_identity(struct credentials *c, struct buf *account,
    struct buf *arn, struct buf *error)
{
	struct sigv4_keys keys;
	struct buf why = { 0 };
	enum status st = credentials_get(c, &keys, error);

	if (st != STATUS_OK)
		return st;
	if (!sts_identity(&c->context, &keys, account, arn, &why)) {
		if (error != NULL)
			buf_printf(error, "STS: %s", buf_text(&why));
		st = STATUS_INVALID;
	}
	buf_done(&why);
	return st;
}
