#include "collect/heard.h"

#include <stdlib.h>

#include "base/civil.h"
#include "net/clock.h"

struct heard {
	const struct source_host *host;
	const char *kind;
	struct silence *silence;
	int64_t judge_us; /* monotonic: when the next time is due */
	bool any;	  /* somebody was heard */
};

void
heard_tell(const struct source_host *host, const struct silence_told *told,
    const struct source_notice *of, struct span reason, struct span service)
{
	static const char *const names[] = { "reason", "service", "hours_heard",
		"of_hours" };
	struct source_notice notice = *of;
	struct buf hours = { 0 }, all = { 0 };
	struct span values[COUNTOF(names)] = { reason, service };

	buf_printf(&hours, "%u", told->hours);
	buf_printf(&all, "%u", told->of);
	values[2] = buf_span(&hours);
	values[3] = buf_span(&all);
	notice.time_us = told->since_us;
	notice.fact_names = names;
	notice.fact_values = values;
	notice.nfacts = COUNTOF(names);
	host->notice(host->cookie, &notice);
	buf_done(&hours);
	buf_done(&all);
}

static void
tell(void *cookie, const struct silence_told *told)
{
	const struct heard *h = cookie;
	struct span cluster = told->stream.account;

	heard_tell(h->host, told,
	    &(struct source_notice){
		.detector = "source_silent",
		.cluster = cluster,
		.resource = cluster.len > 0 ? cluster : told->stream.service,
	    },
	    SPAN("nothing came for hours"), span_str(h->kind));
}

struct heard *
heard_new(const struct source_host *host, const char *kind)
{
	struct heard *h = status_calloc(1, sizeof(*h));

	h->host = host;
	h->kind = kind;
	h->silence = silence_new(tell, h);
	return h;
}

void
heard_free(struct heard *h)
{
	if (h == NULL)
		return;
	silence_free(h->silence);
	free(h);
}

void
heard_note(
    struct heard *h, struct span cluster, struct span way, int64_t arrived_us)
{
	h->any = true;
	silence_note(h->silence,
	    &(struct silence_stream){
		.account = cluster,
		.service = cluster.len > 0 ? span_of(NULL, 0) : way,
	    },
	    arrived_us);
}

void
heard_judge(struct heard *h, int64_t until_us)
{
	int64_t now_us = clock_mono_us();

	if (!h->any || now_us < h->judge_us)
		return;
	h->judge_us = now_us + CIVIL_US_PER_HOUR;
	silence_judge(h->silence, until_us);
}
