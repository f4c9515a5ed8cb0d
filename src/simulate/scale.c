#include "simulate/scale.h"

#include <stdlib.h>

#include "base/civil.h"
#include "base/hash.h"
#include "simulate/simulate.h"
#include "simulate/text.h"

#define DAY CIVIL_US_PER_DAY

/* What changes from copy to copy, found by the text before it. */
enum patch_kind {
	PATCH_UUID,
	PATCH_TIME,
	PATCH_EARLIER,
	PATCH_TIME_US,
	PATCH_KEY,
	PATCH_PORT
};

static const struct needle {
	const char *text;
	enum patch_kind kind;
	size_t skip; /* after the text */
} NEEDLES[] = {
	{ "\"eventID\":\"", PATCH_UUID, 0 },
	{ "\"requestID\":\"", PATCH_UUID, 0 },
	{ "\"auditID\":\"", PATCH_UUID, 0 },
	{ "\"eventTime\":\"", PATCH_TIME, 0 },
	{ "\"creationDate\":\"", PATCH_EARLIER, 0 },
	{ "\"query_timestamp\":\"", PATCH_TIME, 0 },
	{ "\"requestReceivedTimestamp\":\"", PATCH_TIME_US, 0 },
	{ "\"stageTimestamp\":\"", PATCH_TIME_US, 0 },
	{ "\"accessKeyId\":\"ASIA", PATCH_KEY, 12 },
	{ "\"srcport\":\"", PATCH_PORT, 0 },
};

struct patch {
	uint32_t offset;
	enum patch_kind kind;
};

struct templates {
	const struct sink *sink;
	struct patch *patches;
	size_t count, size;
	size_t *first; /* of each record, and one more */
};

/* What one source looks like on disk. */
struct shape {
	size_t least, most; /* bytes of an object */
	const char *open, *between, *close;
	bool shuffled; /* picked at random, not in order of time */
};

static void
add_patch(struct templates *t, size_t offset, enum patch_kind kind)
{
	if (t->count == t->size) {
		t->size = t->size ? t->size * 2 : 4096;
		t->patches =
		    status_realloc(t->patches, t->size, sizeof(*t->patches));
	}
	t->patches[t->count++] = (struct patch){ (uint32_t)offset, kind };
}

static struct templates
templates_of(const struct sink *s)
{
	struct templates t = { .sink = s };

	t.first = status_calloc(s->count + 1, sizeof(*t.first));
	for (size_t i = 0; i < s->count; i++) {
		struct span text = span_of(
		    s->text.at + s->records[i].offset, s->records[i].len);

		t.first[i] = t.count;
		for (size_t n = 0; n < COUNTOF(NEEDLES); n++) {
			struct span needle = span_str(NEEDLES[n].text);
			size_t at = span_search(text, needle);

			if (at < text.len)
				add_patch(&t, at + needle.len + NEEDLES[n].skip,
				    NEEDLES[n].kind);
		}
	}
	t.first[s->count] = t.count;
	return t;
}

static void
put_digits(char *at, unsigned count, unsigned value)
{
	while (count-- > 0) {
		at[count] = (char)('0' + value % 10);
		value /= 10;
	}
}

static void
put_time(char *at, int64_t time_us, unsigned fraction_digits)
{
	struct civil c = civil_of(time_us);

	put_digits(at, 4, (unsigned)c.year);
	put_digits(at + 5, 2, c.month);
	put_digits(at + 8, 2, c.day);
	put_digits(at + 11, 2, c.hour);
	put_digits(at + 14, 2, c.minute);
	put_digits(at + 17, 2, c.second);
	if (fraction_digits > 0)
		put_digits(at + 20, fraction_digits, c.us);
}

/* One generator feeds one run of objects; `round` counts the replays. */
struct copier {
	struct rng r;
	uint64_t round;
	int64_t now_us;
};

