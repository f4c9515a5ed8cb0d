/*
 * Scheduling: parcels in flight are a ring in plan order; each holds the
 * batches decoded from it so far.  A shard walks the ring batch by batch; a
 * batch that all shards have passed goes back to be reused, a parcel that is
 * read to its end and passed by all leaves the ring.  A free worker first
 * looks for a shard with a batch waiting, then decodes on.  One mutex guards
 * the ring; it is taken a few times per batch of half a megabyte.
 */
#include "pipeline/pipeline.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec/cut.h"
#include "codec/reader.h"

/*
 * Batches decoded ahead of the shards: of the parcel the shards are at, of
 * any other, and the text of all others.  Decoded, text takes five to twelve
 * times its size, so that all this is at most 100 MiB.  The others' share is
 * what keeps a second worker busy while one object is large; with more of it
 * the cores would fetch from memory what now stays in the shared cache.
 */
#define HEAD_MAX 12
#define AHEAD_MAX 32
#define AHEAD_BYTES ((size_t)6 * 1024 * 1024)
/* Batches that are kept to be used again, and how much one may hold. */
#define SPARE_MAX 8
#define SPARE_BYTES ((size_t)1024 * 1024)

struct skip_note {
	char *reason; /* NULL: none */
	bool partial;
	uint64_t refused; /* records that could not be understood ... */
	char *because;	  /* ... and why the first of them */
};

struct flight {
	struct pipeline_parcel parcel;
	unsigned worker; /* who decodes it */
	struct skip_note note;
	uint64_t bytes_in;
	uint64_t events[SOURCE_COUNT];
	struct batch *batches[AHEAD_MAX]; /* ring of undelivered batches */
	uint64_t decoded;		  /* batches added */
	uint64_t recycled;		  /* batches passed by all shards */
	size_t bytes;			  /* of their text, between the two */
	bool done;
};

struct cursor {		 /* where a shard stands */
	uint64_t flight; /* absolute number in the ring */
	uint64_t batch;
	bool busy;
};

struct worker {
	struct pipeline *b;
	pthread_t thread;
	struct reader *reader;
	struct cutter *cutter;
	struct decoder *decoder;
	struct flight *flight; /* being decoded; NULL: none */
	unsigned number;
	bool opened;
	uint64_t bytes_in, bytes_out; /* of finished parcels */
	/* Events of the parcel when it was begun, and those of copies that
	 * count as read. */
	uint64_t before[SOURCE_COUNT], copied[SOURCE_COUNT];
	size_t partial;
};

struct pipeline {
	struct pipeline_options options;
	struct engine *engine;
	struct shard **shards;
	struct cursor *cursors;
	unsigned nshards;
	struct sequences *sequences; /* of the signals of all shards */
	struct worker *workers;
	unsigned nworkers;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct flight *ring;
	size_t ring_size;
	uint64_t head, tail; /* absolute flight numbers */
	struct batch **spare;
	size_t nspare;
	size_t ahead;  /* bytes of text decoded and not yet passed */
	unsigned idle; /* workers that wait */
	bool draining; /* begin nothing: a commit waits for what is under way */
	bool ended, closed; /* the intake has; and all of it is committed */
	_Atomic uint64_t bytes_in, events;
	pthread_mutex_t reject_lock;

	struct finding **findings;
	size_t nfindings;
};

static void
note(struct worker *w, const char *what, const char *detail, bool partial)
{
	struct skip_note *n = &w->flight->note;
	struct buf text = { 0 };

	if (n->reason != NULL)
		return; /* the first reason is the one that matters */
	buf_printf(&text, "%s%s%s", what, *detail ? ": " : "", detail);
	n->reason = text.at;
	n->partial = partial;
	w->partial += partial;
}

