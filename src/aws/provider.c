#include "aws/provider.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aws/secret.h"
#include "config/printable.h"
#include "net/backoff.h"
#include "net/clock.h"

#define US_PER_MS 1000
#define BACKOFF_FIRST_US 100000
#define BACKOFF_MOST_US 1000000

const struct provider provider_chain[PROVIDER_COUNT] = {
	{ "environment", provider_environment_fetch },
	{ "web identity", provider_web_identity_fetch },
	[PROVIDER_PROFILE] = { "profile", provider_profile_fetch },
	{ "container", provider_container_fetch },
	{ "instance metadata", provider_metadata_fetch },
};

const char *
provider_setting(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

bool
provider_setting_is_true(const char *name)
{
	return span_equal_nocase(
	    span_str(provider_setting(name)), SPAN("true"));
}

bool
provider_read_token(
    const char *path, char **memory, struct span *token, struct buf *why)
{
	enum status st = secret_read(path, PROVIDER_FILE_BYTES, memory, token);

	if (st != STATUS_OK) {
		int error = errno;

		printable_add(why, span_str(path));
		buf_printf(why, ": %s",
		    st == STATUS_IO ? strerrordesc_np(error) : status_text(st));
		return false;
	}
	*token = span_trim(*token);
	if (!span_is_empty(*token) && key_set_is_visible(*token))
		return true;
	printable_add(why, span_str(path));
	buf_add_str(why, span_is_empty(*token) ? ": empty" : ": no token");
	secret_free(*memory);
	*memory = NULL;
	return false;
}

/* --- endpoints -------------------------------------------------------- */

static struct span
endpoint_of_environment(const char *service)
{
	struct buf name = { 0 };
	const char *url;

	buf_add_str(&name, "AWS_ENDPOINT_URL_");
	for (const char *s = service; *s != '\0'; s++)
		buf_add_char(&name,
		    *s >= 'a' && *s <= 'z' ? (char)(*s - 'a' + 'A') : *s);
	url = provider_setting(buf_text(&name));
	buf_done(&name);
	if (url == NULL)
		url = provider_setting("AWS_ENDPOINT_URL");
	return span_str(url);
}

struct span
provider_endpoint(
    const struct profiles *profiles, struct span profile, const char *service)
{
	struct span url;

	if (provider_setting_is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") ||
	    span_equal_nocase(profiles_get(profiles, profile,
				  "ignore_configured_endpoint_urls"),
		SPAN("true")))
		return span_of(NULL, 0);
	url = endpoint_of_environment(service);
	if (span_is_empty(url))
		url = profiles_get_service(
		    profiles, profile, span_str(service), "endpoint_url");
	if (span_is_empty(url))
		url = profiles_get(profiles, profile, "endpoint_url");
	return url;
}

/* --- requests --------------------------------------------------------- */

struct asking {
	struct provider_answer *answer;
	bool again;
};

static void
on_answer(void *cookie, const struct http_response *r)
{
	struct asking *a = cookie;

	provider_answer_done(a->answer);
	a->answer->outcome = r->outcome;
	a->answer->status = r->outcome == HTTP_ANSWERED ? r->status : 0;
	a->answer->memory = secret_dup(r->body);
	a->answer->body = span_of(a->answer->memory, r->body.len);
	(void)http_describe(r, a->answer->text);
	a->again = http_is_retryable(r);
}

void
provider_ask(const struct provider_context *c,
    const struct http_request *request, unsigned attempts,
    struct provider_answer *answer)
{
	struct asking asking = { .answer = answer };
	struct http_request q = *request;

	*answer = (struct provider_answer){ 0 };
	q.connect_ms = q.connect_ms ? q.connect_ms : PROVIDER_CONNECT_MS;
	q.total_ms = q.total_ms ? q.total_ms : PROVIDER_TOTAL_MS;
	q.body_limit = PROVIDER_ANSWER_BYTES;
	q.secret = true;
	q.done = on_answer;
	q.cookie = &asking;
	for (unsigned i = 1;; i++) {
		int64_t wait_us;

		http_fetch(c->http, &q);
		if (!asking.again || i >= attempts)
			return;
		wait_us = backoff_spread_us(
		    backoff_ceiling_us(i, BACKOFF_FIRST_US, BACKOFF_MOST_US),
		    clock_jitter(UINT64_MAX));
		/* Nothing is under way: this only waits. */
		http_run(c->http, (int)(wait_us / US_PER_MS), -1);
	}
}

void
provider_answer_done(struct provider_answer *a)
{
	secret_free(a->memory);
	a->memory = NULL;
	a->body = span_of(NULL, 0);
}

bool
provider_answered(const struct provider_answer *a)
{
	return a->outcome == HTTP_ANSWERED && a->status / 100 == 2;
}
