/*
 * Apache Kafka as a source: what a group's member is sent becomes parcels.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <librdkafka/rdkafka.h>

#include "base/escape.h"
#include "codec/cut.h"
#include "collect/heard.h"
#include "collect/kafka_member.h"
#include "collect/kafka_part.h"
#include "collect/source.h"
#include "net/clock.h"
#include "net/kafka.h"

#define RECORD_BYTES_MAX ((size_t)32 * 1024 * 1024)
#define CLUSTER_BYTES_MAX 256
#define DRAIN_MAX 8192	  /* records of one run() */
#define LINGER_BELOW 512  /* fewer records than this are worth waiting ... */
#define LINGER_MS 10	  /* ... so long for more */
#define RESUME_US 1000000 /* paused so long, less room is enough */
#define TOKEN_BITS 40	  /* of a parcel's number; the rest: its partition */

static const struct kafka_preset presets[] = {
	{ "enable.auto.commit", "false",
	    "positions are told when records are safe, and not before" },
	{ "enable.auto.offset.store", "false",
	    "positions are told when records are safe, and not before" },
	{ "log.queue", "true", "the service keeps the log" },
	{ "partition.assignment.strategy", "cooperative-sticky", NULL },
	{ "auto.offset.reset", "earliest", NULL },
	{ "isolation.level", "read_committed", NULL },
	{ "client.id", "nephoscope", NULL },
	{ "check.crcs", "true", NULL },
	{ "enable.partition.eof", "true", NULL },
	{ "allow.auto.create.topics", "false", NULL },
	{ "queued.max.messages.kbytes", "16384", NULL },
	{ "statistics.interval.ms", "5000", NULL },
	/* New partitions are found so soon. */
	{ "topic.metadata.refresh.interval.ms", "60000", NULL },
	{ "socket.keepalive.enable", "true", NULL },
	{ "log.connection.close", "false", NULL },
	/* A member that was killed is missed sooner than after 45 s. */
	{ "session.timeout.ms", "15000", NULL },
};

static const char *const required[] = { "bootstrap.servers", "group.id", NULL };

enum origin { FROM_CONFIG, FROM_TOPIC, FROM_KEY, FROM_HEADER, FROM_FIELD };

struct source_kafka {
	const struct config_source *config;
	const struct source_host *host;
	struct kafka_wish wish;
	struct kafka_member member;
	enum origin origin;
	struct json_parser *parser; /* FROM_FIELD */
	struct buf cluster;	    /* of the record in hand */
	int64_t paused_us;	    /* when it was; clock_mono_us() */
	size_t held;		    /* bytes taken by this run() */
	struct kafka_part *latest;  /* of the record before, or NULL */
	struct heard *heard;
};

static struct source_kafka *
source_of(void *cookie)
{
	return cookie;
}

/* --- giving --------------------------------------------------------------- */

static uint64_t
token_of(const struct kafka_part *p, uint64_t number)
{
	return ((uint64_t)p->index << TOKEN_BITS) |
	       (number & (((uint64_t)1 << TOKEN_BITS) - 1));
}

static void
give_run(struct source_kafka *s, struct kafka_part *p, size_t at)
{
	struct kafka_run *run = &p->runs[at];
	int64_t next = at + 1 < p->nruns ? p->group_first : p->next;
	char cursor[24];
	struct source_parcel parcel = {
		.place = buf_span(&p->place),
		.cursor_key = buf_span(&p->cursor_key),
		.cluster = buf_span(&run->cluster),
		.body = run->body.at,
		.len = run->body.len,
		.fd = -1,
		.arrived_us = run->arrived_us,
		.more = at + 1 < p->nruns,
	};

	(void)snprintf(cursor, sizeof(cursor), "%" PRId64, next);
	parcel.cursor = span_str(cursor);
	parcel.token = token_of(p, kafka_part_given(p, next));
	run->body = (struct buf){ 0 }; /* the host's now */
	heard_note(
	    s->heard, parcel.cluster, span_str(p->topic), run->arrived_us);
	s->host->give(s->host->cookie, &parcel);
}

static void
give(struct source_kafka *s, struct kafka_part *p)
{
	for (size_t i = 0; i < p->nruns; i++)
		give_run(s, p, i);
	kafka_part_drop(p);
	/* Nothing is to be given of what was left out at the end. */
	if (p->owned && p->next != p->given)
		kafka_part_skipped(p, p->next);
}

static void
give_all(struct source_kafka *s)
{
	for (size_t i = 0; i < s->member.nparts; i++)
		give(s, s->member.parts[i]);
}