static void
put_patch(char *at, enum patch_kind kind, struct copier *c)
{
	char uuid[37];
	uint64_t key;

	switch (kind) {
	case PATCH_UUID:
		memcpy(at, text_uuid_of(uuid, rng_next(&c->r), rng_next(&c->r)),
		    36);
		break;
	case PATCH_TIME:
		put_time(at, c->now_us, 0);
		break;
	case PATCH_EARLIER:
		put_time(
		    at, c->now_us - c->now_us % (6 * CIVIL_US_PER_HOUR), 0);
		break;
	case PATCH_TIME_US:
		put_time(at, c->now_us + (int64_t)rng_below(&c->r, 9000), 6);
		break;
	case PATCH_KEY:
		key = hash_mix(c->round, 99);
		for (unsigned i = 0; i < 4; i++, key >>= 5)
			at[i] = (char)('A' + key % 26);
		break;
	case PATCH_PORT:
		put_digits(at, 5, 32768 + (unsigned)rng_below(&c->r, 28000));
		break;
	}
}

static void
flush(const struct scale *s, const struct sink *sink, int64_t time_us,
    struct buf *object)
{
	struct buf path = { 0 };

	sink_path(sink, time_us, &path);
	object_write(s->writer, buf_text(&path), buf_span(object));
	buf_reset(object);
	buf_done(&path);
}

static void
copy_record(
    const struct templates *t, size_t i, struct buf *out, struct copier *c)
{
	size_t start = out->len;

	buf_add(out, span_of(t->sink->text.at + t->sink->records[i].offset,
			 t->sink->records[i].len));
	for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
		ASSERT(t->patches != NULL);
		put_patch(out->at + start + t->patches[p].offset,
		    t->patches[p].kind, c);
	}
}

static size_t
target(const struct shape *shape, struct rng *r)
{
	return shape->least + rng_below(r, shape->most - shape->least);
}

static void
write_json(const struct scale *s, struct sink *sink, const struct shape *shape)
{
	struct templates t;
	struct buf object = { .limit = (size_t)1 << 32 };
	struct copier c = { .now_us = s->world->start_us };
	uint64_t written = 0;
	int64_t first_us = c.now_us, step_us;
	size_t full;

	if (sink->count == 0)
		return;
	sink_sort(sink);
	t = templates_of(sink);
	/* All of it happens in one day. */
	step_us =
	    (int64_t)((double)DAY * (double)sink->text.len /
		      (double)sink->count / ((double)s->bytes * 1.02 + 1.0));
	rng_fork(&c.r, sink->seed, SPAN("scale"));
	full = target(shape, &c.r);
	for (size_t i = 0; written < s->bytes && s->writer->status == STATUS_OK;
	     i++) {
		if (i == sink->count) {
			i = 0;
			c.round++;
		}
		if (object.len == 0) {
			first_us = c.now_us;
			buf_add_str(&object, shape->open);
		} else {
			buf_add_str(&object, shape->between);
		}
		copy_record(&t,
		    shape->shuffled ? rng_below(&c.r, sink->count) : i, &object,
		    &c);
		c.now_us += step_us + (int64_t)rng_below(&c.r, 2);
		if (object.len < full && written + object.len < s->bytes)
			continue;
		buf_add_str(&object, shape->close);
		written += object.len;
		flush(s, sink, first_us, &object);
		full = target(shape, &c.r);
	}
	buf_done(&object);
	free(t.patches);
	free(t.first);
}

/* A flow record is cut at the fields that change. */
struct line {
	struct span head; /* version ... dstaddr */
	struct span tail; /* action ... */
	unsigned src_port, dst_port, proto;
	uint64_t bytes;
};

static struct line
line_of(struct span text)
{
	struct span rest = text;
	uint64_t number[7] = { 0 };
	struct line l;

	for (int i = 0; i < 5; i++)
		(void)span_cut(&rest, ' ');
	l.head = span_of(text.at, (size_t)(rest.at - text.at));
	for (int i = 0; i < 7; i++)
		(void)span_to_u64(span_cut(&rest, ' '), &number[i]);
	l.tail = rest;
	l.src_port = (unsigned)number[0];
	l.dst_port = (unsigned)number[1];
	l.proto = (unsigned)number[2];
	l.bytes = number[4];
	return l;
}

