/*
 * health.h - /livez, /readyz and /metrics, for an HTTP server's handler.
 *
 * Plain structs in, answers out; the owner fills them when it is asked.
 * Pure but for server_answer().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "net/server.h"
#include "output/metrics.h"

/* Why the service does not do its work. */
struct health_reason {
	const char *part;   /* "store", "source trail", "feed siem" */
	const char *reason; /* a sentence with the fix */
};

struct health {
	/* How long ago the loop last turned, and how long that may be. */
	double idle_s, idle_limit_s;
	bool stopping;
	/* Ready when there are none.  What only warns is no reason. */
	const struct health_reason *reasons;
	size_t nreasons;
};

bool health_is_live(const struct health *h);
bool health_is_ready(const struct health *h);

/* {"ready":false,"reasons":[{"part":"store","reason":"..."}]} */
void health_write(const struct health *h, struct buf *out);

/* Answer a request for one of the three; false, and nothing answered, when
 * its path is another. */
bool health_serve(
    struct server_request *r, const struct health *h, const struct metrics *m);
