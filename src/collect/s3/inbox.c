#include "collect/s3/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "aws/sqs_event.h"
#include "base/civil.h"
#include "base/hash.h"
#include "collect/s3/layout.h"
#include "net/clock.h"

/* Nobody else sees a message for so long, from its receipt and from each time
 * that half of it has passed: when a service dies, its messages come again
 * that soon. */
#define HIDDEN_S 60
/* Known and not deleted: no more are received. */
#define MESSAGES_MAX 2000
#define QUEUED_MAX 500
#define AGAIN_US (5 * CIVIL_US_PER_S)
#define DELETE_US (CIVIL_US_PER_S / 5)
#define FINISH_US (3 * CIVIL_US_PER_S)
#define NAMED_MAX 1024 /* poison that was named; a power of two */

struct message {
	char *receipt;
	size_t open; /* objects that are under way */
	bool leave;
	int64_t received_us;	      /* or extended: monotonic */
	struct message *next, **here; /* what points to this one */
};

struct inbox {
	struct sqs_event_parser *parser;
	struct message *first;
	size_t count;
	char *deletes[SQS_BATCH_MAX]; /* receipts */
	size_t ndeletes;
	int64_t delete_us; /* when the first of them was put there */
	bool receiving;
	size_t deleting;
	int64_t receive_us; /* not before */
	uint64_t named[NAMED_MAX];
};

struct inbox *
inbox_new(void)
{
	struct inbox *i = status_calloc(1, sizeof(*i));

	i->parser = sqs_event_parser_new();
	return i;
}

static void
free_message(struct inbox *i, struct message *m)
{
	*m->here = m->next;
	if (m->next != NULL)
		m->next->here = m->here;
	i->count--;
	free(m->receipt);
	free(m);
}

void
inbox_free(struct inbox *i)
{
	if (i == NULL)
		return;
	for (struct message *m = i->first, *next; m != NULL; m = next) {
		next = m->next;
		free(m->receipt);
		free(m);
	}
	for (size_t k = 0; k < i->ndeletes; k++)
		free(i->deletes[k]);
	sqs_event_parser_free(i->parser);
	free(i);
}

/* --- deleting and extending ----------------------------------------------- */

static void
on_deleted(void *cookie, const struct sqs_reply *r)
{
	struct s3_source *s = cookie;

	s->inbox->deleting--;
	/* They come again, are known by then, and are deleted then. */
	if (!r->ok || r->failed > 0) {
		s->counts.errors++;
		work_say_once(s, WORK_SAID_DELETE,
		    "messages could not be deleted", "reason",
		    r->ok ? "the queue refused some" : r->text);
	}
}

static void
flush_deletes(struct s3_source *s)
{
	struct inbox *i = s->inbox;
	struct span receipts[SQS_BATCH_MAX];

	if (i->ndeletes == 0)
		return;
	for (size_t k = 0; k < i->ndeletes; k++)
		receipts[k] = span_str(i->deletes[k]);
	i->deleting++;
	sqs_delete(s->queue, receipts, i->ndeletes,
	    (struct sqs_wish){ on_deleted, s });
	while (i->ndeletes > 0)
		free(i->deletes[--i->ndeletes]);
}

static void
delete_message(struct s3_source *s, struct message *m)
{
	struct inbox *i = s->inbox;

	if (i->ndeletes == 0)
		i->delete_us = clock_mono_us();
	i->deletes[i->ndeletes++] = m->receipt;
	m->receipt = NULL;
	free_message(i, m);
	if (i->ndeletes == SQS_BATCH_MAX)
		flush_deletes(s);
}

static void
on_extended(void *cookie, const struct sqs_reply *r)
{
	(void)cookie; /* what could not be extended comes again, no more */
	(void)r;
}

static unsigned
hidden_s(const struct s3_source *s)
{
	unsigned shorter = s->host->times.hidden_s;

	return shorter > 0 ? shorter : HIDDEN_S;
}

static void
extend(struct s3_source *s)
{
	int64_t now = clock_mono_us();
	int64_t half_us = hidden_s(s) * CIVIL_US_PER_S / 2;
	struct span receipts[SQS_BATCH_MAX];
	struct message *m = s->inbox->first;

	while (m != NULL) {
		size_t n = 0;

		for (; m != NULL && n < SQS_BATCH_MAX; m = m->next) {
			if (m->leave || now - m->received_us < half_us)
				continue;
			m->received_us = now;
			receipts[n++] = span_str(m->receipt);
		}
		if (n > 0)
			sqs_extend(s->queue, receipts, n, hidden_s(s),
			    (struct sqs_wish){ on_extended, s });
	}
}

void
inbox_settle(struct s3_source *s, void *message, enum inbox_end end)
{
	struct message *m = message;

	m->open--;
	m->leave = m->leave || end == INBOX_LEAVE;
	if (m->open > 0)
		return;
	if (m->leave)
		free_message(s->inbox, m);
	else
		delete_message(s, m);
}

/* --- receiving ------------------------------------------------------------ */

/* Named once, as far as is remembered. */
static void
name_poison(struct s3_source *s, const struct sqs_message *m, const char *why)
{
	uint64_t hash = hash_span(&HASH_KEY_DEFAULT, m->id);
	uint64_t *slot = &s->inbox->named[hash % NAMED_MAX];
	struct buf id = { 0 };

	s->counts.errors++;
	if (*slot == hash)
		return;
	*slot = hash;
	buf_add(&id, span_first(m->id, 100));
	buf_printf(&id, ": %s", why);
	work_say(s, SOURCE_WARNING,
	    "a message cannot be understood and is left in the queue", "id",
	    buf_text(&id));
	buf_done(&id);
}