static char *
put_number(char *at, uint64_t value)
{
	char digits[20];
	unsigned count = 0;

	do
		digits[count++] = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	while (count > 0)
		*at++ = digits[--count];
	*at++ = ' ';
	return at;
}

static void
copy_line(const struct line *l, struct buf *out, struct copier *c)
{
	char text[160], *at = text;
	uint64_t dice = rng_next(&c->r);
	uint64_t bytes = l->bytes / 2 + dice % (l->bytes + 1);
	uint64_t start = (uint64_t)(c->now_us / CIVIL_US_PER_S) - dice % 61;
	bool client = l->src_port > 10000;
	unsigned port = 32768 + (unsigned)(dice >> 32) % 28000;

	at = put_number(at, client ? port : l->src_port);
	at = put_number(at, client ? l->dst_port : port);
	at = put_number(at, l->proto);
	at = put_number(at, 1 + bytes / (400 + (dice >> 9) % 1024));
	at = put_number(at, bytes);
	at = put_number(at, start);
	at = put_number(at, start + (dice >> 20) % 59);
	buf_add(out, l->head);
	buf_add(out, span_of(text, (size_t)(at - text)));
	buf_add(out, l->tail);
	buf_add_char(out, '\n');
}

static void
write_flows(const struct scale *s, struct sink *sink)
{
	static const struct shape shape = { 5000000, 10000000, "", "", "",
		true };
	struct line *lines = status_calloc(sink->count + 1, sizeof(*lines));
	struct buf object = { .limit = (size_t)1 << 32 };
	struct copier c = { .now_us = s->world->start_us };
	uint64_t written = 0;
	int64_t step_us = (int64_t)((double)DAY * 225.0 /
				    ((double)s->bytes * 1.02 + 1.0)),
		first_us = c.now_us;
	size_t full;

	sink_sort(sink);
	for (size_t i = 0; i < sink->count; i++)
		lines[i] =
		    line_of(span_of(sink->text.at + sink->records[i].offset,
			sink->records[i].len));
	rng_fork(&c.r, sink->seed, SPAN("scale"));
	full = target(&shape, &c.r);
	while (sink->count > 0 && written < s->bytes &&
	       s->writer->status == STATUS_OK) {
		if (object.len == 0) {
			first_us = c.now_us;
			buf_printf(&object, "%s\n", sink->header);
		}
		copy_line(&lines[rng_below(&c.r, sink->count)], &object, &c);
		c.now_us += step_us + (int64_t)rng_below(&c.r, 3);
		if (object.len < full && written + object.len < s->bytes)
			continue;
		written += object.len;
		flush(s, sink, first_us, &object);
		full = target(&shape, &c.r);
	}
	buf_done(&object);
	free(lines);
}

void
scale_write(const struct scale *s)
{
	static const struct shape trail = { 200000, 2000000, "{\"Records\":[",
		",", "]}", false };
	static const struct shape dns = { 4000000, 6000000, "", "\n", "\n",
		true };
	static const struct shape audit = { 10000000, 40000000, "", "\n", "\n",
		false };
	struct account *prod = &s->world->accounts[PROD];
	struct cluster *plant = world_metal(s->world);

	/* Speed matters more than size here. */
	s->writer->level = 1;
	if (s->sources & SIMULATE_TRAIL)
		write_json(s, &prod->trail, &trail);
	if (s->sources & SIMULATE_FLOW)
		write_flows(s, &prod->flow);
	if (s->sources & SIMULATE_DNS)
		write_json(s, &prod->dns, &dns);
	if ((s->sources & SIMULATE_AUDIT) && plant != NULL)
		write_json(s, &plant->audit, &audit);
}
