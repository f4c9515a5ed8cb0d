#include "collect/kafka_member.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/escape.h"
#include "net/clock.h"

#define COMMITTED_MS 5000 /* asking the broker for the group's positions */
#define LEAVE_US 3000000  /* saying good-bye */
#define LEAVE_POLL_MS 20
#define RETRY_US 1000000   /* between attempts to tell positions */
#define REVIVE_US 30000000 /* after an error that ends a client */

static struct kafka_member *
member_of(void *cookie)
{
	return cookie;
}

/* --- telling a person ----------------------------------------------------- */

static void
say(struct kafka_member *m, enum source_level level, const char *message,
    const char *detail)
{
	const char *const fields[] = { "reason", detail, NULL };

	m->host->say(m->host->cookie, level, message,
	    detail != NULL ? fields : fields + 2);
}

void
kafka_member_say(struct kafka_member *m, enum source_level level,
    const char *message, const struct kafka_part *p, int64_t offset)
{
	char text[24];
	const char *const fields[] = { "place", buf_text(&p->place), "offset",
		text, NULL };

	(void)snprintf(text, sizeof(text), "%" PRId64, offset);
	m->host->say(m->host->cookie, level, message, fields);
}

void
kafka_member_is_well(struct kafka_member *m)
{
	m->counts.healthy = true;
	m->counts.trouble[0] = '\0';
}

void
kafka_member_trouble(
    struct kafka_member *m, rd_kafka_resp_err_t error, const char *reason)
{
	struct buf text = { .limit = 512 };
	enum kafka_weight weight = kafka_weight(error);

	m->counts.errors++;
	kafka_explain(m->wish, error, reason, &text);
	if (weight != KAFKA_PASSING) {
		m->counts.healthy = false;
		m->unreached = weight == KAFKA_UNREACHED;
		(void)snprintf(m->counts.trouble, sizeof(m->counts.trouble),
		    "%s", buf_text(&text));
	}
	say(m, weight == KAFKA_PASSING ? SOURCE_WARNING : SOURCE_ERROR,
	    weight == KAFKA_PASSING ? "Kafka had an error that may pass"
				    : "Kafka does not answer as it should",
	    buf_text(&text));
	buf_done(&text);
}

/* --- partitions ----------------------------------------------------------- */

struct kafka_part *
kafka_member_part(
    const struct kafka_member *m, const char *topic, int32_t number)
{
	for (size_t i = 0; i < m->nparts; i++) {
		if (m->parts[i]->number == number &&
		    !strcmp(m->parts[i]->topic, topic))
			return m->parts[i];
	}
	return NULL;
}

static struct kafka_part *
part_of(struct kafka_member *m, const char *topic, int32_t number)
{
	struct kafka_part *p = kafka_member_part(m, topic, number);

	if (p != NULL)
		return p;
	p = status_calloc(1, sizeof(*p));
	kafka_part_init(p, kafka_property(m->wish, "group.id"), topic, number);
	m->parts = status_realloc(m->parts, m->nparts + 1, sizeof(*m->parts));
	p->index = m->nparts;
	m->parts[m->nparts++] = p;
	return p;
}

static rd_kafka_topic_partition_list_t *
owned_list(const struct kafka_member *m)
{
	rd_kafka_topic_partition_list_t *list =
	    rd_kafka_topic_partition_list_new((int)m->nparts);

	for (size_t i = 0; i < m->nparts; i++) {
		const struct kafka_part *p = m->parts[i];

		if (p->owned)
			rd_kafka_topic_partition_list_add(
			    list, p->topic, p->number);
	}
	return list;
}

/* --- telling the broker what is safe -------------------------------------- */

void
kafka_member_tell(struct kafka_member *m)
{
	rd_kafka_topic_partition_list_t *list;
	rd_kafka_resp_err_t error;

	if (m->client == NULL || clock_mono_us() < m->tell_us)
		return;
	list = rd_kafka_topic_partition_list_new(4);
	for (size_t i = 0; i < m->nparts; i++) {
		struct kafka_part *p = m->parts[i];

		if (!p->owned || p->safe <= p->asked)
			continue;
		rd_kafka_topic_partition_list_add(list, p->topic, p->number)
		    ->offset = p->safe;
		p->asked = p->safe;
	}
	if (list->cnt > 0) {
		error = rd_kafka_commit(m->client, list, 1);
		if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
			kafka_member_trouble(m, error, "telling positions");
	}
	rd_kafka_topic_partition_list_destroy(list);
}