static void
attach(struct object *o, struct message *m)
{
	struct object_notice *n = status_calloc(1, sizeof(*n));

	n->message = m;
	n->next = o->notices;
	o->notices = n;
	m->open++;
}

static bool
is_seen(struct s3_source *s, const struct sqs_event_object *e)
{
	if (e->etag.len == 0)
		return false; /* which version it is tells the download */
	return s->host->seen(
		   s->host->cookie, work_identity(s, e->key, e->etag)) ||
	       (e->other_key.len > 0 &&
		   s->host->seen(s->host->cookie,
		       work_identity(s, e->other_key, e->etag)));
}

static void
take_object(
    struct s3_source *s, const struct sqs_event_object *e, struct message *m)
{
	struct object *o = objects_find(s->objects, e->key, e->etag);
	int64_t start = s->config->start_us, time_us;

	if (o == NULL && e->other_key.len > 0)
		o = objects_find(s->objects, e->other_key, e->etag);
	if (o != NULL && o->state != OBJECT_ASIDE) {
		s->counts.duplicates++;
		attach(o, m);
		return;
	}
	if (o != NULL) {
		m->leave = true;
		return;
	}
	/* What is noticed is new, however old its content. */
	if (!work_wants(s, e->key, start, e->time_us, &time_us) &&
	    (e->other_key.len == 0 ||
		!work_wants(s, e->other_key, start, e->time_us, &time_us)))
		return;
	if (is_seen(s, e)) {
		s->counts.duplicates++;
		return;
	}
	o = objects_add(s->objects, e->key, e->etag);
	o->time_us = time_us;
	o->modified_us = e->time_us;
	o->size = e->size;
	o->digest = layout_names_of(e->key).digest;
	if (e->other_key.len > 0)
		o->other_key = span_to_str(e->other_key);
	attach(o, m);
}

static bool
is_ours(const struct s3_source *s, const struct sqs_event *e)
{
	for (size_t i = 0; i < e->count; i++) {
		if (e->objects[i].bucket.len > 0 &&
		    !span_equal(
			e->objects[i].bucket, span_str(s3_bucket(s->bucket))))
			return false;
	}
	return true;
}

static void
take_message(struct s3_source *s, const struct sqs_message *m)
{
	struct inbox *i = s->inbox;
	struct message *kept;
	struct sqs_event event;
	const char *why;

	if (sqs_event_read(i->parser, m->body, &event, &why) != STATUS_OK) {
		name_poison(s, m, why);
		return;
	}
	if (!is_ours(s, &event)) {
		name_poison(s, m, "it tells of another bucket");
		sqs_event_done(&event);
		return;
	}
	kept = status_calloc(1, sizeof(*kept));
	kept->receipt = span_to_str(m->receipt);
	kept->received_us = clock_mono_us();
	kept->next = i->first;
	kept->here = &i->first;
	if (kept->next != NULL)
		kept->next->here = &kept->next;
	i->first = kept;
	i->count++;
	/* Open while it is read, so that nothing ends it on the way. */
	kept->open = 1;
	for (size_t k = 0; k < event.count; k++)
		take_object(s, &event.objects[k], kept);
	inbox_settle(s, kept, INBOX_SAFE);
	sqs_event_done(&event);
}

static void
on_received(void *cookie, const struct sqs_reply *r)
{
	struct s3_source *s = cookie;
	struct inbox *i = s->inbox;

	i->receiving = false;
	if (!r->ok) {
		i->receive_us = clock_mono_us() + AGAIN_US;
		work_trouble(s, WORK_QUEUE, r->text);
		return;
	}
	i->receive_us = 0;
	work_well(s, WORK_QUEUE);
	for (size_t k = 0; k < r->count; k++)
		take_message(s, &r->messages[k]);
	(void)objects_queue_round(s->objects, INT64_MAX);
}

/* Only when all that was missed is given is the queue read. */
static bool
may_receive(const struct s3_source *s)
{
	const struct inbox *i = s->inbox;

	return !i->receiving && (s->started || s->list_denied) &&
	       i->count < MESSAGES_MAX &&
	       objects_queued(s->objects) <
		   (i->receive_us == INT64_MIN ? 1 : QUEUED_MAX) &&
	       clock_mono_us() >= i->receive_us &&
	       s->host->room(s->host->cookie) > 0;
}

void
inbox_step(struct s3_source *s)
{
	struct inbox *i = s->inbox;

	if (i == NULL)
		return;
	extend(s);
	if (i->ndeletes > 0 && clock_mono_us() - i->delete_us >= DELETE_US)
		flush_deletes(s);
	if (!may_receive(s))
		return;
	i->receiving = true;
	sqs_receive(s->queue, SQS_WAIT_MAX_S, hidden_s(s),
	    (struct sqs_wish){ on_received, s });
}

int
inbox_wait_ms(const struct s3_source *s, int most_ms)
{
	const struct inbox *i = s->inbox;
	int64_t now = clock_mono_us(), due = INT64_MAX;

	if (i == NULL)
		return most_ms;
	if (i->ndeletes > 0)
		due = i->delete_us + DELETE_US;
	if (!i->receiving && i->receive_us > now && i->receive_us < due)
		due = i->receive_us;
	return work_wait_ms(due, most_ms);
}

void
inbox_finish(struct s3_source *s)
{
	int64_t until = clock_mono_us() + FINISH_US;

	if (s->inbox == NULL)
		return;
	flush_deletes(s);
	while (s->inbox->deleting > 0 && clock_mono_us() < until)
		aws_run(s->aws, 100, -1);
}