static void
reject(void *cookie, struct span record, const char *reason)
{
	struct worker *w = cookie;
	struct pipeline *b = w->b;
	struct skip_note *n = &w->flight->note;

	if (n->refused++ == 0) {
		struct buf text = { 0 };

		buf_add_str(&text, reason);
		n->because = text.at;
	}
	if (b->options.reject == NULL)
		return;
	pthread_mutex_lock(&b->reject_lock);
	b->options.reject(
	    b->options.cookie, w->flight->parcel.place, record, reason);
	pthread_mutex_unlock(&b->reject_lock);
}

/* --- decoding, without the lock ------------------------------------------ */

static char *
reserve(void *cookie, size_t bytes)
{
	struct batch *batch = cookie;

	batch_reserve(batch, bytes);
	return batch->text;
}

/* Get the bytes of a parcel that only has a name. */
static bool
fetch(struct worker *w)
{
	struct pipeline_parcel *p = &w->flight->parcel;
	const struct pipeline_intake *intake = &w->b->options.intake;
	struct buf error = { 0 };
	bool ok;

	if (p->path != NULL || p->body.at != NULL || p->fd >= 0)
		return true;
	ASSERT(intake->fetch != NULL);
	ok = intake->fetch(intake->cookie, w->number, p, &error);
	if (!ok)
		note(w, "cannot be fetched", buf_text(&error), true);
	buf_done(&error);
	return ok;
}

static bool
open_parcel(struct worker *w)
{
	const struct pipeline_parcel *p = &w->flight->parcel;
	enum status st = STATUS_OK;

	if (!fetch(w))
		return false;
	memcpy(w->before, decode_counts(w->decoder)->events, sizeof(w->before));
	decode_say(w->decoder, p->format, p->cluster);
	decode_begin(w->decoder, p->place);
	if (p->body.at != NULL)
		reader_open_memory(w->reader, p->body);
	else if (p->path == NULL)
		st = reader_open_fd(w->reader, p->fd);
	else if (strcmp(p->path, "-") == 0)
		st = reader_open_fd(w->reader, STDIN_FILENO);
	else
		st = reader_open(w->reader, p->path);
	if (st != STATUS_OK) {
		note(w, "cannot be opened", status_errno_text(errno), true);
		return false;
	}
	cutter_begin(w->cutter, w->reader);
	w->opened = true;
	return true;
}

/* What the cutter said when it could not give a whole piece. */
static bool
cut_failed(struct worker *w, enum status st)
{
	char lost[96];

	if (st == STATUS_TOO_LARGE && cutter_lost(w->cutter) > 0) {
		(void)snprintf(lost, sizeof(lost), "%zu bytes of one record",
		    cutter_lost(w->cutter));
		note(w, "a record is too large", lost, true);
		return false; /* go on behind it */
	}
	note(w, status_text(st), reader_error(w->reader), true);
	return true;
}

/* Fill one batch; false at the parcel's end. */
static bool
decode_piece(struct worker *w, struct batch *batch)
{
	struct cut_piece piece;
	enum status st;

	if (!w->opened && !open_parcel(w))
		return false;
	batch_reset(batch);
	batch->place = w->flight->parcel.place;
	st = cutter_next(w->cutter, &piece, reserve, batch);
	if (st != STATUS_OK)
		return !cut_failed(w, st);
	if (piece.len == 0)
		return false;
	batch->text_len = piece.len;
	st = decode_batch(w->decoder, batch, piece.kind, piece.prefix);
	if (st != STATUS_OK) {
		note(w, "not read", decode_reason(w->decoder), false);
		return false;
	}
	return true;
}

/* A copy that was left out counts as read, and as a duplicate. */
static void
count_events(struct worker *w)
{
	const struct decode_counts *d = decode_counts(w->decoder);
	struct flight *f = w->flight;

	for (enum source s = 0; s < SOURCE_COUNT; s++) {
		f->events[s] = d->events[s] - w->before[s];
		w->copied[s] += f->parcel.copies * f->events[s];
	}
}

