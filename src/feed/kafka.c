/*
 * Findings to a topic: an idempotent producer, keyed by the finding's id.
 *
 * Copies of what was taken are kept until the broker has them.  When one
 * fails, nothing new is sent until all that was sent has been answered, and
 * then everything from the oldest unanswered on goes again, in order: a
 * repetition does no harm, an older revision after a newer one would.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

#include "base/escape.h"
#include "feed/feed.h"
#include "net/clock.h"
#include "net/kafka.h"

#define WINDOW_ITEMS 512 /* a power of two */
#define WINDOW_BYTES ((size_t)16 * 1024 * 1024)
#define AGAIN_US 1000000   /* between attempts */
#define REVIVE_US 10000000 /* after an error that ends a client */
#define CLOSE_MS 1000

static const struct kafka_preset presets[] = {
	{ "enable.idempotence", "true",
	    "findings arrive in order and are not doubled on the way" },
	{ "acks", "all", "a finding is delivered when all replicas have it" },
	{ "log.queue", "true", "the service keeps the log" },
	{ "client.id", "nephoscope", NULL },
	/* The outbox waits as long as it must. */
	{ "message.timeout.ms", "0", NULL },
	/* Long findings are sent small: brokers mind the compressed size. */
	{ "message.max.bytes", "8388608", NULL },
	{ "compression.codec", "gzip", NULL },
	{ "partitioner", "murmur2_random", NULL },
	{ "statistics.interval.ms", "5000", NULL },
	{ "socket.keepalive.enable", "true", NULL },
	{ "log.connection.close", "false", NULL },
};

static const char *const required[] = { "bootstrap.servers", NULL };

enum state { WAITING, SENT, DELIVERED };

struct copy {
	uint64_t at; /* in the ring */
	uint64_t number, revision;
	enum state state;
	struct buf id, type, text;
};

struct feed_kafka {
	const struct config_feed *config;
	const struct feed_host *host;
	const char *content_type;
	struct kafka_wish wish;
	rd_kafka_conf_t *conf;
	rd_kafka_t *client;
	/* A ring: copies[first .. end), those before `sent` were produced. */
	struct copy copies[WINDOW_ITEMS];
	uint64_t first, sent, end;
	size_t bytes;
	bool failed;	   /* go back to `first` when all are answered */
	size_t under_way;  /* produced and not answered */
	int64_t again_us;  /* send nothing before; clock_mono_us() */
	int64_t revive_us; /* 0, or when a new client is to be made */
	bool unreached;
	struct feed_counts counts;
};

static struct feed_kafka *
feed_of(void *cookie)
{
	return cookie;
}

static struct copy *
copy_of(struct feed_kafka *f, uint64_t at)
{
	return &f->copies[at & (WINDOW_ITEMS - 1)];
}

static void
say(struct feed_kafka *f, int level, const char *message, const char *reason)
{
	const char *const fields[] = { "reason", reason, NULL };

	f->host->say(f->host->cookie, level, message, fields);
}

static void
be_healthy(struct feed_kafka *f)
{
	f->unreached = false;
	f->counts.healthy = true;
	f->counts.trouble[0] = '\0';
}

static void
trouble(struct feed_kafka *f, rd_kafka_resp_err_t error, const char *reason)
{
	struct buf text = { .limit = 512 };
	enum kafka_weight weight = kafka_weight(error);

	kafka_explain(&f->wish, error, reason, &text);
	if (weight != KAFKA_PASSING) {
		f->counts.healthy = false;
		f->unreached = weight == KAFKA_UNREACHED;
		(void)snprintf(f->counts.trouble, sizeof(f->counts.trouble),
		    "%s", buf_text(&text));
	}
	say(f, weight == KAFKA_PASSING ? 1 : 0,
	    weight == KAFKA_PASSING ? "Kafka had an error that may pass"
				    : "Kafka does not answer as it should",
	    buf_text(&text));
	buf_done(&text);
}

/* --- answers -------------------------------------------------------------- */

/* Tell the host of the longest run of delivered items. */
static void
advance(struct feed_kafka *f)
{
	uint64_t number = 0;
	bool any = false;

	while (
	    f->first != f->sent && copy_of(f, f->first)->state == DELIVERED) {
		struct copy *c = copy_of(f, f->first++);

		number = c->number;
		any = true;
		f->bytes -= c->text.len;
		f->counts.delivered++;
	}
	if (any)
		f->host->delivered(f->host->cookie, number);
}

static void
on_delivery(rd_kafka_t *client, const rd_kafka_message_t *m, void *cookie)
{
	struct feed_kafka *f = feed_of(cookie);
	struct copy *c = m->_private;

	(void)client;
	if (f->under_way > 0)
		f->under_way--;
	if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
		if (c->at >= f->first && c->at < f->sent)
			c->state = DELIVERED;
		be_healthy(f);
		return;
	}
	f->counts.failures++;
	f->failed = true;
	/* A client that is thrown away takes its messages with it. */
	if (m->err != RD_KAFKA_RESP_ERR__PURGE_QUEUE &&
	    m->err != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
		trouble(f, m->err, NULL);
}

