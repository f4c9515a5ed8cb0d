#include "collect/s3/fetch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/civil.h"
#include "collect/s3/digests.h"
#include "collect/s3/inbox.h"
#include "collect/s3/rounds.h"
#include "net/backoff.h"
#include "net/clock.h"

#define WINDOW 8
#define MEMORY_LIMIT ((size_t)16 * 1024 * 1024)
#define SIZE_MOST ((uint64_t)64 * 1024 * 1024 * 1024)
#define SIZE_GUESS ((size_t)1024 * 1024) /* notices may not say */
#define AGAIN_US (2 * CIVIL_US_PER_S)
#define AGAIN_MOST_US (120 * CIVIL_US_PER_S)
/* Failures after which the others no longer wait for it. */
#define FAILURES_MAX 6
#define ASIDE_US (600 * CIVIL_US_PER_S)
/* So many are remembered, and so many at a time stand before what is new. */
#define ASIDES_MAX 10000
#define BACK_MAX 256
#define BACK_US (10 * CIVIL_US_PER_S)

/* --- giving --------------------------------------------------------------- */

void
fetch_give(
    struct s3_source *s, struct object *object, char *body, size_t len, int fd)
{
	struct source_parcel parcel = {
		.place = span_str(object->key),
		.len = len,
		.fd = fd,
		.cluster = span_str(s->config->cluster),
		.arrived_us = object->modified_us,
	};

	parcel.body = body;
	memcpy(&parcel.token, &object, sizeof(object));
	work_let_go(s, object);
	rounds_cursor(s, object);
	parcel.identity =
	    work_identity(s, span_str(object->key), span_str(object->etag));
	parcel.cursor_key = buf_span(&s->cursor_key);
	parcel.cursor = buf_span(&s->cursor);
	object->state = OBJECT_GIVEN;
	s->counts.objects++;
	s->counts.bytes += object->size;
	if (object->modified_us > s->counts.newest_us)
		s->counts.newest_us = object->modified_us;
	s->host->give(s->host->cookie, &parcel);
}

static void
give_held(struct s3_source *s)
{
	while (objects_queued(s->objects) > 0) {
		struct object *o = objects_at(s->objects, 0);
		char *body = o->body;
		int fd = o->fd;

		if (o->state != OBJECT_HELD ||
		    s->host->room(s->host->cookie) == 0)
			return;
		(void)objects_take(s->objects);
		s->memory -= o->len;
		o->body = NULL;
		o->fd = -1;
		if (o->digest)
			digests_take(s, o, body, o->len, fd);
		else
			fetch_give(s, o, body, o->len, fd);
	}
}

/* --- what cannot be read -------------------------------------------------- */

/* Out of the way of the others, to be tried again much later; messages come
 * again, or go to where such messages go. */
static void
set_aside(struct s3_source *s, struct object *o)
{
	while (o->notices != NULL) {
		struct object_notice *n = o->notices;

		inbox_settle(s, n->message, INBOX_LEAVE);
		o->notices = n->next;
		free(n);
	}
	objects_unqueue(s->objects, o);
	work_hold(s, o);
	if (s->asides == ASIDES_MAX) {
		/* Its day is held for ever: another start lists it again. */
		objects_drop(s->objects, o);
		return;
	}
	o->state = OBJECT_ASIDE;
	o->due_us = clock_mono_us() + ASIDE_US;
	if (s->asides++ == 0 || o->due_us < s->aside_us)
		s->aside_us = o->due_us;
}

static void
take_back(void *cookie, struct object *o)
{
	struct s3_source *s = cookie;

	if (o->state != OBJECT_ASIDE)
		return;
	if (o->due_us > clock_mono_us() || s->back == BACK_MAX) {
		int64_t soon = clock_mono_us() + BACK_US;
		int64_t due_us = o->due_us > soon ? o->due_us : soon;

		if (due_us < s->aside_us)
			s->aside_us = due_us;
		return;
	}
	s->back++;
	s->asides--;
	o->due_us = 0;
	o->failures = 0;
	objects_queue(s->objects, o);
}

static void
take_back_asides(struct s3_source *s)
{
	if (s->asides == 0 || clock_mono_us() < s->aside_us)
		return;
	s->aside_us = INT64_MAX;
	s->back = 0;
	objects_each(s->objects, take_back, s);
}

static void
merge(struct s3_source *s, struct object *o, struct object *other)
{
	work_let_go(s, o);
	objects_merge(s->objects, o, other);
}

static void
on_missing(struct s3_source *s, struct object *o)
{
	struct object *other;

	if (o->other_key != NULL) {
		/* The notice meant the key as it stands there. */
		if (objects_use_other_key(s->objects, o, &other))
			o->state = OBJECT_WAITING;
		else
			merge(s, o, other);
		return;
	}
	s->gone++;
	work_say(s, SOURCE_INFO, "an object is gone before it was read", "key",
	    o->key);
	work_finish(s, o);
}