static void
close_parcel(struct worker *w)
{
	if (w->opened) {
		count_events(w);
		w->flight->bytes_in = reader_bytes_in(w->reader);
		w->bytes_in += w->flight->bytes_in;
		w->bytes_out += reader_bytes_out(w->reader);
		reader_close(w->reader);
	} else if (w->flight->parcel.fd >= 0) {
		(void)close(w->flight->parcel.fd);
	}
	w->opened = false;
}

/* --- scheduling, with the lock ------------------------------------------- */

static struct flight *
flight_at(struct pipeline *b, uint64_t n)
{
	return &b->ring[n % b->ring_size];
}

static struct batch *
take_spare(struct pipeline *b)
{
	return b->nspare > 0 ? b->spare[--b->nspare] : batch_new();
}

/* Keep a batch for the next piece; a large one only among few. */
static void
give_spare(struct pipeline *b, struct batch *batch)
{
	if (b->nspare < SPARE_MAX || (batch->text_room <= SPARE_BYTES &&
					 b->nspare < b->ring_size * AHEAD_MAX))
		b->spare[b->nspare++] = batch;
	else
		batch_free(batch);
}

/* A parcel has passed all shards. */
static void
finish_flight(struct pipeline *b, struct flight *f)
{
	const struct pipeline_intake *intake = &b->options.intake;
	struct pipeline_outcome outcome = {
		.skipped = f->note.reason,
		.partial = f->note.partial,
		.refused = f->note.refused,
		.because = f->note.because,
		.bytes = f->bytes_in,
	};

	memcpy(outcome.events, f->events, sizeof(outcome.events));
	intake->finished(intake->cookie, f->parcel.ticket, &outcome);
	free(f->note.reason);
	free(f->note.because);
	f->note = (struct skip_note){ 0 };
}

/* Give back what all shards have passed. */
static void
recycle(struct pipeline *b)
{
	while (b->head < b->tail) {
		struct flight *f = flight_at(b, b->head);
		uint64_t passed = f->decoded;

		for (unsigned i = 0; i < b->nshards; i++) {
			const struct cursor *c = &b->cursors[i];

			if (c->flight == b->head && c->batch < passed)
				passed = c->batch;
		}
		while (f->recycled < passed) {
			struct batch *batch =
			    f->batches[f->recycled++ % AHEAD_MAX];

			b->ahead -= batch->text_len;
			f->bytes -= batch->text_len;
			give_spare(b, batch);
		}
		for (unsigned i = 0; i < b->nshards; i++) {
			if (b->cursors[i].flight == b->head)
				return;
		}
		finish_flight(b, flight_at(b, b->head));
		b->head++;
	}
}

/* The next batch of a shard, moving it over parcels that are at their end;
 * NULL: nothing is waiting. */
static struct batch *
waiting(struct pipeline *b, struct cursor *c)
{
	while (c->flight < b->tail) {
		struct flight *f = flight_at(b, c->flight);

		if (c->batch < f->decoded)
			return f->batches[c->batch % AHEAD_MAX];
		if (!f->done)
			return NULL;
		c->flight++;
		c->batch = 0;
	}
	return NULL;
}

/* Run one shard on its next batch, on one of the worker's own only if `own`;
 * false when none has one. */
static bool
work_on_shard(struct worker *w, bool own)
{
	struct pipeline *b = w->b;

	for (unsigned i = 0; i < b->nshards; i++) {
		struct cursor *c = &b->cursors[i];
		struct batch *batch;

		if (c->busy)
			continue;
		batch = waiting(b, c);
		if (batch == NULL ||
		    (own && flight_at(b, c->flight)->worker != w->number))
			continue;
		c->busy = true;
		pthread_mutex_unlock(&b->lock);
		shard_batch(b->shards[i], batch);
		pthread_mutex_lock(&b->lock);
		c->batch++;
		c->busy = false;
		(void)waiting(b, c);
		recycle(b);
		pthread_cond_broadcast(&b->changed);
		return true;
	}
	recycle(b);
	return false;
}

