/*
 * health_driver.c - /livez, /readyz and /metrics of made-up numbers:
 *
 *	health_driver PORT
 *
 * Lines on standard input: "ready", "unready", "stuck", "quit".  Labels are
 * hostile on purpose.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/server.h"
#include "output/health.h"

struct driver {
	struct health health;
	struct metrics metrics;
};

static const struct health_reason reasons[] = {
	{ "store", "\"disk\" is full\n\x01\xff" },
	{ "source trail", "no answer" },
};

static const struct metrics_events events[] = {
	{ "cloudtrail", 18446744073709551615u, 2, 3, 4, 0 },
	{ "k8s-audit", 5, 0, 0, 0, 0 },
};

static const struct metrics_source sources[] = {
	{ "plain", "webhook",
	    { .objects = 7, .bytes = 8, .healthy = true, .waiting = 3 }, 6, 2,
	    1.5 },
	{ "ho\\st\"ile\n\xff\xc3{},= \t", "files", { .errors = 9 }, 0, 0, -1 },
	{ "\xe2\x82\xac", "kafka", { .retries = 1 }, 0, 0, 0 },
};

static const struct metrics_feed feeds[] = {
	{ "siem", "webhook", 1, 2, 3, 4, true },
	{ "file", "file", 0, 0, 0, 0, false },
};

static const struct metrics_number findings[] = {
	{ "CryptoCurrency:EC2/BitcoinTool.B!DNS", 2 },
	{ "Recon:EC2/Portscan", 1 },
};

static const struct metrics_number memory[] = {
	{ "collected", 1048576 },
	{ "resident", 99999999 },
};

static void
handle(void *cookie, struct server_request *r)
{
	struct driver *d = cookie;

	if (!health_serve(r, &d->health, &d->metrics))
		server_answer(r, &(struct server_answer){
				     .code = 404,
				     .body = SPAN("nothing here\n"),
				 });
}

static void
obey(struct driver *d, const char *word)
{
	d->health = (struct health){ .idle_limit_s = 10 };
	if (!strcmp(word, "unready")) {
		d->health.reasons = reasons;
		d->health.nreasons = COUNTOF(reasons);
	}
	if (!strcmp(word, "stuck"))
		d->health.idle_s = 11;
	d->metrics.ready = health_is_ready(&d->health);
}

static void
fill(struct metrics *m)
{
	static const double took_s[] = { 0, 0.001, 0.0011, 0.2, 11, -1 };
	size_t i;

	*m = (struct metrics){
		.version = "1.2.3\"",
		.start_s = 1800000000.25,
		.uptime_s = 12.5,
		.events = events,
		.nevents = COUNTOF(events),
		.sources = sources,
		.nsources = COUNTOF(sources),
		.feeds = feeds,
		.nfeeds = COUNTOF(feeds),
		.findings = findings,
		.nfindings = COUNTOF(findings),
		.memory = memory,
		.nmemory = COUNTOF(memory),
		.memory_limit = 134217728,
		.tenants = 3,
	};
	for (i = 0; i < COUNTOF(took_s); i++)
		metrics_histogram_add(&m->commit, took_s[i]);
}

int
main(int argc, char **argv)
{
	struct driver d = { .health = { .idle_limit_s = 10 } };
	struct buf error = { 0 };
	struct server *s = NULL;
	char address[32], line[64];

	if (argc < 2)
		return 64;
	(void)snprintf(address, sizeof(address), "127.0.0.1:%s", argv[1]);
	fill(&d.metrics);
	if (server_new(
		&(struct server_options){
		    .listen = address, .handle = handle, .cookie = &d },
		&s, &error)) {
		(void)printf("%s\n", buf_text(&error));
		buf_done(&error);
		return 1;
	}
	(void)printf("ready\n");
	(void)fflush(stdout);
	for (;;) {
		struct pollfd p = { .fd = 0, .events = POLLIN };
		ssize_t got;

		server_run(s, 0, 1000);
		if (poll(&p, 1, 0) <= 0)
			continue;
		got = read(0, line, sizeof(line) - 1);
		if (got <= 0)
			break;
		line[got] = '\0';
		line[strcspn(line, "\n")] = '\0';
		obey(&d, line);
		(void)printf("did %s\n", line);
		(void)fflush(stdout);
	}
	server_free(s);
	return 0;
}
