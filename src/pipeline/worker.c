#include "pipeline/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pack.h"

#define NOBODY UINT64_MAX

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

/* Kept with the piece, so that all are told in the order of their parcels. */
static void
reject(void *cookie, struct span record, const char *reason)
{
	struct worker *w = cookie;

	pack_span(&w->piece->refused, span_str(reason));
	pack_span(&w->piece->refused, record);
}

void
worker_init(
    struct worker *w, unsigned number, const struct pipeline_options *options)
{
	const struct decode_options decode = {
		.config = options->config,
		.key = options->key,
		.reject = reject,
		.cookie = w,
	};

	w->intake = &options->intake;
	w->number = number;
	w->aided = NOBODY;
	w->reader = reader_new(&READER_LIMITS_DEFAULT);
	w->cutter = cutter_new();
	w->decoder = decoder_new(&decode);
	w->aide = options->jobs > 1 ? decoder_new(&decode) : NULL;
}

void
worker_done(struct worker *w)
{
	reader_free(w->reader);
	cutter_free(w->cutter);
	decoder_free(w->decoder);
	decoder_free(w->aide);
}

uint64_t
worker_bytes(const struct worker *w)
{
	return w->opened ? reader_bytes_in(w->reader) : 0;
}

/* --- cutting -------------------------------------------------------------- */

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
	struct buf error = { 0 };
	bool ok;

	if (p->path != NULL || p->body.at != NULL || p->fd >= 0)
		return true;
	ASSERT(w->intake->fetch != NULL);
	ok = w->intake->fetch(w->intake->cookie, w->number, p, &error);
	if (!ok)
		note(w, "cannot be fetched", buf_text(&error), true);
	buf_done(&error);
	return ok;
}

static void
begin(struct decoder *d, const struct pipeline_parcel *p)
{
	decode_say(d, p->format, p->cluster);
	decode_begin(d, p->place);
}

static bool
open_parcel(struct worker *w)
{
	const struct pipeline_parcel *p = &w->flight->parcel;
	enum status st = STATUS_OK;

	if (!fetch(w))
		return false;
	begin(w->decoder, p);
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

/* What the cutter said when it could not give a whole piece; false: it goes
 * on behind a record that is too large, and the piece is empty. */
static bool
cut_failed(struct worker *w, enum status st)
{
	char lost[96];

	if (st == STATUS_TOO_LARGE && cutter_lost(w->cutter) > 0) {
		(void)snprintf(lost, sizeof(lost), "%zu bytes of one record",
		    cutter_lost(w->cutter));
		note(w, "a record is too large", lost, true);
		return false;
	}
	note(w, status_text(st), reader_error(w->reader), true);
	return true;
}

bool
worker_cut(struct worker *w, struct piece *piece)
{
	struct batch *batch = piece->batch;
	struct cut_piece cut;
	enum status st;

	if (!w->opened && !open_parcel(w))
		return false;
	batch_reset(batch);
	batch->place = w->flight->parcel.place;
	st = cutter_next(w->cutter, &cut, reserve, batch);
	if (st != STATUS_OK)
		return !cut_failed(w, st);
	if (cut.len == 0)
		return false;
	batch->text_len = cut.len;
	piece->kind = cut.kind;
	piece->prefix = arena_dup(batch->arena, cut.prefix);
	return true;
}

void
worker_close(struct worker *w)
{
	struct flight *f = w->flight;

	if (w->opened) {
		f->bytes_in = reader_bytes_in(w->reader);
		w->bytes_in += f->bytes_in;
		w->bytes_out += reader_bytes_out(w->reader);
		reader_close(w->reader);
	}
	if (f->parcel.fd >= 0)
		(void)close(f->parcel.fd); /* the reader had it borrowed */
	w->opened = false;
	w->flight = NULL;
}

/* --- decoding ------------------------------------------------------------- */

/* The decoder that knows the flight, or is told now what there is to know. */
static struct decoder *
decoder_of(struct worker *w, const struct flight *f)
{
	if (f == w->flight)
		return w->decoder;
	if (w->aided != f->number) {
		begin(w->aide, &f->parcel);
		decode_go_on(w->aide, f->settled);
		w->aided = f->number;
	}
	return w->aide;
}

enum source
worker_settled(const struct worker *w)
{
	return decode_settled(w->decoder);
}

bool
worker_decode(struct worker *w, const struct flight *f, struct piece *piece)
{
	struct decoder *d = decoder_of(w, f);
	const struct decode_counts *counts = decode_counts(d);
	uint64_t before[SOURCE_COUNT];
	enum status st;

	memcpy(before, counts->events, sizeof(before));
	w->piece = piece;
	st = decode_batch(d, piece->batch, piece->kind, piece->prefix);
	if (st != STATUS_OK)
		note(w, "not read", decode_reason(d), false);
	for (enum source s = 0; s < SOURCE_COUNT; s++)
		piece->events[s] = counts->events[s] - before[s];
	return st == STATUS_OK;
}