/* --- records -------------------------------------------------------------- */

static struct span
key_of(const rd_kafka_message_t *m)
{
	return span_of(m->key, m->key_len);
}

static struct span
header_of(const rd_kafka_message_t *m, const char *name)
{
	rd_kafka_headers_t *headers;
	const void *value;
	size_t len;

	if (rd_kafka_message_headers(m, &headers) !=
		RD_KAFKA_RESP_ERR_NO_ERROR ||
	    rd_kafka_header_get_last(headers, name, &value, &len) !=
		RD_KAFKA_RESP_ERR_NO_ERROR)
		return span_of(NULL, 0);
	return span_of(value, len);
}

/* A name comes from outside: one that nobody could read is none. */
static bool
is_name(struct span s)
{
	if (s.len == 0 || s.len > CLUSTER_BYTES_MAX)
		return false;
	while (s.len > 0) {
		uint32_t point;

		s = span_skip(s, escape_next(&s, &point));
		if (point == ESCAPE_BROKEN || escape_is_invisible(point))
			return false;
	}
	return true;
}

static struct span
cluster_of(struct source_kafka *s, const struct kafka_part *p,
    const rd_kafka_message_t *m, struct span value)
{
	struct span name = { NULL, 0 };

	buf_reset(&s->cluster);
	switch (s->origin) {
	case FROM_CONFIG:
		break;
	case FROM_TOPIC:
		name = span_str(p->topic);
		break;
	case FROM_KEY:
		name = key_of(m);
		break;
	case FROM_HEADER:
		name = header_of(m, s->config->cluster_key);
		break;
	case FROM_FIELD:
		if (kafka_field(s->parser, value,
			span_str(s->config->cluster_key), &s->cluster))
			name = buf_span(&s->cluster);
		break;
	}
	return is_name(name) ? name : span_str(s->config->cluster);
}

/* The upstream clock in microseconds, never later than ours; 0: not known. */
static int64_t
arrived(const rd_kafka_message_t *m)
{
	rd_kafka_timestamp_type_t type;
	int64_t ms = rd_kafka_message_timestamp(m, &type);
	int64_t now = clock_wall_us();

	if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || ms <= 0)
		return 0;
	return ms > now / 1000 ? now : ms * 1000;
}

/*
 * Inside a partition offsets may be missing: marks of transactions, what was
 * compacted.  But what the broker no longer has was lost, and a topic that
 * begins again is a new one of an old name, or one that lost its end.
 */
static void
check_gap(
    struct source_kafka *s, struct kafka_part *p, const rd_kafka_message_t *m)
{
	int64_t low = 0, high = 0;

	if (m->offset < p->next) {
		give(s, p);
		kafka_part_rewind(p);
		kafka_member_say(&s->member, SOURCE_WARNING,
		    "the topic begins again before the known position", p,
		    m->offset);
		return;
	}
	(void)rd_kafka_get_watermark_offsets(
	    s->member.client, p->topic, p->number, &low, &high);
	if (low <= p->next)
		return;
	s->member.counts.errors++;
	s->member.counts.dropped += (uint64_t)(low - p->next);
	kafka_member_say(&s->member, SOURCE_ERROR,
	    "records were deleted upstream before they were read; the next "
	    "is here",
	    p, m->offset);
}

static void
take_value(
    struct source_kafka *s, struct kafka_part *p, const rd_kafka_message_t *m)
{
	struct span value = span_of(m->payload, m->len);
	int64_t arrived_us = arrived(m);
	enum kafka_form form;

	if (value.len > RECORD_BYTES_MAX) {
		s->member.counts.errors++;
		s->member.counts.dropped++;
		kafka_member_say(&s->member, SOURCE_ERROR,
		    "a record of more than 32 MiB is left out", p, m->offset);
		return;
	}
	form = kafka_form(&value);
	if (form == KAFKA_NOTHING) {
		if (!p->told_null)
			kafka_member_say(&s->member, SOURCE_INFO,
			    "a record without value is left out, as others "
			    "will be",
			    p, m->offset);
		p->told_null = true;
		return;
	}
	if (p->nruns == 0)
		p->group_first = m->offset;
	kafka_part_add(p, form, cluster_of(s, p, m, value), value, arrived_us);
	s->member.counts.objects++;
	s->member.counts.bytes += m->len;
	if (arrived_us > s->member.counts.newest_us)
		s->member.counts.newest_us = arrived_us;
}

/* --- collecting ----------------------------------------------------------- */