/* Ask the intake for the worker's next parcel; false: it has none. */
static bool
begin_parcel(struct worker *w)
{
	struct pipeline *b = w->b;
	const struct pipeline_intake *intake = &b->options.intake;
	struct pipeline_parcel parcel = { .fd = -1 };

	if (b->draining || b->ended || b->tail - b->head == b->ring_size)
		return false;
	switch (intake->next(intake->cookie, &parcel)) {
	case PIPELINE_PARCEL:
		w->flight = flight_at(b, b->tail++);
		*w->flight =
		    (struct flight){ .parcel = parcel, .worker = w->number };
		return true;
	case PIPELINE_COMMIT:
		b->draining = true;
		break;
	case PIPELINE_END:
		b->ended = true;
		break;
	case PIPELINE_LATER:
		break;
	}
	return false;
}

/* Commit, when one is asked for and nothing is under way. */
static bool
work_on_commit(struct pipeline *b)
{
	const struct pipeline_intake *intake = &b->options.intake;

	if (b->head != b->tail || b->closed || !(b->draining || b->ended))
		return false;
	if (b->ended) {
		for (unsigned i = 0; i < b->nshards; i++)
			shard_tell(b->shards[i]);
	}
	if (intake->commit != NULL)
		intake->commit(intake->cookie, b);
	b->draining = false;
	b->closed = b->ended;
	pthread_cond_broadcast(&b->changed);
	return true;
}

/*
 * May the worker decode on without waiting for the shards?  The parcel they
 * are at always goes on, or nothing would.
 */
static bool
has_room(const struct worker *w)
{
	const struct pipeline *b = w->b;
	const struct flight *f = w->flight;
	const struct flight *head = &b->ring[b->head % b->ring_size];

	if (f == NULL)
		return false;
	if (f == head)
		return f->decoded - f->recycled < HEAD_MAX;
	if (f->decoded - f->recycled == AHEAD_MAX)
		return false;
	return b->ahead - head->bytes < AHEAD_BYTES ||
	       f->decoded == f->recycled;
}

/* Decode one piece of the worker's parcel; false when it may not. */
static bool
work_on_parcel(struct worker *w)
{
	struct pipeline *b = w->b;
	struct flight *f;
	struct batch *batch;
	uint64_t before = w->opened ? reader_bytes_in(w->reader) : 0, after;
	bool more;

	if (w->flight == NULL && !begin_parcel(w))
		return false;
	f = w->flight;
	if (!has_room(w))
		return false;
	batch = take_spare(b);
	pthread_mutex_unlock(&b->lock);
	more = decode_piece(w, batch);
	after = w->opened ? reader_bytes_in(w->reader) : before;
	atomic_fetch_add(&b->bytes_in, after - before);
	if (!more)
		close_parcel(w);
	else
		atomic_fetch_add(&b->events, batch->count);
	pthread_mutex_lock(&b->lock);
	if (more && batch->count > 0) {
		f->batches[f->decoded++ % AHEAD_MAX] = batch;
		b->ahead += batch->text_len;
		f->bytes += batch->text_len;
	} else {
		give_spare(b, batch);
	}
	if (!more) {
		f->done = true;
		w->flight = NULL;
	}
	pthread_cond_broadcast(&b->changed);
	return true;
}

static void
report(struct pipeline *b)
{
	struct pipeline_progress p = { atomic_load(&b->bytes_in),
		atomic_load(&b->events) };

	if (b->options.progress != NULL)
		b->options.progress(b->options.cookie, &p);
}

/*
 * One thing to do.  A worker passes on itself what it has decoded: that is
 * still in its cache, and far from other cores.  But while another waits it
 * leaves that to it and decodes as long as it may, as nobody else can go on
 * with its parcel.
 */