static void
on_error(rd_kafka_t *client, int error, const char *reason, void *cookie)
{
	struct feed_kafka *f = feed_of(cookie);
	char text[512];

	if (error == RD_KAFKA_RESP_ERR__FATAL) {
		(void)rd_kafka_fatal_error(client, text, sizeof(text));
		trouble(f, error, text);
		f->revive_us = clock_mono_us() + REVIVE_US;
		return;
	}
	f->counts.retries++;
	trouble(f, error, reason);
}

static void
on_log(
    const rd_kafka_t *client, int level, const char *facility, const char *text)
{
	struct feed_kafka *f = feed_of(rd_kafka_opaque(client));
	struct buf line = { .limit = 1024 };

	(void)facility;
	escape_terminal(span_str(text), &line);
	say(f, level <= 4 ? 1 : 3, "librdkafka", buf_text(&line));
	buf_done(&line);
}

static int
on_statistics(rd_kafka_t *client, char *text, size_t len, void *cookie)
{
	struct feed_kafka *f = feed_of(cookie);

	(void)client;
	if ((f->unreached || !f->counts.healthy) && !f->failed &&
	    kafka_is_up(span_of(text, len)))
		be_healthy(f);
	return 0;
}

/* --- the client's life ---------------------------------------------------- */

static enum status
connect_client(struct feed_kafka *f, struct buf *error)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_dup(f->conf);
	char reason[512];

	f->client =
	    rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof(reason));
	if (f->client == NULL) {
		rd_kafka_conf_destroy(conf);
		escape_terminal(span_str(reason), error);
		return STATUS_INVALID;
	}
	(void)rd_kafka_set_log_queue(f->client, NULL);
	return STATUS_OK;
}

static void
disconnect(struct feed_kafka *f)
{
	if (f->client == NULL)
		return;
	(void)rd_kafka_purge(
	    f->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	(void)rd_kafka_flush(f->client, CLOSE_MS);
	rd_kafka_destroy(f->client);
	f->client = NULL;
	f->under_way = 0;
	f->failed = f->failed || f->first != f->sent;
}

/* A client with a fatal error is replaced; true when one lives. */
static bool
is_alive(struct feed_kafka *f)
{
	struct buf error = { 0 };

	if (f->revive_us == 0)
		return true;
	disconnect(f);
	if (clock_mono_us() < f->revive_us)
		return false;
	f->revive_us = 0;
	if (connect_client(f, &error) != STATUS_OK) {
		trouble(f, RD_KAFKA_RESP_ERR__FATAL, buf_text(&error));
		f->revive_us = clock_mono_us() + REVIVE_US;
	}
	buf_done(&error);
	return f->revive_us == 0;
}

/* --- sending -------------------------------------------------------------- */

static void
add_header(rd_kafka_headers_t *headers, const char *name, struct span value)
{
	(void)rd_kafka_header_add(
	    headers, name, -1, value.at, (ssize_t)value.len);
}

static rd_kafka_headers_t *
headers_of(const struct feed_kafka *f, const struct copy *c)
{
	rd_kafka_headers_t *headers = rd_kafka_headers_new(4);
	char revision[24];

	(void)snprintf(revision, sizeof(revision), "%" PRIu64, c->revision);
	add_header(headers, "content-type", span_str(f->content_type));
	add_header(headers, "nephoscope-id", buf_span(&c->id));
	add_header(headers, "nephoscope-revision", span_str(revision));
	add_header(headers, "nephoscope-type", buf_span(&c->type));
	return headers;
}

static rd_kafka_resp_err_t
produce(struct feed_kafka *f, uint64_t at)
{
	struct copy *c = copy_of(f, at);
	rd_kafka_headers_t *headers = headers_of(f, c);
	char *text = c->text.at;
	rd_kafka_resp_err_t error = rd_kafka_producev(f->client,
	    RD_KAFKA_V_TOPIC(f->config->topic),
	    RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
	    RD_KAFKA_V_KEY(c->id.at, c->id.len),
	    RD_KAFKA_V_VALUE(text, c->text.len), RD_KAFKA_V_HEADERS(headers),
	    RD_KAFKA_V_OPAQUE(c), RD_KAFKA_V_END);

	/* The client takes the headers only with the message. */
	if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
		rd_kafka_headers_destroy(headers);
	else
		c->state = SENT;
	return error;
}

static void
send_waiting(struct feed_kafka *f)
{
	if (f->failed && f->under_way == 0) {
		f->failed = false;
		f->sent = f->first;
		f->again_us = clock_mono_us() + AGAIN_US;
		f->counts.retries++;
	}
	if (f->failed || clock_mono_us() < f->again_us)
		return;
	while (f->sent != f->end) {
		rd_kafka_resp_err_t error = produce(f, f->sent);

		if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
			f->again_us = clock_mono_us() + AGAIN_US;
			if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL)
				trouble(f, error, NULL);
			break;
		}
		f->sent++;
		f->under_way++;
	}
}