static void
take_error(struct source_kafka *s, const rd_kafka_message_t *m)
{
	const char *topic = m->rkt ? rd_kafka_topic_name(m->rkt) : NULL;
	struct kafka_part *p =
	    topic ? kafka_member_part(&s->member, topic, m->partition) : NULL;

	if (m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
		kafka_member_trouble(
		    &s->member, m->err, rd_kafka_message_errstr(m));
		return;
	}
	kafka_member_is_well(&s->member);
	/* The end may lie behind marks that are no records. */
	if (p != NULL && p->owned && m->offset > p->next)
		p->next = m->offset;
}

/* Records come in batches of a partition's. */
static struct kafka_part *
part_of_record(struct source_kafka *s, const rd_kafka_message_t *m)
{
	const char *topic = rd_kafka_topic_name(m->rkt);

	if (s->latest == NULL || s->latest->number != m->partition ||
	    strcmp(s->latest->topic, topic) != 0)
		s->latest = kafka_member_part(&s->member, topic, m->partition);
	return s->latest;
}

/* Bytes taken. */
static size_t
take(struct source_kafka *s, const rd_kafka_message_t *m)
{
	struct kafka_part *p;

	if (m->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
		take_error(s, m);
		return 0;
	}
	p = part_of_record(s, m);
	if (p == NULL || !p->owned)
		return 0;
	if (p->next != KAFKA_NOWHERE && m->offset != p->next)
		check_gap(s, p, m);
	take_value(s, p, m);
	p->next = m->offset + 1;
	if (kafka_part_is_full(p))
		give(s, p);
	kafka_member_is_well(&s->member);
	return m->len;
}

/* Records taken.  Callbacks run in here, also when there is no room. */
static size_t
drain(struct source_kafka *s)
{
	size_t room = s->member.paused ? 0 : s->host->room(s->host->cookie);
	size_t records = 0;

	for (size_t i = 0; i < DRAIN_MAX && s->member.revive_us == 0; i++) {
		rd_kafka_message_t *m;

		if (i > 0 && s->held >= room)
			break;
		m = rd_kafka_consumer_poll(s->member.client, 0);
		if (m == NULL)
			break;
		s->held += take(s, m);
		records += m->err == RD_KAFKA_RESP_ERR_NO_ERROR;
		rd_kafka_message_destroy(m);
	}
	return records;
}

static void
wait_for_more(struct source_kafka *s, int wait_ms)
{
	struct pollfd fds[] = {
		{ .fd = s->member.event_fd, .events = POLLIN },
		{ .fd = s->host->wake_fd, .events = POLLIN },
	};
	uint64_t count;

	(void)poll(fds, COUNTOF(fds), wait_ms);
	while (read(s->member.event_fd, &count, sizeof(count)) < 0 &&
	       errno == EINTR)
		;
}

static bool
is_waiting(const struct source_kafka *s)
{
	for (size_t i = 0; i < s->member.nparts; i++) {
		if (kafka_part_is_waiting(s->member.parts[i]))
			return true;
	}
	return false;
}

/*
 * Stop fetching while the host has no room, and go on once it has.  What was
 * fetched ahead is forgotten by a pause, so it pays to wait for room for more
 * than a record.
 */
static void
balance(struct source_kafka *s)
{
	bool stopping = s->host->stopping(s->host->cookie);
	size_t room = stopping ? 0 : s->host->room(s->host->cookie);

	if (s->member.paused == (room == 0))
		return;
	if (room > 0 && room < KAFKA_RUN_BYTES && is_waiting(s) &&
	    clock_mono_us() < s->paused_us + RESUME_US)
		return;
	s->paused_us = clock_mono_us();
	kafka_member_pause(&s->member, room == 0);
}

/* --- the contract --------------------------------------------------------- */

static bool
find_origin(
    const struct config_source *c, enum origin *origin, struct buf *error)
{
	static const char *const words[] = { "topic", "key", "header",
		"field" };
	const char *from = c->cluster_from;

	*origin = FROM_CONFIG;
	for (size_t i = 0; from != NULL && i < COUNTOF(words); i++) {
		if (!strcmp(from, words[i]))
			*origin = FROM_TOPIC + (enum origin)i;
	}
	if ((*origin == FROM_HEADER || *origin == FROM_FIELD) &&
	    (c->cluster_key == NULL || !*c->cluster_key)) {
		buf_printf(error,
		    "cluster_from: %s needs cluster_key: the "
		    "%s's name",
		    from, from);
		return false;
	}
	return true;
}

