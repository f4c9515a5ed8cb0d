/*
 * syslog.c - findings to a syslog server: RFC 5424 messages over TLS (RFC
 * 5425), TCP (RFC 6587, octet counting) or UDP (RFC 5426).
 *
 * Syslog has no answer.  Over TLS and TCP a finding counts as delivered when
 * the server's system has acknowledged all of its bytes and the connection is
 * still there GRACE later; when it breaks before, the finding is sent again.
 * A server that loses what its own system has received loses it: docs/feeds.md
 * says so.  Over UDP it is delivered when it was sent and nothing
 * was refused within GRACE.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/civil.h"
#include "feed/kinds.h"
#include "feed/queue.h"
#include "feed/stream.h"
#include "feed/syslog_text.h"
#include "feed/trouble.h"
#include "net/clock.h"

#define GRACE_US (1 * CIVIL_US_PER_S)
/* Nothing slows datagrams down: at most so many in GRACE. */
#define DATAGRAMS_MAX 64
/* A connection on which nothing is acknowledged for so long is given up. */
#define STUCK_US (60 * CIVIL_US_PER_S)

struct feed_syslog {
	struct trouble trouble;
	enum stream_kind kind;
	struct stream *stream;
	bool was_up;
	struct queue queue;
	size_t sent;	  /* items of the queue that are written whole */
	size_t written;	  /* bytes of the one after them */
	int64_t moved_us; /* when something was acknowledged last */
	uint64_t acknowledged;
	char host[256];
};

static enum stream_kind
kind_of(const char *transport)
{
	if (transport != NULL && strcmp(transport, "tcp") == 0)
		return STREAM_TCP;
	if (transport != NULL && strcmp(transport, "udp") == 0)
		return STREAM_UDP;
	return STREAM_TLS;
}

/* A stream that is not connected. */
static enum status
make_stream(
    const struct config_feed *c, struct stream **stream, struct buf *error)
{
	struct buf why = { 0 };
	enum status status;

	if (c->address == NULL) {
		buf_printf(error,
		    "feed %s: syslog needs `address`: HOST:PORT of the "
		    "server, mostly port 6514",
		    c->name);
		return STATUS_INVALID;
	}
	status = stream_new(
	    kind_of(c->transport), c->address, &c->tls, stream, &why);
	if (status != STATUS_OK)
		buf_printf(error, "feed %s: %s", c->name, buf_text(&why));
	buf_done(&why);
	return status;
}

static enum status
syslog_check(const struct config_feed *config, struct buf *error)
{
	struct stream *stream = NULL;
	enum status status = make_stream(config, &stream, error);

	stream_free(stream);
	return status;
}

static enum status
syslog_open(const struct config_feed *config, const struct feed_host *host,
    void **feed, struct buf *error)
{
	struct feed_syslog *f = status_calloc(1, sizeof(*f));
	enum status status = make_stream(config, &f->stream, error);

	if (status != STATUS_OK) {
		free(f);
		return status;
	}
	trouble_init(&f->trouble, config, host);
	f->kind = kind_of(config->transport);
	if (gethostname(f->host, sizeof(f->host) - 1) != 0)
		f->host[0] = '\0';
	*feed = f;
	return STATUS_OK;
}

/* --- what is sent --------------------------------------------------------- */

static void
frame(struct feed_syslog *f, const struct feed_item *from,
    struct queue_item *item)
{
	struct buf text = { 0 };

	syslog_text(from, span_str(f->host), &text);
	if (f->kind != STREAM_UDP) {
		buf_printf(&item->text, "%zu ", text.len);
	} else if (text.len > SYSLOG_TEXT_DATAGRAM_BYTES) {
		buf_reset(&text);
		syslog_text_short(
		    from, span_str(f->host), SYSLOG_TEXT_DATAGRAM_BYTES, &text);
	}
	buf_add(&item->text, buf_span(&text));
	buf_done(&text);
}

static size_t
syslog_take(void *feed, const struct feed_item *items, size_t count)
{
	struct feed_syslog *f = feed;
	size_t n = 0;

	for (; n < count; n++) {
		struct queue_item *item =
		    queue_add(&f->queue, items[n].number, items[n].text.len);

		if (item == NULL)
			break;
		frame(f, &items[n], item);
	}
	return n;
}

static void
item_sent(struct feed_syslog *f, struct queue_item *item)
{
	f->written = 0;
	f->sent++;
	item->at_us = 0;
	item->mark = stream_written(f->stream);
	item->state = QUEUE_UNDER_WAY;
	if (item->failures++ > 0)
		f->trouble.counts.retries++;
}