static void
on_commit(rd_kafka_t *client, rd_kafka_resp_err_t error,
    rd_kafka_topic_partition_list_t *offsets, void *cookie)
{
	struct kafka_member *m = member_of(cookie);
	bool failed = false;

	(void)client;
	for (int i = 0; offsets != NULL && i < offsets->cnt; i++) {
		const rd_kafka_topic_partition_t *o = &offsets->elems[i];
		struct kafka_part *p =
		    kafka_member_part(m, o->topic, o->partition);

		if (p == NULL || (error == RD_KAFKA_RESP_ERR_NO_ERROR &&
				     o->err == RD_KAFKA_RESP_ERR_NO_ERROR))
			continue;
		p->asked = KAFKA_NOWHERE;
		failed = failed || p->owned;
	}
	if (!failed) {
		if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
			kafka_member_is_well(m);
		return;
	}
	/* The positions are in the store; the broker's copy can wait. */
	m->counts.retries++;
	m->tell_us = clock_mono_us() + RETRY_US;
	say(m, SOURCE_INFO, "the broker did not keep the group's positions",
	    rd_kafka_err2str(error));
}

/* --- rebalance ------------------------------------------------------------ */

/* What the group remembers at the broker: offsets, or none, in *list. */
static void
ask_committed(struct kafka_member *m, rd_kafka_topic_partition_list_t *list)
{
	rd_kafka_resp_err_t error =
	    rd_kafka_committed(m->client, list, COMMITTED_MS);

	if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
		return;
	say(m, SOURCE_INFO, "the broker did not tell the group's positions",
	    rd_kafka_err2str(error));
	for (int i = 0; i < list->cnt; i++)
		list->elems[i].offset = RD_KAFKA_OFFSET_INVALID;
}

static int64_t
stored_position(struct kafka_member *m, const struct kafka_part *p)
{
	struct buf value = { .limit = 32 };
	uint64_t offset = 0;
	bool known = m->host->cursor(
			 m->host->cookie, buf_span(&p->cursor_key), &value) &&
		     span_to_u64(buf_span(&value), &offset) &&
		     offset <= INT64_MAX;

	buf_done(&value);
	return known ? (int64_t)offset : KAFKA_NOWHERE;
}

/*
 * Where to go on: behind all that was given in this life, all that is in the
 * store and all that the group did elsewhere.
 */
static void
take_part(struct kafka_member *m, rd_kafka_topic_partition_t *it)
{
	struct kafka_part *p = part_of(m, it->topic, it->partition);
	int64_t broker =
	    it->offset >= 0 && it->err == 0 ? it->offset : KAFKA_NOWHERE;
	int64_t stored = stored_position(m, p);
	int64_t from = stored > broker ? stored : broker;

	if (p->given > from)
		from = p->given;
	p->owned = true;
	p->next = from;
	p->asked = broker;
	if (!kafka_part_is_waiting(p)) {
		p->given = from;
		p->safe = from;
	}
	it->offset = from >= 0 ? from : RD_KAFKA_OFFSET_INVALID;
	it->err = RD_KAFKA_RESP_ERR_NO_ERROR;
	kafka_member_say(
	    m, SOURCE_INFO, "a partition is read from here", p, from);
}

static void
pause_list(struct kafka_member *m, rd_kafka_topic_partition_list_t *list)
{
	if (m->paused)
		(void)rd_kafka_pause_partitions(m->client, list);
	else
		(void)rd_kafka_resume_partitions(m->client, list);
}

static void
give_part(struct kafka_member *m, rd_kafka_topic_partition_t *it)
{
	struct kafka_part *p = kafka_member_part(m, it->topic, it->partition);

	if (p == NULL || !p->owned)
		return;
	/* What was not given comes again, here or elsewhere. */
	kafka_part_drop(p);
	p->next = p->given;
	p->owned = false;
	kafka_member_say(m, SOURCE_INFO, "a partition is given up", p, p->safe);
}

