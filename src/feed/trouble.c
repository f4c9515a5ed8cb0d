#include "feed/trouble.h"

#include <poll.h>
#include <stdio.h>

#include "base/civil.h"
#include "net/backoff.h"
#include "net/clock.h"

/* From half a second to a minute, drawn evenly below the ceiling. */
#define FIRST_US (CIVIL_US_PER_S / 2)
#define MOST_US (60 * CIVIL_US_PER_S)
/* Several requests that break together are one failure. */
#define LEAST_US (CIVIL_US_PER_S / 10)

void
trouble_init(struct trouble *t, const struct config_feed *config,
    const struct feed_host *host)
{
	*t = (struct trouble){
		.host = host,
		.name = config->name,
		.counts = { .healthy = true },
	};
}

static void
say(struct trouble *t, enum source_level level, const char *message)
{
	const char *fields[] = { "feed", t->name, "reason", t->counts.trouble,
		NULL };

	if (t->counts.trouble[0] == '\0')
		fields[2] = NULL;
	t->host->say(t->host->cookie, (int)level, message, fields);
}

void
trouble_refused(struct trouble *t, const char *why)
{
	struct feed_counts *c = &t->counts;
	bool known = !c->healthy &&
		     strncmp(c->trouble, why, sizeof(c->trouble) - 1) == 0;

	c->failures++;
	c->healthy = false;
	(void)snprintf(c->trouble, sizeof(c->trouble), "%s", why);
	if (!known)
		say(t, SOURCE_WARNING,
		    "findings wait: the feed cannot deliver them");
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void
trouble_failed(struct trouble *t, const char *why, unsigned least_s)
{
	int64_t now = clock_mono_us(), pause = 0;

	trouble_refused(t, why);
	if (now >= t->not_before_us) {
		t->failures++;
		pause = later(LEAST_US,
		    backoff_spread_us(
			backoff_ceiling_us(t->failures, FIRST_US, MOST_US),
			clock_jitter(UINT64_MAX)));
	}
	pause = later(pause, (int64_t)least_s * CIVIL_US_PER_S);
	t->not_before_us = later(t->not_before_us, now + pause);
}

void
trouble_answers(struct trouble *t)
{
	t->failures = 0;
	t->not_before_us = 0;
}

void
trouble_over(struct trouble *t)
{
	trouble_answers(t);
	if (t->counts.healthy)
		return;
	t->counts.healthy = true;
	t->counts.trouble[0] = '\0';
	say(t, SOURCE_INFO, "the feed delivers again");
}

void
trouble_delivered(struct trouble *t, uint64_t number, uint64_t count)
{
	t->counts.delivered += count;
	t->host->delivered(t->host->cookie, number);
}

int
trouble_pause_ms(const struct trouble *t, int most)
{
	int64_t left = t->not_before_us - clock_mono_us();

	if (t->not_before_us == 0 || left <= 0)
		return 0;
	left = left / 1000 + 1;
	return left < most ? (int)left : most;
}

void
trouble_sleep(int ms)
{
	if (ms > 0)
		(void)poll(NULL, 0, ms);
}