static bool
work_on_something(struct worker *w)
{
	struct pipeline *b = w->b;

	if (b->idle == 0 && work_on_shard(w, true))
		return true;
	if (b->nworkers > 1 && has_room(w))
		return work_on_parcel(w);
	return work_on_shard(w, false) || work_on_parcel(w) ||
	       work_on_commit(b);
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct pipeline *b = w->b;

	pthread_mutex_lock(&b->lock);
	while (!b->closed) {
		if (work_on_something(w)) {
			report(b);
		} else if (!b->closed) {
			b->idle++;
			pthread_cond_wait(&b->changed, &b->lock);
			b->idle--;
		}
	}
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
	return NULL;
}

/* --- the whole ------------------------------------------------------------ */

static void
worker_start(struct pipeline *b, struct worker *w)
{
	w->b = b;
	w->number = (unsigned)(w - b->workers);
	w->reader = reader_new(&READER_LIMITS_DEFAULT);
	w->cutter = cutter_new();
	w->decoder = decoder_new(&(struct decode_options){
	    .config = b->options.config,
	    .key = b->options.key,
	    .reject = reject,
	    .cookie = w,
	});
}

static void
prepare(struct pipeline *b)
{
	b->nworkers = b->options.jobs;
	b->nshards = b->options.jobs;
	b->ring_size = b->nworkers + 1;
	b->ring = status_calloc(b->ring_size, sizeof(*b->ring));
	b->spare = status_calloc(
	    b->ring_size * AHEAD_MAX + b->nworkers + 1, sizeof(*b->spare));
	b->shards = status_calloc(b->nshards, sizeof(*b->shards));
	b->cursors = status_calloc(b->nshards, sizeof(*b->cursors));
	for (unsigned i = 0; i < b->nshards; i++)
		b->shards[i] = shard_new(&(struct shard_options){
		    .engine = b->engine,
		    .key = b->options.key,
		    .index = i,
		    .count = b->nshards,
		    .since_us = b->options.since_us,
		    .until_us = b->options.until_us,
		    .keep_signals = b->options.keep_signals,
		    .config = b->options.config,
		});
	b->sequences = sequences_new(b->options.config);
	b->workers = status_calloc(b->nworkers, sizeof(*b->workers));
	for (unsigned i = 0; i < b->nworkers; i++)
		worker_start(b, &b->workers[i]);
}

/* The caller's thread is the first worker.  A thread that cannot be started
 * leaves its work to the others. */
static void
run(struct pipeline *b)
{
	bool started[PIPELINE_JOBS_MAX] = { false };

	for (unsigned i = 1; i < b->nworkers; i++)
		started[i] = pthread_create(&b->workers[i].thread, NULL, work,
				 &b->workers[i]) == 0;
	(void)work(&b->workers[0]);
	for (unsigned i = 1; i < b->nworkers; i++) {
		if (started[i])
			pthread_join(b->workers[i].thread, NULL);
	}
}

enum status
pipeline_new(const struct pipeline_options *options, struct pipeline **result,
    struct buf *error)
{
	struct pipeline *b = status_calloc(1, sizeof(*b));
	enum status st;

	ASSERT(options->jobs >= 1 && options->jobs <= PIPELINE_JOBS_MAX);
	b->options = *options;
	if (b->options.key == NULL)
		b->options.key = &HASH_KEY_DEFAULT;
	st = engine_new(
	    &(struct engine_options){
		.config = options->config,
		.key = b->options.key,
		.emit = shard_emit,
		.grew = shard_grew,
		.knew = shard_knew,
	    },
	    &b->engine, error);
	if (st != STATUS_OK) {
		free(b);
		return st;
	}
	pthread_mutex_init(&b->lock, NULL);
	pthread_mutex_init(&b->reject_lock, NULL);
	pthread_cond_init(&b->changed, NULL);
	prepare(b);
	*result = b;
	return STATUS_OK;
}

void
pipeline_work(struct pipeline *b)
{
	run(b);
}

bool
pipeline_has_ended(const struct pipeline *b)
{
	return b->ended;
}