static void
finish(struct kafka_member *m, rd_kafka_error_t *error)
{
	if (error == NULL)
		return;
	kafka_member_trouble(
	    m, rd_kafka_error_code(error), rd_kafka_error_string(error));
	rd_kafka_error_destroy(error);
}

static void
assign(struct kafka_member *m, rd_kafka_topic_partition_list_t *list)
{
	if (list->cnt > 0)
		ask_committed(m, list);
	for (int i = 0; i < list->cnt; i++)
		take_part(m, &list->elems[i]);
	if (!strcmp(rd_kafka_rebalance_protocol(m->client), "COOPERATIVE"))
		finish(m, rd_kafka_incremental_assign(m->client, list));
	else
		(void)rd_kafka_assign(m->client, list);
	if (m->paused)
		pause_list(m, list);
	m->joined = true;
	kafka_member_is_well(m);
}

static void
unassign(struct kafka_member *m, rd_kafka_topic_partition_list_t *list)
{
	if (!rd_kafka_assignment_lost(m->client)) {
		m->tell_us = 0;
		kafka_member_tell(m);
	}
	for (int i = 0; i < list->cnt; i++)
		give_part(m, &list->elems[i]);
	if (!strcmp(rd_kafka_rebalance_protocol(m->client), "COOPERATIVE"))
		finish(m, rd_kafka_incremental_unassign(m->client, list));
	else
		(void)rd_kafka_assign(m->client, NULL);
}

static void
on_rebalance(rd_kafka_t *client, rd_kafka_resp_err_t event,
    rd_kafka_topic_partition_list_t *list, void *cookie)
{
	struct kafka_member *m = member_of(cookie);

	if (event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
		assign(m, list);
	} else if (event == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
		unassign(m, list);
	} else {
		kafka_member_trouble(m, event, "rebalance");
		(void)rd_kafka_assign(client, NULL);
	}
}

/* --- the client's life ---------------------------------------------------- */

static void
on_error(rd_kafka_t *client, int error, const char *reason, void *cookie)
{
	struct kafka_member *m = member_of(cookie);
	char text[512];

	if (error == RD_KAFKA_RESP_ERR__FATAL) {
		(void)rd_kafka_fatal_error(client, text, sizeof(text));
		kafka_member_trouble(m, error, text);
		m->revive_us = clock_mono_us() + REVIVE_US;
		return;
	}
	kafka_member_trouble(m, error, reason);
}

static void
on_log(
    const rd_kafka_t *client, int level, const char *facility, const char *text)
{
	struct kafka_member *m = member_of(rd_kafka_opaque(client));
	struct buf line = { .limit = 1024 };

	(void)facility;
	escape_terminal(span_str(text), &line);
	say(m, level <= 4 ? SOURCE_WARNING : SOURCE_DEBUG, "librdkafka",
	    buf_text(&line));
	buf_done(&line);
}

/* So an outage that is over is known to be, though nothing comes. */
static int
on_statistics(rd_kafka_t *client, char *text, size_t len, void *cookie)
{
	struct kafka_member *m = member_of(cookie);

	(void)client;
	if (m->joined && m->unreached && kafka_is_up(span_of(text, len)))
		kafka_member_is_well(m);
	return 0; /* the client frees the text */
}

/* --- the contract --------------------------------------------------------- */

enum status
kafka_member_init(struct kafka_member *m, struct buf *error)
{
	m->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (m->event_fd < 0) {
		buf_printf(error, "eventfd: %s", status_errno_text(errno));
		return STATUS_IO;
	}
	if (kafka_conf(m->wish, &m->conf, error) != STATUS_OK)
		return STATUS_INVALID;
	rd_kafka_conf_set_opaque(m->conf, m);
	rd_kafka_conf_set_rebalance_cb(m->conf, on_rebalance);
	rd_kafka_conf_set_offset_commit_cb(m->conf, on_commit);
	rd_kafka_conf_set_error_cb(m->conf, on_error);
	rd_kafka_conf_set_log_cb(m->conf, on_log);
	rd_kafka_conf_set_stats_cb(m->conf, on_statistics);
	(void)snprintf(
	    m->counts.trouble, sizeof(m->counts.trouble), "joining the group");
	return STATUS_OK;
}