static void
keep(struct feed_kafka *f, const struct feed_item *item)
{
	struct copy *c = copy_of(f, f->end);

	c->at = f->end++;
	c->number = item->number;
	c->revision = item->revision;
	c->state = WAITING;
	buf_reset(&c->id);
	buf_reset(&c->type);
	buf_done(&c->text);
	buf_add(&c->id, item->id);
	buf_add(&c->type, item->type);
	buf_add(&c->text, item->text);
	f->bytes += c->text.len;
}

/* --- the contract --------------------------------------------------------- */

static void
feed_close(void *feed)
{
	struct feed_kafka *f = feed_of(feed);

	if (f->client != NULL && f->revive_us == 0) {
		(void)rd_kafka_flush(f->client, CLOSE_MS);
		advance(f);
	}
	disconnect(f);
	for (size_t i = 0; i < WINDOW_ITEMS; i++) {
		buf_done(&f->copies[i].id);
		buf_done(&f->copies[i].type);
		buf_done(&f->copies[i].text);
	}
	if (f->conf != NULL)
		rd_kafka_conf_destroy(f->conf);
	free(f);
}

static struct kafka_wish
wish_of(const struct config_feed *c)
{
	return (struct kafka_wish){ presets, COUNTOF(presets), c->properties,
		c->nproperties, required };
}

/* Beside what librdkafka says of the properties. */
static bool
is_sound(const struct config_feed *c, const struct kafka_wish *wish,
    struct buf *error)
{
	if (c->topic == NULL || *c->topic == '\0') {
		buf_add_str(error, "a feed of kind kafka needs \"topic\"");
		return false;
	}
	if (kafka_property(wish, "transactional.id") != NULL) {
		buf_add_str(error, "property \"transactional.id\": leave it "
				   "out: findings are sent without "
				   "transactions");
		return false;
	}
	return true;
}

static enum status
feed_check(const struct config_feed *config, struct buf *error)
{
	const struct kafka_wish wish = wish_of(config);

	return is_sound(config, &wish, error) ? kafka_check(&wish, error)
					      : STATUS_INVALID;
}

static enum status
set_up(struct feed_kafka *f, struct buf *error)
{
	const char *format = f->config->format;

	if (!is_sound(f->config, &f->wish, error))
		return STATUS_INVALID;
	if (kafka_conf(&f->wish, &f->conf, error) != STATUS_OK)
		return STATUS_INVALID;
	f->content_type = format != NULL && !strcmp(format, "csv")
			      ? "text/csv"
			      : "application/json";
	rd_kafka_conf_set_opaque(f->conf, f);
	rd_kafka_conf_set_dr_msg_cb(f->conf, on_delivery);
	rd_kafka_conf_set_error_cb(f->conf, on_error);
	rd_kafka_conf_set_log_cb(f->conf, on_log);
	rd_kafka_conf_set_stats_cb(f->conf, on_statistics);
	(void)snprintf(
	    f->counts.trouble, sizeof(f->counts.trouble), "connecting");
	return connect_client(f, error);
}

static enum status
feed_open(const struct config_feed *config, const struct feed_host *host,
    void **feed, struct buf *error)
{
	struct feed_kafka *f = status_calloc(1, sizeof(*f));

	f->config = config;
	f->host = host;
	f->wish = wish_of(config);
	if (set_up(f, error) != STATUS_OK) {
		feed_close(f);
		return STATUS_INVALID;
	}
	*feed = f;
	return STATUS_OK;
}

static size_t
feed_take(void *feed, const struct feed_item *items, size_t count)
{
	struct feed_kafka *f = feed_of(feed);
	size_t taken = 0;

	while (taken < count && f->end - f->first < WINDOW_ITEMS &&
	       f->bytes < WINDOW_BYTES)
		keep(f, &items[taken++]);
	if (is_alive(f))
		send_waiting(f);
	return taken;
}

static void
feed_run(void *feed, int wait_ms)
{
	struct feed_kafka *f = feed_of(feed);

	if (!is_alive(f)) {
		(void)poll(NULL, 0, wait_ms);
		return;
	}
	send_waiting(f);
	(void)rd_kafka_poll(f->client, wait_ms);
	advance(f);
}

static void
feed_count(const void *feed, struct feed_counts *counts)
{
	const struct feed_kafka *f = feed;

	*counts = f->counts;
}

const struct feed_ops feed_kafka = {
	.kind = "kafka",
	.check = feed_check,
	.open = feed_open,
	.take = feed_take,
	.run = feed_run,
	.count = feed_count,
	.close = feed_close,
};