static void
write_some(struct feed_syslog *f)
{
	while (f->sent < f->queue.count) {
		struct queue_item *item = queue_at(&f->queue, f->sent);
		struct span rest = span_skip(buf_span(&item->text), f->written);
		bool too_large;
		size_t n = stream_write(f->stream, rest, &too_large);

		if (too_large && rest.len > 480) {
			/* RFC 5426, 3.2: all must take 480 bytes. */
			item->text.len =
			    rest.len / 2 < 480 ? 480 : rest.len / 2;
			continue;
		}
		if (n == 0)
			return;
		f->written += n;
		if (f->written == item->text.len)
			item_sent(f, item);
	}
}

/* --- what has arrived ----------------------------------------------------- */

static void
see_arrived(struct feed_syslog *f)
{
	uint64_t acknowledged = stream_acknowledged(f->stream), number = 0;
	int64_t now = clock_mono_us();
	size_t n;

	if (acknowledged != f->acknowledged || f->sent == 0)
		f->moved_us = now;
	f->acknowledged = acknowledged;
	for (size_t i = 0; i < f->sent; i++) {
		struct queue_item *item = queue_at(&f->queue, i);

		if (item->state != QUEUE_UNDER_WAY)
			continue;
		if (item->at_us == 0 && item->mark <= acknowledged)
			item->at_us = now + GRACE_US;
		if (item->at_us != 0 && item->at_us <= now)
			item->state = QUEUE_DONE;
	}
	n = queue_drop_done(&f->queue, &number);
	f->sent -= n;
	if (n > 0) {
		trouble_over(&f->trouble);
		trouble_delivered(&f->trouble, number, n);
	}
}

/* All that was not seen to arrive is to be sent again. */
static void
start_over(struct feed_syslog *f)
{
	for (size_t i = 0; i < f->sent; i++)
		queue_at(&f->queue, i)->state = QUEUE_WAITS;
	f->sent = f->written = 0;
	f->acknowledged = 0;
}

static void
came_down(struct feed_syslog *f, const char *why)
{
	stream_stop(f->stream);
	start_over(f);
	f->was_up = false;
	trouble_failed(&f->trouble, why, 0);
}

static int
next_due_ms(struct feed_syslog *f, int most)
{
	int64_t left;

	if (f->sent == 0)
		return most;
	/* Acknowledgements wake nobody. */
	left = queue_at(&f->queue, 0)->at_us;
	left = left == 0 ? 20 : (left - clock_mono_us()) / 1000 + 1;
	return left < most ? (left > 0 ? (int)left : 0) : most;
}

static void
run_up(struct feed_syslog *f)
{
	if (!f->was_up)
		f->moved_us = clock_mono_us();
	f->was_up = true;
	write_some(f);
	/* Broken by now: nothing on it may count, run_down() sees to it. */
	if (stream_trouble(f->stream)[0] != '\0')
		return;
	see_arrived(f);
	if (f->sent > 0 && queue_at(&f->queue, 0)->at_us == 0 &&
	    clock_mono_us() - f->moved_us > STUCK_US)
		came_down(f, "the server acknowledges nothing");
}

/*
 * A server may close a connection on which nothing is said: it is made again
 * when there is something to say, and only then failing is trouble.
 */
static void
run_down(struct feed_syslog *f, int wait_ms)
{
	char why[sizeof(f->trouble.counts.trouble)];

	(void)snprintf(why, sizeof(why), "%s", stream_trouble(f->stream));
	if (f->queue.count > 0 && why[0] != '\0') {
		came_down(f, why);
	} else if (f->queue.count > 0) {
		stream_start(f->stream);
	} else {
		stream_stop(f->stream);
		start_over(f);
		f->was_up = false;
		trouble_sleep(wait_ms);
	}
}

static void
syslog_run(void *feed, int wait_ms)
{
	struct feed_syslog *f = feed;
	enum stream_state state;

	if (trouble_pause_ms(&f->trouble, 1) > 0) {
		trouble_sleep(trouble_pause_ms(&f->trouble, wait_ms));
		return;
	}
	state = stream_run(
	    f->stream, next_due_ms(f, wait_ms), f->sent < f->queue.count);
	if (state == STREAM_DOWN)
		run_down(f, wait_ms);
	else if (state == STREAM_UP)
		run_up(f);
}

static void
syslog_count(const void *feed, struct feed_counts *counts)
{
	const struct feed_syslog *f = feed;

	*counts = f->trouble.counts;
}

static void
syslog_close(void *feed)
{
	struct feed_syslog *f = feed;

	stream_free(f->stream);
	queue_done(&f->queue);
	free(f);
}

const struct feed_ops feed_syslog = {
	.kind = "syslog",
	.check = syslog_check,
	.open = syslog_open,
	.take = syslog_take,
	.run = syslog_run,
	.count = syslog_count,
	.close = syslog_close,
};
