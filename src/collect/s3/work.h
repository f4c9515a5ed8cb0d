/*
 * work.h - what the parts of an S3 source share.
 *
 *	rounds	when to list what: what is not yet committed, then the current
 *		days, now and then all that may come late
 *	fetch	downloads some objects at a time, gives them in their order
 *	inbox	the queue's messages, deleted when their objects are safe
 *	digests	CloudTrail's digest files, checked against what was read
 *	silence	streams that were regular and fell silent
 *
 * One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/call.h"
#include "aws/s3.h"
#include "aws/sqs.h"
#include "collect/s3/lister.h"
#include "collect/s3/objects.h"
#include "collect/source.h"

struct inbox;
struct digests;
struct silence;

enum round_state {
	ROUND_REST,
	ROUND_FOLDERS, /* streams, and keys in folders without days */
	ROUND_DAYS,
};

struct s3_source {
	const struct config_source *config;
	const struct source_host *host;
	struct aws *aws;
	struct s3 *bucket;
	struct sqs *queue; /* NULL: none */
	struct objects *objects;
	struct lister *lister;
	struct inbox *inbox;	 /* NULL: none */
	struct digests *digests; /* NULL: not verified */
	struct silence *silence;
	struct source_counts counts;
	struct buf cursor_key, cursor, identity;

	/* rounds */
	int64_t begin_us;	    /* nothing older is read */
	int64_t first_day;	    /* of the source's first start */
	int64_t next_day, last_day; /* of the round */
	int64_t poll_us, sweep_us;  /* monotonic: when the next is due */
	int64_t long_sweep_day;	    /* when all of a month was looked at */
	int64_t cursor_day;	    /* all days before are complete */
	enum round_state state;
	bool started; /* the first round is over */
	bool list_denied;
	int64_t covered_us; /* wall clock to which listings are complete */
	int64_t round_us;   /* wall clock at which the round began */

	/* fetch */
	size_t memory;	  /* bytes of bodies under way or held */
	size_t reading;	  /* downloads under way */
	size_t asides;	  /* objects that are set aside */
	int64_t aside_us; /* monotonic: when the first is due */
	size_t back;	  /* of them, queued again in this step */
	size_t held_for;  /* objects that the position waits for ... */
	int64_t hold_day; /* ... before this day */
	uint64_t gone, ignored;

	uint64_t said; /* bits of enum work_said */
	unsigned ill;  /* bits of enum work_part */
};

/* What is said once only. */
enum work_said {
	WORK_SAID_COLD = 1,
	WORK_SAID_DENIED = 2,
	WORK_SAID_SKEW = 4,
	WORK_SAID_FOREIGN = 8,
	WORK_SAID_DELETE = 16,
};

/* "s3://BUCKET/KEY#ETAG"; valid until the next call. */
struct span work_identity(
    struct s3_source *s, struct span key, struct span etag);

/* A line for the log, with one more field when `name` is not NULL. */
void work_say(struct s3_source *s, enum source_level level, const char *message,
    const char *name, const char *value);

/* The same, if it was not said before. */
void work_say_once(struct s3_source *s, enum work_said what,
    const char *message, const char *name, const char *value);

/* What may be in trouble on its own. */
enum work_part {
	WORK_LISTING = 1,
	WORK_READING = 2,
	WORK_QUEUE = 4,
};

/* Upstream does not answer as it should; it does again. */
void work_trouble(struct s3_source *s, enum work_part part, const char *text);
void work_well(struct s3_source *s, enum work_part part);

/* Is it a key of this source that holds logs, none of them before begin_us?
 * Fills in time_us; `modified_us` may be 0. */
bool work_wants(struct s3_source *s, struct span key, int64_t begin_us,
    int64_t modified_us, int64_t *time_us);

/* Milliseconds until that monotonic time (INT64_MAX: never), at most
 * `most_ms`. */
int work_wait_ms(int64_t due_us, int most_ms);

/*
 * The position stays before the object's day until it is given, although later
 * ones are given before it: the next start must list it again.  What a notice
 * told of comes again by itself.
 */
void work_hold(struct s3_source *s, struct object *object);
void work_let_go(struct s3_source *s, struct object *object);

/* The object is safe, or will never be read: tell those who wait for it, and
 * forget it. */
void work_finish(struct s3_source *s, struct object *object);
