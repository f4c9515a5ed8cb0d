/*
 * decoder.h - what the files of this folder share: the decoder itself and
 * the few steps that every source takes to make an event.  Private to
 * src/decode.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "codec/json.h"
#include "decode/decode.h"
#include "decode/fields.h"
#include "event/batch.h"

#define DECODE_NO_TIME INT64_MIN
#define FLOW_COLUMNS_MAX 96

/* What the envelope around a record says about it.  Spans borrow from the
 * batch. */
struct decode_context {
	struct span account, region, cluster;
	struct span stream; /* CloudWatch log stream */
	int64_t time_us;    /* of the envelope, or DECODE_NO_TIME */
};

/* What the parcel's path says; spans borrow from the path. */
struct decode_place {
	struct span account, region, cluster, folder;
	int64_t time_us;
	bool cluster_named; /* by the config or the command line */
};

enum decode_kind { /* the kind of the latest record */
	KIND_NONE,
	KIND_CLOUDTRAIL,
	KIND_AUDIT,
	KIND_DNS,
};

enum line_kind { /* the kind of the latest text line */
	LINE_NONE,
	LINE_FLOW,
	LINE_COREDNS,
	LINE_BIND,
	LINE_ZEEK,
	LINE_ZONE, /* Route 53 public hosted zone */
};

struct flow_columns {
	size_t count;
	bool known; /* `what` holds a header or a well-known order */
	bool comma;
	uint8_t what[FLOW_COLUMNS_MAX];
};

struct zeek_columns {
	size_t count;
	uint8_t what[FLOW_COLUMNS_MAX];
};

/* JSON texts found inside strings, waiting to be parsed together. */
struct inner_text {
	struct decode_context context;
	size_t at, len;
};

struct inner {
	char *text;
	size_t len, room;
	struct inner_text *items;
	size_t count, items_room;
};

/* A record not recognised while nothing else of the parcel was. */
struct unknown {
	struct json_value value;
	struct span text;
};

/*
 * How a DNS name in lower case was split.  Names repeat: most are split once
 * and found by their keyed hash from then on.
 */
#define DECODE_NAMES 2048

struct name_parts {
	uint64_t hash;			       /* 0: free */
	uint8_t suffix, registered, label_len; /* starts; lengths follow */
	bool internal, is_customer, valid;
};

struct decoder {
	struct decode_options options;
	struct decode_counts counts;
	const char *reason;
	struct hash_key key;
	/* the parcel */
	struct span path;
	struct decode_place place;
	bool understood;	  /* any of its records */
	bool refused;		  /* a record that could not be parsed */
	bool skipped;		  /* it is not a log: `reason` says why */
	enum decode_kind settled; /* KIND_NONE: its pieces hang together */
	enum decode_kind kind;
	enum line_kind line;
	int64_t last_us; /* of its latest record with a time */
	struct flow_columns flow;
	struct zeek_columns zeek;
	/* the piece */
	struct batch *batch;
	size_t depth;	/* of JSON inside strings */
	size_t untimed; /* events waiting for a time */
	uint64_t rejected;
	struct span tenant_name;
	uint32_t tenant;
	bool tenant_known;
	struct unknown *unknown;
	size_t nunknown, unknown_room;
	struct inner inner[BATCH_INNER_MAX];
	size_t *joins; /* where line ends of the piece became commas */
	size_t njoins, joins_room;
	/* rarely needed */
	struct json_parser *second; /* tries single records */
	struct buf scratch, mended;
	/* of each source */
	struct field_map cloudtrail_map, identity_map, session_map;
	struct field_map audit_map, gke_map;
	struct field_map dns_map, zeek_map;
	struct field_map wrap_map;
	struct name_parts names[DECODE_NAMES]; /* by hash, the latest */
};

/* --- decode.c --------------------------------------------------------------
 */

/* Count and report a record that cannot be used. */
void decode_reject(struct decoder *d, struct span text, const char *reason);
void decode_reject_value(
    struct decoder *d, struct json_value v, const char *reason);

/* A record of no known kind: reported, or held back until another record
 * shows that the parcel is a log. */
void decode_unknown(struct decoder *d, struct json_value v, struct span text);

/* The parcel is not one we read. */
void decode_skip(struct decoder *d, const char *reason);

/* Is this source allowed by --format?  Counts a record of it as understood. */
bool decode_wants(const struct decoder *d, enum source s);
void decode_understood(struct decoder *d, enum source s);