void
kafka_member_done(struct kafka_member *m)
{
	kafka_member_leave(m);
	for (size_t i = 0; i < m->nparts; i++) {
		kafka_part_done(m->parts[i]);
		free(m->parts[i]);
	}
	free(m->parts);
	if (m->conf != NULL)
		rd_kafka_conf_destroy(m->conf);
	if (m->event_fd >= 0)
		(void)close(m->event_fd);
}

enum status
kafka_member_join(struct kafka_member *m, struct buf *error)
{
	static const uint64_t one = 1;
	rd_kafka_conf_t *conf = rd_kafka_conf_dup(m->conf);
	rd_kafka_topic_partition_list_t *topics;
	rd_kafka_resp_err_t failed;
	char reason[512];

	m->client =
	    rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason, sizeof(reason));
	if (m->client == NULL) {
		rd_kafka_conf_destroy(conf);
		escape_terminal(span_str(reason), error);
		return STATUS_INVALID;
	}
	(void)rd_kafka_set_log_queue(m->client, NULL);
	(void)rd_kafka_poll_set_consumer(m->client);
	m->queue = rd_kafka_queue_get_consumer(m->client);
	rd_kafka_queue_io_event_enable(
	    m->queue, m->event_fd, &one, sizeof(one));
	topics = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(
	    topics, m->topic, RD_KAFKA_PARTITION_UA);
	failed = rd_kafka_subscribe(m->client, topics);
	rd_kafka_topic_partition_list_destroy(topics);
	if (failed == RD_KAFKA_RESP_ERR_NO_ERROR)
		return STATUS_OK;
	buf_printf(error, "topic: %s", rd_kafka_err2str(failed));
	return STATUS_INVALID;
}

/* Give back what it was given; the callbacks run in here. */
static void
say_good_bye(struct kafka_member *m)
{
	int64_t deadline = clock_mono_us() + LEAVE_US;
	rd_kafka_error_t *error =
	    rd_kafka_consumer_close_queue(m->client, m->queue);

	if (error != NULL)
		rd_kafka_error_destroy(error);
	while (!rd_kafka_consumer_closed(m->client) &&
	       clock_mono_us() < deadline) {
		rd_kafka_message_t *late =
		    rd_kafka_consumer_poll(m->client, LEAVE_POLL_MS);

		if (late != NULL)
			rd_kafka_message_destroy(late);
	}
}

void
kafka_member_leave(struct kafka_member *m)
{
	if (m->client == NULL)
		return;
	m->tell_us = 0;
	kafka_member_tell(m);
	say_good_bye(m);
	for (size_t i = 0; i < m->nparts; i++) {
		kafka_part_drop(m->parts[i]);
		m->parts[i]->owned = false;
	}
	rd_kafka_queue_io_event_enable(m->queue, -1, NULL, 0);
	rd_kafka_queue_destroy(m->queue);
	rd_kafka_destroy_flags(m->client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	m->queue = NULL;
	m->client = NULL;
}

bool
kafka_member_is_alive(struct kafka_member *m)
{
	struct buf error = { 0 };

	if (m->revive_us == 0)
		return true;
	kafka_member_leave(m);
	if (clock_mono_us() < m->revive_us)
		return false;
	m->revive_us = 0;
	if (kafka_member_join(m, &error) != STATUS_OK) {
		kafka_member_trouble(
		    m, RD_KAFKA_RESP_ERR__FATAL, buf_text(&error));
		m->revive_us = clock_mono_us() + REVIVE_US;
	}
	buf_done(&error);
	return m->revive_us == 0;
}

void
kafka_member_pause(struct kafka_member *m, bool paused)
{
	rd_kafka_topic_partition_list_t *list = owned_list(m);

	m->paused = paused;
	if (list->cnt > 0)
		pause_list(m, list);
	rd_kafka_topic_partition_list_destroy(list);
}
