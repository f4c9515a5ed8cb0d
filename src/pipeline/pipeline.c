/*
 * Scheduling: parcels in flight are a ring in plan order; each holds the
 * pieces made of it so far.  A shard walks the ring piece by piece; one that
 * all shards have passed gives its batch back to be reused, a parcel that is
 * read to its end and passed by all leaves the ring.  A free worker judges
 * what waits for a shard, decodes what waits for that, or cuts on in its own
 * parcel.  One mutex guards the ring; it is taken a few times per piece of
 * half a megabyte.
 */
#include "pipeline/pipeline.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "pipeline/worker.h"

/*
 * Pieces made ahead of the shards: of the parcel the shards are at, of any
 * other (FLIGHT_PIECES), and the text of all others.  Decoded, text takes
 * five to twelve times its size, so that all this is at most 100 MiB.
 *
 * A long parcel whose pieces anybody may decode keeps all workers busy by
 * itself.  While the shards are at one, few pieces are made ahead: what is
 * cut, decoded and judged stays in the cache that the cores share, where with
 * more of it they would fetch from memory.
 */
#define HEAD_MAX 12
#define SHARED_MAX 2   /* and one for each worker */
#define SHARED_LEAST 8 /* pieces, then a parcel is long */
#define AHEAD_BYTES ((size_t)6 * 1024 * 1024)
#define AHEAD_SHARED_BYTES ((size_t)1024 * 1024)
/* Parcels under way for each worker.  Small ones are decoded long before the
 * shards come to them. */
#define RING_EACH 3
/* Batches that are kept to be used again, and how much one may hold. */
#define SPARE_MAX 8
#define SPARE_BYTES ((size_t)1024 * 1024)

struct cursor {		 /* where a shard stands */
	uint64_t flight; /* absolute number in the ring */
	uint64_t piece;
	bool busy;
};

struct hand { /* a worker and its thread */
	struct pipeline *b;
	pthread_t thread;
	struct worker worker;
};

struct pipeline {
	struct pipeline_options options;
	struct engine *engine;
	struct shard **shards;
	struct cursor *cursors;
	unsigned nshards;
	struct sequences *sequences; /* of the signals of all shards */
	struct hand *hands;
	unsigned nhands;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct flight *ring;
	size_t ring_size;
	uint64_t head, tail; /* absolute flight numbers */
	struct batch **spare;
	size_t nspare;
	size_t ahead;	/* bytes of text cut and not yet passed */
	unsigned idle;	/* workers that wait */
	unsigned texts; /* pieces that anybody may decode */
	bool draining; /* begin nothing: a commit waits for what is under way */
	bool ended, closed; /* the intake has; and all of it is committed */
	_Atomic uint64_t bytes_in, events;
	uint64_t copied[SOURCE_COUNT]; /* records of copies */

	struct finding **findings;
	size_t nfindings;
};

/* --- scheduling, with the lock ------------------------------------------- */

static struct flight *
flight_at(struct pipeline *b, uint64_t n)
{
	return &b->ring[n % b->ring_size];
}

static struct piece *
piece_at(struct flight *f, uint64_t n)
{
	return &f->pieces[n % FLIGHT_PIECES];
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
	if (b->nspare < SPARE_MAX ||
	    (batch->text_room <= SPARE_BYTES &&
		b->nspare < b->ring_size * FLIGHT_PIECES))
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

	/* A copy that was left out counts as read, and as a duplicate. */
	for (enum source s = 0; s < SOURCE_COUNT; s++)
		b->copied[s] += f->parcel.copies * f->events[s];
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
		uint64_t passed = f->cut;

		for (unsigned i = 0; i < b->nshards; i++) {
			const struct cursor *c = &b->cursors[i];

			if (c->flight == b->head && c->piece < passed)
				passed = c->piece;
		}
		while (f->recycled < passed) {
			struct piece *p = piece_at(f, f->recycled++);

			b->ahead -= p->batch->text_len;
			f->bytes -= p->batch->text_len;
			give_spare(b, p->batch);
			buf_done(&p->refused);
		}
		for (unsigned i = 0; i < b->nshards; i++) {
			if (b->cursors[i].flight == b->head)
				return;
		}
		finish_flight(b, flight_at(b, b->head));
		b->head++;
	}
}

/* The next piece of a shard, moving it over parcels that are at their end;
 * NULL: nothing is waiting. */
static struct piece *
waiting(struct pipeline *b, struct cursor *c)
{
	while (c->flight < b->tail) {
		struct flight *f = flight_at(b, c->flight);
		struct piece *p = piece_at(f, c->piece);

		if (c->piece < f->cut)
			return p->state == PIECE_DECODED ? p : NULL;
		if (!f->done)
			return NULL;
		c->flight++;
		c->piece = 0;
	}
	return NULL;
}

