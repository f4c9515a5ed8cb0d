/*
 * worker.h - from a parcel's bytes to decoded pieces, what one thread does of
 * it.
 *
 * Decompressing and cutting is done in order, by the worker that has opened
 * the parcel.  Decoding is too, until the decoder says that the parcel's
 * pieces are independent; from then on any worker may decode any of them.
 * Nothing here is locked: the pipeline sees to it that a flight is cut by one
 * thread and a piece decoded by one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "codec/cut.h"
#include "codec/reader.h"
#include "decode/decode.h"
#include "event/batch.h"
#include "pipeline/pipeline.h"

/* Pieces of one parcel that wait to be decoded or judged. */
#define FLIGHT_PIECES 32

enum piece_state {
	PIECE_TEXT,    /* cut; anybody may decode it */
	PIECE_TAKEN,   /* somebody does */
	PIECE_DECODED, /* for the shards */
};

struct piece {
	struct batch *batch;
	enum cut_kind kind;
	enum piece_state state;
	struct span prefix; /* in the batch */
	uint64_t events[SOURCE_COUNT];
	struct buf refused; /* records, each pack_span of why and of it */
};

struct skip_note {
	char *reason; /* NULL: none */
	bool partial;
	uint64_t refused; /* records that could not be understood ... */
	char *because;	  /* ... and why the first of them */
};

struct flight { /* a parcel under way */
	struct pipeline_parcel parcel;
	uint64_t number; /* of all flights */
	unsigned worker; /* who has opened it */
	enum source settled;
	struct skip_note note;
	uint64_t bytes_in;
	uint64_t events[SOURCE_COUNT];
	struct piece pieces[FLIGHT_PIECES]; /* a ring */
	uint64_t cut;			    /* pieces made ... */
	uint64_t recycled;		    /* ... and passed by all shards */
	size_t bytes;			    /* of their text, between the two */
	bool done;
};

struct worker {
	const struct pipeline_intake *intake;
	struct reader *reader;
	struct cutter *cutter;
	/* One for the parcel that the worker cuts, one for pieces of others,
	 * and of which parcel those were last. */
	struct decoder *decoder, *aide;
	uint64_t aided;
	struct flight *flight; /* being cut; NULL: none */
	struct piece *piece;   /* being decoded */
	unsigned number;
	bool opened;
	uint64_t bytes_in, bytes_out; /* of finished parcels */
	size_t partial;		      /* and how many were not whole */
};

/* `options`, whose key is set, are borrowed for its life. */
void worker_init(
    struct worker *w, unsigned number, const struct pipeline_options *options);
void worker_done(struct worker *w);

/* Compressed bytes read of the parcel that is open. */
uint64_t worker_bytes(const struct worker *w);

/* The next piece of the worker's flight into the batch of an empty `piece`;
 * false at the parcel's end. */
bool worker_cut(struct worker *w, struct piece *piece);

/*
 * Decode a piece of `f`, the worker's own flight or one that is settled.
 * False: this is no log, and its parcel at its end.  Only the worker's own
 * flight and the piece are written to.
 */
bool worker_decode(
    struct worker *w, const struct flight *f, struct piece *piece);

/* What the decoder of the worker's own flight says after it: decode_settled().
 */
enum source worker_settled(const struct worker *w);

/* The worker's flight is at its end. */
void worker_close(struct worker *w);
