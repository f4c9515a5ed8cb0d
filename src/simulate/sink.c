#include "simulate/sink.h"

#include <stdlib.h>

#include "base/civil.h"
#include "base/rng.h"
#include "simulate/text.h"

/* A DATA_MESSAGE of CloudWatch Logs carries at most about this many. */
#define EVENTS_PER_MESSAGE 60

void
sink_done(struct sink *s)
{
	buf_done(&s->text);
	free(s->records);
	s->records = NULL;
	s->count = s->size = 0;
}

struct buf *
sink_begin(struct sink *s)
{
	s->text.limit = (size_t)1 << 40;
	s->begun = s->text.len;
	return &s->text;
}

void
sink_end(struct sink *s, int64_t at_us, int step)
{
	if (s->count == s->size) {
		s->size = s->size ? s->size * 2 : 1024;
		s->records =
		    status_realloc(s->records, s->size, sizeof(*s->records));
	}
	s->records[s->count++] = (struct sink_record){
		.at_us = at_us,
		.offset = s->begun,
		.len = (uint32_t)(s->text.len - s->begun),
		.step = step,
	};
}

static int
compare(const void *left, const void *right)
{
	const struct sink_record *a = left, *b = right;

	if (a->at_us != b->at_us)
		return a->at_us < b->at_us ? -1 : 1;
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static void
add_code(struct rng *r, const char *digits, unsigned len, struct buf *out)
{
	size_t count = strlen(digits);

	while (len-- > 0)
		buf_add_char(out, digits[rng_below(r, count)]);
}

static void
path_eks(const struct sink *s, struct civil c, struct rng *r, struct buf *p)
{
	buf_printf(p, "eks-audit/%s/%04d/%02u/%02u/%02u/", s->name, c.year,
	    c.month, c.day, c.hour);
	buf_printf(p, "eks-audit-%s-1-%04d-%02u-%02u-%02u-%02u-%02u-", s->name,
	    c.year, c.month, c.day, c.hour, c.minute,
	    (unsigned)rng_below(r, 60));
	text_uuid(p, rng_next(r), rng_next(r));
	buf_add_str(p, ".gz");
}

static const char UPPER[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
			    "wxyz0123456789";
static const char HEX[] = "0123456789abcdef";

static void
path_aws(const struct sink *s, struct civil c, struct rng *r, struct buf *p)
{
	bool dns = s->kind == SINK_DNS, trail = s->kind == SINK_TRAIL;
	const char *kind = dns	   ? "vpcdnsquerylogs"
			   : trail ? "CloudTrail"
				   : "vpcflowlogs";

	buf_printf(p, "AWSLogs/%s/%s/%s/%04d/%02u/%02u/", s->account, kind,
	    dns ? s->name : s->region, c.year, c.month, c.day);
	if (dns)
		buf_printf(p, "%s_%s_%s_", s->name, kind, s->account);
	else
		buf_printf(p, "%s_%s_%s_", s->account, kind, s->region);
	if (s->kind == SINK_FLOW)
		buf_printf(p, "%s_", s->name);
	buf_printf(p, "%04d%02u%02uT%02u%02uZ_", c.year, c.month, c.day, c.hour,
	    c.minute);
	if (trail)
		add_code(r, UPPER, 16, p);
	else
		add_code(r, HEX, 8, p);
	buf_add_str(p, trail ? ".json.gz" : ".log.gz");
}

void
sink_path(const struct sink *s, int64_t at_us, struct buf *path)
{
	/* CloudTrail names a file by its delivery, the others by its start. */
	struct civil c =
	    civil_of(s->kind == SINK_TRAIL ? at_us + s->slice_us : at_us);
	struct rng r;

	rng_seed(&r, s->seed ^ (uint64_t)at_us);
	switch (s->kind) {
	case SINK_TRAIL:
	case SINK_FLOW:
	case SINK_DNS:
		path_aws(s, c, &r, path);
		break;
	case SINK_EKS:
		path_eks(s, c, &r, path);
		break;
	case SINK_METAL:
		buf_printf(path,
		    "k8s-audit/%s/audit-%04d-%02u-%02uT%02u-%02u-%02u.log.gz",
		    s->name, c.year, c.month, c.day, c.hour, c.minute,
		    c.second);
		break;
	case SINK_COREDNS:
		buf_printf(path,
		    "coredns/%s/coredns-%04d-%02u-%02uT%02u.log.gz", s->name,
		    c.year, c.month, c.day, c.hour);
		break;
	}
}

static struct span
text_of(const struct sink *s, size_t i)
{
	return span_of(s->text.at + s->records[i].offset, s->records[i].len);
}

static void
wrap_message(const struct sink *s, size_t from, size_t to, struct buf *out)
{
	buf_printf(out,
	    "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"%s\",\"logGroup\":"
	    "\"/aws/eks/%s/cluster\",\"logStream\":\"kube-apiserver-audit-",
	    s->account, s->name);
	text_hex(out, s->seed, 16);
	text_hex(out, s->seed * 0x9e3779b97f4a7c15u, 16);
	buf_add_str(
	    out, "\",\"subscriptionFilters\":[\"archive\"],\"logEvents\":[");
	for (size_t i = from; i < to; i++) {
		int64_t ms = s->records[i].at_us / 1000;

		buf_printf(out, "%s{\"id\":\"39%018lld%016llu%020zu\",",
		    i > from ? "," : "", (long long)ms,
		    (unsigned long long)(s->seed % 10000000000000000u), i);
		buf_printf(
		    out, "\"timestamp\":%lld,\"message\":\"", (long long)ms);
		text_json(out, text_of(s, i));
		buf_add_str(out, "\"}");
	}
	buf_add_str(out, "]}\n");
}

static void
wrap(const struct sink *s, size_t from, size_t to, struct buf *out)
{
	if (s->kind == SINK_EKS) {
		for (; from < to; from += EVENTS_PER_MESSAGE)
			wrap_message(s, from,
			    to - from < EVENTS_PER_MESSAGE
				? to
				: from + EVENTS_PER_MESSAGE,
			    out);
		return;
	}
	if (s->kind == SINK_TRAIL)
		buf_add_str(out, "{\"Records\":[");
	if (s->header != NULL)
		buf_printf(out, "%s\n", s->header);
	for (size_t i = from; i < to; i++) {
		if (s->kind == SINK_TRAIL && i > from)
			buf_add_char(out, ',');
		buf_add(out, text_of(s, i));
		if (s->kind != SINK_TRAIL)
			buf_add_char(out, '\n');
	}
	if (s->kind == SINK_TRAIL)
		buf_add_str(out, "]}");
}

void
sink_sort(struct sink *s)
{
	if (s->count > 0)
		qsort(s->records, s->count, sizeof(*s->records), compare);
}

void
sink_write(struct sink *s, struct object_writer *o, struct truth *t)
{
	struct buf object = { .limit = (size_t)1 << 40 }, path = { 0 };

	sink_sort(s);
	for (size_t from = 0, to; from < s->count; from = to) {
		int64_t slice = s->records[from].at_us / s->slice_us;

		buf_reset(&object);
		buf_reset(&path);
		sink_path(s, slice * s->slice_us, &path);
		for (to = from; to < s->count &&
				s->records[to].at_us / s->slice_us == slice;
		     to++)
			if (s->records[to].step >= 0)
				truth_place(
				    t, s->records[to].step, buf_text(&path));
		wrap(s, from, to, &object);
		object_write(o, buf_text(&path), buf_span(&object));
	}
	buf_done(&object);
	buf_done(&path);
}
