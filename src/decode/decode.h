/*
 * decode.h - from text to events.
 *
 * A decoder belongs to one worker.  For each parcel: decode_begin(), then
 * decode_batch() for each piece of its text in order.  What a parcel's first
 * piece tells (a flow log's columns, that it is a log at all) is remembered
 * for the next ones; where that is no more than which log it is, other
 * decoders may go on with them.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/span.h"
#include "base/status.h"
#include "codec/cut.h"
#include "config/config.h"
#include "event/batch.h"

struct decoder;

enum decode_format { /* what the user said the input is */
	DECODE_AUTO,
	DECODE_CLOUDTRAIL,
	DECODE_VPCFLOW,
	DECODE_ROUTE53,
	DECODE_COREDNS,
	DECODE_K8S_AUDIT,
	/* A notice of a collector, as decode_notice_write() made it.  No user
	 * can say so, and no log is taken for one. */
	DECODE_NOTICE,
	DECODE_FORMAT_COUNT,
};

struct decode_options {
	const struct config *config; /* borrowed for the decoder's life */
	const struct hash_key *key;  /* of activity and id keys */
	enum decode_format format;
	const char *cluster; /* --cluster: names audit logs that do not say */
	/*
	 * A record that cannot be understood: its text (or what is left of
	 * it), why, and the parcel's place.  Called on the decoder's thread.
	 */
	void (*reject)(void *cookie, struct span record, const char *reason);
	void *cookie;
};

/* Kinds of log, and behind them what is of no known kind. */
#define DECODE_KINDS (SOURCE_COUNT + 1)

struct decode_counts {
	uint64_t events[SOURCE_COUNT]; /* records understood */
	/* Records refused, each reported. */
	uint64_t quarantined[DECODE_KINDS];
	uint64_t ignored;  /* understood as no record: headers,
			    * other log streams of a cluster */
	uint64_t repaired; /* bad UTF-8 or numbers mended before parsing */
};

struct decoder *decoder_new(const struct decode_options *options);
void decoder_free(struct decoder *d); /* NULL is allowed */

/*
 * Start a parcel.  `place` is its relative path or object key: the kind of
 * log, account, region and cluster are read from it where the records do not
 * say.  Borrowed until the next decode_begin().
 */
void decode_begin(struct decoder *d, struct span place);

/* What is said of the parcels begun from now on, instead of the options:
 * `cluster` is borrowed until it is said anew, NULL: nothing. */
void decode_say(
    struct decoder *d, enum decode_format format, const char *cluster);

/*
 * Decode batch->text (one piece made by a cutter, `kind` as the cutter says)
 * into batch->events.  UNSUPPORTED when the first piece shows that this is
 * not a log we read (a digest, a config snapshot, binary): the caller skips
 * the parcel, naming decoder_reason().  Otherwise OK, however many records
 * were refused.
 */
NODISCARD enum status decode_batch(struct decoder *d, struct batch *batch,
    enum cut_kind kind, struct span prefix);

/*
 * Are the parcel's further pieces independent of each other?  Then which log
 * it is, and any decoder that is told so may decode any of them; what comes
 * out is the same.  SOURCE_COUNT: only this one can go on, in order.
 */
enum source decode_settled(const struct decoder *d);

/* After decode_begin(): of this parcel another decoder says that it is
 * settled, and what decode_batch() gets are later pieces of it. */
void decode_go_on(struct decoder *d, enum source settled);

/* Why the parcel is not read: "CloudTrail digest", "not a known log". */
const char *decode_reason(const struct decoder *d);

/* What a collector tells of the logs themselves: a parcel of its own. */
struct decode_notice {
	struct notice notice;
	struct span account, region, cluster;
	int64_t time_us;
};

/* The parcel's text, and what names it: the same for the same notice. */
void decode_notice_write(const struct decode_notice *n, struct buf *text);
void decode_notice_identity(
    const struct decode_notice *n, struct buf *identity);

/* Sums since decoder_new(). */
const struct decode_counts *decode_counts(const struct decoder *d);