static void
on_failure(struct s3_source *s, struct object *o, const struct s3_download *d)
{
	int64_t wait = backoff_spread_us(
	    backoff_ceiling_us(o->failures + 1, AGAIN_US, AGAIN_MOST_US),
	    clock_jitter(UINT64_MAX));

	work_trouble(s, WORK_READING, d->text);
	o->state = OBJECT_WAITING;
	o->due_us = clock_mono_us() + AGAIN_US + wait;
	if (++o->failures < FAILURES_MAX)
		return;
	work_say(s, SOURCE_ERROR, "an object is set aside", "key", o->key);
	set_aside(s, o);
}

static void
on_refused(struct s3_source *s, struct object *o, const struct s3_download *d)
{
	s->counts.errors++;
	if ((s->said & WORK_SAID_DENIED) == 0) {
		s->said |= WORK_SAID_DENIED;
		work_say(
		    s, SOURCE_ERROR, "objects are refused", "reason", d->text);
	}
	work_say(s, SOURCE_WARNING, "an object is set aside", "key", o->key);
	set_aside(s, o);
}

/* --- reading -------------------------------------------------------------- */

/* It is one that is known by then: another listing or notice told of it. */
static bool
is_known(struct s3_source *s, struct object *o, const struct s3_download *d)
{
	struct object *other;

	if (!objects_rename(s->objects, o, d->etag, &other))
		merge(s, o, other);
	else if (s->host->seen(s->host->cookie,
		     work_identity(s, span_str(o->key), d->etag)))
		work_finish(s, o);
	else
		return false;
	s->counts.duplicates++;
	return true;
}

static void
on_read(struct s3_source *s, struct object *o, const struct s3_download *d)
{
	work_well(s, WORK_READING);
	if (is_known(s, o, d)) {
		if (d->fd >= 0)
			(void)close(d->fd);
		free(d->body);
		return;
	}
	o->state = OBJECT_HELD;
	o->body = d->body;
	o->len = d->len;
	o->fd = d->fd;
	o->size = d->size;
	if (d->modified_us > 0)
		o->modified_us = d->modified_us;
	s->memory += o->len;
	digests_note(s, o, d->response);
}

static void
on_download(void *cookie, const struct s3_download *d)
{
	struct object *o = cookie;
	struct s3_source *s = o->reader;

	s->memory -= o->memory;
	s->reading--;
	switch (d->outcome) {
	case S3_DONE:
		on_read(s, o, d);
		break;
	case S3_MISSING:
		on_missing(s, o);
		break;
	case S3_DENIED:
	case S3_REFUSED:
		on_refused(s, o, d);
		break;
	case S3_NO_BUCKET:
	case S3_UNAVAILABLE:
		on_failure(s, o, d);
		break;
	}
}

static void
start(struct s3_source *s, struct object *o, size_t memory)
{
	o->reader = s;
	o->memory = memory;
	o->state = OBJECT_READING;
	s->memory += memory;
	s->reading++;
	s3_get(s->bucket, &(struct s3_get){
			      .key = span_str(o->key),
			      .memory_limit = MEMORY_LIMIT,
			      .spool = s->host->spool,
			      .size_limit = SIZE_MOST,
			      .done = on_download,
			      .cookie = o,
			  });
}

/* What it will take of memory: nothing when it goes to disk. */
static size_t
memory_of(const struct object *o)
{
	if (o->size == 0)
		return SIZE_GUESS;
	return o->size > MEMORY_LIMIT ? SIZE_GUESS : (size_t)o->size;
}

static void
start_some(struct s3_source *s)
{
	int64_t now = clock_mono_us();
	size_t room = s->host->room(s->host->cookie);

	for (size_t i = 0; i < objects_queued(s->objects) && i < WINDOW; i++) {
		struct object *o = objects_at(s->objects, i);
		size_t memory = memory_of(o);

		if (o->state != OBJECT_WAITING)
			continue;
		/* The first goes on in any room, or nothing would. */
		if (o->due_us > now || room == 0 ||
		    (s->memory + memory > room && s->memory > 0))
			return;
		start(s, o, memory);
	}
}

void
fetch_step(struct s3_source *s)
{
	take_back_asides(s);
	give_held(s);
	start_some(s);
}

int
fetch_wait_ms(const struct s3_source *s, int most_ms)
{
	int64_t due = s->asides > 0 ? s->aside_us : INT64_MAX;

	for (size_t i = 0; i < objects_queued(s->objects) && i < WINDOW; i++) {
		const struct object *o = objects_at(s->objects, i);

		if (o->state == OBJECT_WAITING && o->due_us != 0 &&
		    o->due_us < due)
			due = o->due_us;
	}
	return work_wait_ms(due, most_ms);
}
