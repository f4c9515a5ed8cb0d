/*
 * feed_drive CONFIG COUNT SECONDS [BYTES [IDLE]] - the service's side of a
 * feed, for tests.
 *
 * An outbox in memory holds COUNT findings of about BYTES each; the first feed
 * of CONFIG delivers them; behind the first half nothing comes for IDLE
 * seconds.  Standard error has a line for each thing that
 * happens: "delivered N", "say LEVEL MESSAGE KEY=VALUE ...".  Ends when all
 * are delivered (0), after SECONDS (1), or when the feed is refused (78).
 * SIGTERM ends it too, as does a broken contract (2), by name.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "feed/feed.h"
#include "net/clock.h"

#define OFFERED_MAX 16

struct outbox {
	uint64_t count, taken, delivered;
	size_t bytes;
	int64_t idle_us, idle_until_us;
};

static volatile sig_atomic_t stopped;

static void
stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void
broken(const char *what)
{
	(void)fprintf(stderr, "broken %s\n", what);
	exit(2);
}

static void
delivered(void *cookie, uint64_t number)
{
	struct outbox *o = cookie;

	/* Numbers are 10, 20, ...: place in the outbox times ten.  Not yet
	 * taken is fine inside of take() alone. */
	if (number % 10 != 0 || number / 10 <= o->delivered ||
	    number / 10 > o->taken + OFFERED_MAX)
		broken("order");
	o->delivered = number / 10;
	(void)fprintf(
	    stderr, "delivered %llu\n", (unsigned long long)o->delivered);
}

static void
say(void *cookie, int level, const char *message, const char *const *fields)
{
	(void)cookie;
	(void)fprintf(stderr, "say %d %s", level, message);
	for (; fields[0] != NULL; fields += 2)
		(void)fprintf(stderr, " %s=%s", fields[0], fields[1]);
	(void)fputc('\n', stderr);
}

static void
fill(struct buf *text, uint64_t n, size_t bytes)
{
	buf_printf(text, "{\"id\":\"%032llu\",\"text\":\"\xc3\xa9 \\\" ]",
	    (unsigned long long)n);
	while (text->len + 2 < bytes)
		buf_add_char(text, (char)('a' + text->len % 26));
	buf_add_str(text, "\"}");
}

/* Offer what comes next, as the host does. */
static void
offer(const struct feed_ops *ops, void *feed, struct outbox *o)
{
	struct feed_item items[OFFERED_MAX] = { { .number = 0 } };
	struct buf texts[OFFERED_MAX] = { { 0 } };
	char ids[OFFERED_MAX][33];
	size_t n = 0, took;

	for (; n < OFFERED_MAX && o->taken + n < o->count; n++) {
		uint64_t number = o->taken + n + 1;

		(void)snprintf(ids[n], sizeof(ids[n]), "%032llu",
		    (unsigned long long)number);
		fill(&texts[n], number, o->bytes);
		items[n] = (struct feed_item){
			.number = number * 10,
			.id = span_str(ids[n]),
			.type = SPAN("Execution:Kubernetes/"
				     "ExecInKubeSystemPod"),
			.severity = (double)(number % 10) + 0.5,
			.revision = number % 3,
			.first_us = 1795356131 * CIVIL_US_PER_S,
			.last_us = 1795356221 * CIVIL_US_PER_S,
			.title = SPAN("A title \"of\" a finding"),
			.text = buf_span(&texts[n]),
		};
	}
	took = n > 0 ? ops->take(feed, items, n) : 0;
	if (took > n)
		broken("taking");
	o->taken += took;
	if (o->delivered > o->taken)
		broken("delivered what was not taken");
	for (size_t i = 0; i < n; i++)
		buf_done(&texts[i]);
}

static bool
is_idle(struct outbox *o)
{
	if (o->idle_us == 0 || o->taken < o->count / 2)
		return false;
	if (o->idle_until_us == 0)
		o->idle_until_us = clock_mono_us() + o->idle_us;
	return clock_mono_us() < o->idle_until_us;
}

static int
drive(const struct feed_ops *ops, void *feed, struct outbox *o, long seconds)
{
	int64_t until = clock_mono_us() + seconds * CIVIL_US_PER_S;
	struct feed_counts counts;

	while (o->delivered < o->count && !stopped && clock_mono_us() < until) {
		if (!is_idle(o))
			offer(ops, feed, o);
		ops->run(feed, o->taken < o->count ? 20 : 100);
	}
	ops->count(feed, &counts);
	(void)fprintf(stderr,
	    "counts delivered=%llu failures=%llu retries=%llu healthy=%d "
	    "trouble=%s\n",
	    (unsigned long long)counts.delivered,
	    (unsigned long long)counts.failures,
	    (unsigned long long)counts.retries, counts.healthy, counts.trouble);
	ops->close(feed);
	return o->delivered == o->count ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct outbox o = { .count = 0 };
	struct feed_host host = { delivered, say, &o };
	struct config *config = NULL;
	struct buf error = { 0 };
	const struct feed_ops *ops;
	void *feed = NULL;
	int code = 78;

	if (argc < 4)
		return 64;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)signal(SIGTERM, stop);
	(void)setvbuf(stderr, NULL, _IOLBF, 0);
	o.count = strtoull(argv[2], NULL, 10);
	o.bytes = argc > 4 ? strtoull(argv[4], NULL, 10) : 300;
	if (argc > 5)
		o.idle_us = strtol(argv[5], NULL, 10) * CIVIL_US_PER_S;
	if (config_load(argv[1], &config, &error) == STATUS_OK &&
	    config->nfeeds > 0) {
		ops = feed_of_kind(config->feeds[0].kind);
		if (ops != NULL && ops->open(&config->feeds[0], &host, &feed,
				       &error) == STATUS_OK)
			code = drive(ops, feed, &o, strtol(argv[3], NULL, 10));
	}
	if (error.len > 0)
		(void)fprintf(stderr, "error %s\n", buf_text(&error));
	config_free(config);
	buf_done(&error);
	return code;
}