/* Tell of the records that were refused in a piece, in plan order. */
static void
tell_refused(struct pipeline *b, struct flight *f, const struct piece *p)
{
	struct unpack u = unpack_of(buf_span(&p->refused));

	while (u.rest.len > 0) {
		struct span because = unpack_span(&u);
		struct span record = unpack_span(&u);
		struct buf reason = { 0 };

		buf_add(&reason, because);
		if (b->options.reject != NULL)
			b->options.reject(b->options.cookie, f->parcel.place,
			    record, buf_text(&reason));
		if (f->note.refused++ == 0)
			f->note.because = reason.at;
		else
			buf_done(&reason);
	}
}

/* Run one shard on its next piece, on one of the worker's own parcel only if
 * `own`; false when none has one. */
static bool
work_on_shard(struct pipeline *b, const struct worker *w, bool own)
{
	for (unsigned i = 0; i < b->nshards; i++) {
		struct cursor *c = &b->cursors[i];
		struct piece *p;
		struct flight *f;

		if (c->busy)
			continue;
		p = waiting(b, c);
		f = flight_at(b, c->flight);
		if (p == NULL || (own && f->worker != w->number))
			continue;
		c->busy = true;
		pthread_mutex_unlock(&b->lock);
		if (i == 0)
			tell_refused(b, f, p);
		shard_batch(b->shards[i], p->batch);
		pthread_mutex_lock(&b->lock);
		c->piece++;
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
begin_parcel(struct pipeline *b, struct worker *w)
{
	const struct pipeline_intake *intake = &b->options.intake;
	struct pipeline_parcel parcel = { .fd = -1 };

	if (b->draining || b->ended || b->tail - b->head == b->ring_size)
		return false;
	switch (intake->next(intake->cookie, &parcel)) {
	case PIPELINE_PARCEL:
		w->flight = flight_at(b, b->tail);
		*w->flight = (struct flight){
			.parcel = parcel,
			.number = b->tail++,
			.worker = w->number,
			.settled = SOURCE_COUNT,
		};
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

/* Is a flight so long that all decode it, and may they? */
static bool
is_shared(const struct pipeline *b, const struct flight *f)
{
	return b->nhands > 1 && f->settled != SOURCE_COUNT &&
	       f->cut >= SHARED_LEAST;
}

/*
 * May the worker cut on without waiting for the shards?  The parcel they are
 * at always goes on, or nothing would.
 */
static bool
has_room(const struct pipeline *b, const struct worker *w)
{
	const struct flight *f = w->flight;
	const struct flight *head = &b->ring[b->head % b->ring_size];
	bool shared = is_shared(b, head) && !head->done;
	uint64_t made;

	if (f == NULL)
		return false;
	made = f->cut - f->recycled;
	if (made == FLIGHT_PIECES)
		return false;
	if (f == head)
		return made < (shared ? SHARED_MAX + b->nhands : HEAD_MAX);
	return made == 0 || b->ahead - head->bytes <
				(shared ? AHEAD_SHARED_BYTES : AHEAD_BYTES);
}

/* Decode a piece that nobody else does; false: it shows that its parcel is no
 * log. */
static bool
decode(struct pipeline *b, struct worker *w, struct flight *f, struct piece *p)
{
	bool is_log;

	if (p->state == PIECE_TEXT)
		b->texts--;
	p->state = PIECE_TAKEN;
	pthread_mutex_unlock(&b->lock);
	is_log = worker_decode(w, f, p);
	atomic_fetch_add(&b->events, p->batch->count);
	pthread_mutex_lock(&b->lock);
	p->state = PIECE_DECODED;
	if (f == w->flight && f->settled == SOURCE_COUNT)
		f->settled = worker_settled(w);
	for (enum source s = 0; s < SOURCE_COUNT; s++)
		f->events[s] += p->events[s];
	pthread_cond_broadcast(&b->changed);
	return is_log;
}

/* Decode the oldest piece that was left to anybody. */
static bool
work_on_text(struct pipeline *b, struct worker *w)
{
	for (uint64_t n = b->head; b->texts > 0 && n < b->tail; n++) {
		struct flight *f = flight_at(b, n);

		for (uint64_t i = f->recycled; i < f->cut; i++) {
			struct piece *p = piece_at(f, i);

			if (p->state != PIECE_TEXT)
				continue;
			(void)decode(b, w, f, p);
			return true;
		}
	}
	return false;
}

/* Cut a piece, behind all others; false at the parcel's end. */
static bool
cut(struct pipeline *b, struct worker *w)
{
	struct flight *f = w->flight;
	struct piece piece = { .batch = take_spare(b), .state = PIECE_TAKEN };
	uint64_t before = worker_bytes(w);
	bool more;

	pthread_mutex_unlock(&b->lock);
	more = worker_cut(w, &piece);
	atomic_fetch_add(&b->bytes_in, worker_bytes(w) - before);
	pthread_mutex_lock(&b->lock);
	if (!more || piece.batch->text_len == 0) {
		give_spare(b, piece.batch);
		return more;
	}
	*piece_at(f, f->cut++) = piece;
	b->ahead += piece.batch->text_len;
	f->bytes += piece.batch->text_len;
	return more;
}

/* Cut a piece of the worker's parcel and decode it; or, where others can do
 * that, one that nobody did yet.  False when it may not. */
static bool
work_on_parcel(struct pipeline *b, struct worker *w)
{
	uint64_t last;
	struct flight *f;
	bool more;

	if (w->flight == NULL && !begin_parcel(b, w))
		return false;
	if (!has_room(b, w))
		return false;
	f = w->flight;
	last = f->cut;
	more = cut(b, w);
	if (f->cut > last) {
		struct piece *p = piece_at(f, last);

		if (!is_shared(b, f)) {
			more = decode(b, w, f, p);
		} else {
			p->state = PIECE_TEXT;
			if (++b->texts >= b->nhands)
				(void)work_on_text(b, w);
		}
	}
	if (!more) {
		worker_close(w);
		f->done = true;
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
 * One thing to do.  First there is to be a text to decode for each other
 * worker.  Then a worker judges what it has decoded itself: that is still in
 * its cache, and far from other cores.  But while another waits it leaves
 * that to it and cuts as long as it may, as nobody else can go on with its
 * parcel.
 */
static bool
work_on_something(struct pipeline *b, struct worker *w)
{
	bool stocked = b->texts + 1 >= b->nhands;

	if (!stocked && has_room(b, w) && is_shared(b, w->flight))
		return work_on_parcel(b, w);
	if (b->idle == 0 && work_on_shard(b, w, true))
		return true;
	if (b->nhands > 1 && has_room(b, w))
		return work_on_parcel(b, w);
	return work_on_text(b, w) || work_on_shard(b, w, false) ||
	       work_on_parcel(b, w) || work_on_commit(b);
}

static void *
work(void *arg)
{
	struct hand *h = arg;
	struct pipeline *b = h->b;

	pthread_mutex_lock(&b->lock);
	while (!b->closed) {
		if (work_on_something(b, &h->worker)) {
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
prepare(struct pipeline *b)
{
	b->nhands = b->options.jobs;
	b->nshards = b->options.jobs;
	b->ring_size = (size_t)RING_EACH * b->nhands;
	b->ring = status_calloc(b->ring_size, sizeof(*b->ring));
	b->spare = status_calloc(
	    b->ring_size * FLIGHT_PIECES + b->nhands + 1, sizeof(*b->spare));
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
	b->hands = status_calloc(b->nhands, sizeof(*b->hands));
	for (unsigned i = 0; i < b->nhands; i++) {
		b->hands[i].b = b;
		worker_init(&b->hands[i].worker, i, &b->options);
	}
}

/* The caller's thread is the first worker.  A thread that cannot be started
 * leaves its work to the others. */
static void
run(struct pipeline *b)
{
	bool started[PIPELINE_JOBS_MAX] = { false };

	for (unsigned i = 1; i < b->nhands; i++)
		started[i] = pthread_create(&b->hands[i].thread, NULL, work,
				 &b->hands[i]) == 0;
	(void)work(&b->hands[0]);
	for (unsigned i = 1; i < b->nhands; i++) {
		if (started[i])
			pthread_join(b->hands[i].thread, NULL);
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
		.excused = shard_excused,
	    },
	    &b->engine, error);
	if (st != STATUS_OK) {
		free(b);
		return st;
	}
	pthread_mutex_init(&b->lock, NULL);
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

void
pipeline_trim(struct pipeline *b)
{
	struct batch *batch;

	do {
		pthread_mutex_lock(&b->lock);
		batch = b->nspare > 0 ? b->spare[--b->nspare] : NULL;
		pthread_mutex_unlock(&b->lock);
		batch_free(batch);
	} while (batch != NULL);
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

void
pipeline_free(struct pipeline *b)
{
	if (b == NULL)
		return;
	for (unsigned i = 0; i < b->nhands; i++)
		worker_done(&b->hands[i].worker);
	free(b->hands);
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

static void
count_decoded(const struct decoder *d, struct decode_counts *sum)
{
	const struct decode_counts *of = decode_counts(d);

	for (enum source s = 0; s < SOURCE_COUNT; s++)
		sum->events[s] += of->events[s];
	for (unsigned k = 0; k < DECODE_KINDS; k++)
		sum->quarantined[k] += of->quarantined[k];
	sum->ignored += of->ignored;
	sum->repaired += of->repaired;
}

void
pipeline_count(const struct pipeline *b, struct pipeline_counts *counts)
{
	*counts = (struct pipeline_counts){ 0 };
	for (unsigned i = 0; i < b->nhands; i++) {
		const struct worker *w = &b->hands[i].worker;

		counts->bytes += w->bytes_in;
		counts->bytes_out += w->bytes_out;
		counts->parcels_partial += w->partial;
		count_decoded(w->decoder, &counts->decoded);
		if (w->aide != NULL)
			count_decoded(w->aide, &counts->decoded);
	}
	for (enum source s = 0; s < SOURCE_COUNT; s++) {
		counts->copied[s] = b->copied[s];
		counts->decoded.events[s] += b->copied[s];
	}
	for (unsigned i = 0; i < b->nshards; i++)
		shard_count(b->shards[i], &counts->shards);
	counts->shards.bytes += sequences_bytes(b->sequences);
}