void
pipeline_wake(struct pipeline *b)
{
	pthread_mutex_lock(&b->lock);
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

bool
pipeline_restore(
    struct pipeline *b, struct span tenant, const struct image_reader *state)
{
	for (unsigned i = 0; i < b->nshards; i++) {
		if (shard_owns(b->shards[i], tenant))
			return shard_restore(b->shards[i], tenant, state);
	}
	return false;
}

void
pipeline_restore_finding(
    struct pipeline *b, struct span tenant, struct finding *f)
{
	for (unsigned i = 0; i < b->nshards; i++) {
		if (shard_owns(b->shards[i], tenant))
			shard_restore_finding(b->shards[i], tenant, f);
	}
}

void
pipeline_changed(struct pipeline *b,
    void (*visit)(void *cookie, const struct shard_change *change),
    void *cookie)
{
	for (unsigned i = 0; i < b->nshards; i++)
		shard_changed(b->shards[i], visit, cookie);
}

static void
free_workers(struct pipeline *b)
{
	for (unsigned i = 0; i < b->nworkers; i++) {
		reader_free(b->workers[i].reader);
		cutter_free(b->workers[i].cutter);
		decoder_free(b->workers[i].decoder);
	}
	free(b->workers);
}

void
pipeline_free(struct pipeline *b)
{
	if (b == NULL)
		return;
	free_workers(b);
	for (unsigned i = 0; i < b->nshards; i++)
		shard_free(b->shards[i]);
	for (size_t i = 0; i < b->nspare; i++)
		batch_free(b->spare[i]);
	sequences_free(b->sequences);
	engine_free(b->engine);
	free(b->shards);
	free(b->cursors);
	free(b->spare);
	free(b->ring);
	free(b->findings);
	pthread_mutex_destroy(&b->lock);
	pthread_mutex_destroy(&b->reject_lock);
	pthread_cond_destroy(&b->changed);
	free(b);
}

struct sequences *
pipeline_sequences(struct pipeline *b)
{
	for (unsigned i = 0; i < b->nshards; i++)
		shard_sequences(b->shards[i], b->sequences);
	return b->sequences;
}

/* All signals are there: what follows from them joins the findings. */
static void
add_sequences(struct pipeline *b)
{
	size_t n;
	struct finding *const *found =
	    sequences_judge(pipeline_sequences(b), &n);

	if (n == 0)
		return;
	b->findings =
	    status_realloc(b->findings, b->nfindings + n, sizeof(*b->findings));
	memcpy(b->findings + b->nfindings, found, n * sizeof(*found));
	b->nfindings += n;
}

const struct finding *const *
pipeline_findings(struct pipeline *b, size_t *count)
{
	if (b->findings == NULL) {
		for (unsigned i = 0; i < b->nshards; i++)
			shard_findings(
			    b->shards[i], &b->findings, &b->nfindings);
		add_sequences(b);
		if (b->findings != NULL)
			qsort(b->findings, b->nfindings, sizeof(*b->findings),
			    finding_oldest_first);
	}
	*count = b->nfindings;
	return (const struct finding *const *)b->findings;
}

void
pipeline_count(const struct pipeline *b, struct pipeline_counts *counts)
{
	*counts = (struct pipeline_counts){ 0 };
	for (unsigned i = 0; i < b->nworkers; i++) {
		const struct worker *w = &b->workers[i];
		const struct decode_counts *d = decode_counts(w->decoder);

		counts->bytes += w->bytes_in;
		counts->bytes_out += w->bytes_out;
		counts->parcels_partial += w->partial;
		for (enum source s = 0; s < SOURCE_COUNT; s++) {
			counts->decoded.events[s] +=
			    d->events[s] + w->copied[s];
			counts->copied[s] += w->copied[s];
		}
		for (unsigned k = 0; k < DECODE_KINDS; k++)
			counts->decoded.quarantined[k] += d->quarantined[k];
		counts->decoded.ignored += d->ignored;
		counts->decoded.repaired += d->repaired;
	}
	for (unsigned i = 0; i < b->nshards; i++)
		shard_count(b->shards[i], &counts->shards);
}