/* A new event of a source whose time is `text`, or else the envelope's, the
 * previous record's, the path's. */
struct event *decode_event(struct decoder *d, enum source s);
int64_t decode_time_of(
    struct decoder *d, struct span text, const struct decode_context *cx);
void decode_set_time(struct decoder *d, struct event *ev, int64_t time_us);

/* Set account and tenant: the first of the names that is not empty. */
void decode_tenant(struct decoder *d, struct event *ev, struct span account,
    const struct decode_context *cx);

/* Two independent words of an id. */
void decode_id(const struct decoder *d, struct event *ev, struct span id,
    struct span more);

/* The hash of an activity, begun: hash_more() who did what, hash_end(). */
struct hash_state decode_activity(const struct decoder *d, uint64_t salt);

/* ... ended where all that is known is what was done; never 0. */
static inline uint64_t
decode_kind(struct hash_state sum)
{
	uint64_t kind = hash_end(&sum);

	return kind ? kind : 1;
}

/* --- the sources: true when the object is one of theirs --------------------
 */

bool cloudtrail_read(
    struct decoder *d, struct json_value v, const struct decode_context *cx);
bool audit_read(
    struct decoder *d, struct json_value v, const struct decode_context *cx);
bool dns_read(
    struct decoder *d, struct json_value v, const struct decode_context *cx);
void cloudtrail_maps(struct decoder *d);
void audit_maps(struct decoder *d);
void gke_maps(struct decoder *d);
void dns_maps(struct decoder *d);
void wrap_maps(struct decoder *d);

/* A Google Cloud audit log entry of the Kubernetes API. */
bool gke_read(
    struct decoder *d, struct json_value v, const struct decode_context *cx);

/* --- notice.c: only where the format says that it is one --------------------
 */

bool notice_read(
    struct decoder *d, struct json_value v, const struct decode_context *cx);

/* --- wrap.c: any JSON value, unwrapping envelopes ---------------------------
 */

void wrap_value(
    struct decoder *d, struct json_value v, const struct decode_context *cx);
/* Does the text begin as JSON does, and no "[INFO]" line? */
bool wrap_is_json(struct span text);
/* The text of a string: JSON, or a line of a text log. */
void wrap_text(
    struct decoder *d, struct span text, const struct decode_context *cx);
/* What an envelope's own members say, as for its records. */
void wrap_context(
    struct decoder *d, struct json_value envelope, struct decode_context *cx);
/* Parse and decode the texts that were found inside strings. */
void wrap_finish(struct decoder *d);

/* --- piece.c: pieces of JSON ------------------------------------------------
 */

void piece_read(struct decoder *d, enum cut_kind kind, struct span prefix);
/* Parse one text on its own, mending it when that helps; true when it is
 * JSON.  The text to use is in *text. */
bool piece_try(struct decoder *d, struct span *text);

/* --- lines.c: pieces of text ------------------------------------------------
 */

void lines_read(struct decoder *d);
/* One line out of an envelope. */
void lines_one(
    struct decoder *d, struct span line, const struct decode_context *cx);

/* --- vpcflow.c, dns_text.c: true when the line is one of theirs -------------
 */

bool vpcflow_line(
    struct decoder *d, struct span line, const struct decode_context *cx);
bool vpcflow_object(
    struct decoder *d, struct json_value v, const struct decode_context *cx);
bool dns_text_coredns(
    struct decoder *d, struct span line, const struct decode_context *cx);
bool dns_text_bind(
    struct decoder *d, struct span line, const struct decode_context *cx);
bool dns_text_zeek(
    struct decoder *d, struct span line, const struct decode_context *cx);
bool dns_text_zone(
    struct decoder *d, struct span line, const struct decode_context *cx);
/* Add a filled query; spans must live as long as the batch. */
void dns_add(struct decoder *d, struct dns *from, struct span account,
    const struct decode_context *cx);

/* --- flow_side.c ------------------------------------------------------------
 */

/* Fill local, peer, service_port and initiated. */
void flow_side_decide(struct flow *f);

/* --- place.c ----------------------------------------------------------------
 */

void place_read(struct decoder *d, struct span path);

/* --- text_of.c --------------------------------------------------------------
 */

/* Write a value as compact JSON, for a rejected record. */
void text_of_value(struct json_value v, struct buf *out);