static void
source_close(void *source)
{
	struct source_kafka *s = source_of(source);

	kafka_member_done(&s->member);
	heard_free(s->heard);
	buf_done(&s->cluster);
	json_parser_free(s->parser);
	free(s);
}

static struct kafka_wish
wish_of(const struct config_source *c)
{
	return (struct kafka_wish){ presets, COUNTOF(presets), c->properties,
		c->nproperties, required };
}

static bool
has_topic(const struct config_source *c, struct buf *error)
{
	if (c->topic != NULL && *c->topic != '\0')
		return true;
	buf_add_str(error, "a source of kind kafka needs \"topic\"");
	return false;
}

static enum status
source_check(const struct config_source *config, struct buf *error)
{
	const struct kafka_wish wish = wish_of(config);
	enum origin origin;

	if (!has_topic(config, error) || !find_origin(config, &origin, error))
		return STATUS_INVALID;
	return kafka_check(&wish, error);
}

static enum status
set_up(struct source_kafka *s, struct buf *error)
{
	enum status st;

	if (!has_topic(s->config, error) ||
	    !find_origin(s->config, &s->origin, error))
		return STATUS_INVALID;
	if (s->origin == FROM_FIELD)
		s->parser = json_parser_new(CUT_RECORD_BYTES);
	st = kafka_member_init(&s->member, error);
	return st == STATUS_OK ? kafka_member_join(&s->member, error) : st;
}

static enum status
source_open(const struct config_source *config, const struct source_host *host,
    void **source, struct buf *error)
{
	struct source_kafka *s = status_calloc(1, sizeof(*s));
	enum status st;

	s->config = config;
	s->host = host;
	s->wish = wish_of(config);
	s->heard = heard_new(host, "kafka");
	s->member = (struct kafka_member){ .topic = config->topic,
		.host = host,
		.wish = &s->wish,
		.event_fd = -1 };
	st = set_up(s, error);
	if (st != STATUS_OK) {
		source_close(s);
		return st;
	}
	*source = s;
	return STATUS_OK;
}

static void
source_count(const void *source, struct source_counts *counts)
{
	const struct source_kafka *s = source;

	*counts = s->member.counts;
	counts->waiting = 0;
	for (size_t i = 0; i < s->member.nparts && s->member.client != NULL;
	     i++) {
		const struct kafka_part *p = s->member.parts[i];
		int64_t low = 0, high = 0;
		int64_t from = p->next;

		if (!p->owned ||
		    rd_kafka_get_watermark_offsets(s->member.client, p->topic,
			p->number, &low, &high) != RD_KAFKA_RESP_ERR_NO_ERROR)
			continue;
		if (from < low)
			from = low;
		if (high > from)
			counts->waiting += (uint64_t)(high - from);
	}
}

/* Is all that there is upstream here? */
static bool
is_at_end(struct source_kafka *s)
{
	struct source_counts counts;

	if (!s->member.joined || s->member.paused || !s->member.counts.healthy)
		return false;
	source_count(s, &counts);
	return counts.waiting == 0;
}

static void
source_run(void *source, int wait_ms)
{
	struct source_kafka *s = source_of(source);
	size_t records;

	if (!kafka_member_is_alive(&s->member)) {
		wait_for_more(s, wait_ms);
		return;
	}
	s->held = 0;
	balance(s);
	records = drain(s);
	if (records == 0) {
		wait_for_more(s, wait_ms);
		balance(s);
		records = drain(s);
	}
	/* Records come one by one; a few milliseconds make parcels of them. */
	if (records > 0 && records < LINGER_BELOW && wait_ms > LINGER_MS &&
	    s->held < s->host->room(s->host->cookie)) {
		wait_for_more(s, LINGER_MS);
		(void)drain(s);
	}
	give_all(s);
	kafka_member_tell(&s->member);
	if (records == 0 && is_at_end(s))
		heard_judge(s->heard, clock_wall_us());
}

static void
source_safe(void *source, const uint64_t *tokens, size_t count)
{
	struct source_kafka *s = source_of(source);

	for (size_t i = 0; i < count; i++) {
		size_t part = (size_t)(tokens[i] >> TOKEN_BITS);
		uint64_t number = tokens[i] & (((uint64_t)1 << TOKEN_BITS) - 1);

		if (part < s->member.nparts)
			kafka_part_safe(s->member.parts[part], number);
	}
	kafka_member_tell(&s->member);
}

const struct source_ops source_kafka = {
	.kind = "kafka",
	.check = source_check,
	.open = source_open,
	.run = source_run,
	.safe = source_safe,
	.count = source_count,
	.close = source_close,
};
