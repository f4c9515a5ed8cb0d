/*
 * inventory.h - what belongs to what, for as long as the logs say so.
 *
 * Rows of (relation, scope, name) -> value with the time from and to which it
 * holds, how sure it is, and the record that taught it.  A name that comes to
 * mean something else ends the row before it, so that a pod's address asked
 * for at a time gives the pod that had it then.
 *
 * Memory is bounded: two generations of rows; when the young one is full the
 * old one is dropped, and what was used meanwhile has moved to the young one.
 * What was still true when it was dropped is counted.  Rows and texts are
 * plain bytes without pointers.  Everything depends on what was taught and
 * asked, in its order, and on nothing else.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/image.h"
#include "base/span.h"

/* Scope is the cluster, or empty for what an account has only one of.
 * Numbers are stored: add at the end. */
enum inventory_relation {
	INVENTORY_NONE,
	INVENTORY_ADDRESS_CLUSTER,  /* address -> cluster */
	INVENTORY_ADDRESS_POD,	    /* address -> NAMESPACE/POD */
	INVENTORY_ADDRESS_NODE,	    /* address -> node */
	INVENTORY_ADDRESS_INSTANCE, /* address -> instance id */
	INVENTORY_POD_WORKLOAD,	    /* pod -> NAMESPACE/KIND/NAME */
	INVENTORY_POD_IMAGE,	    /* pod -> its first container's image */
	INVENTORY_POD_DIGEST,	    /* pod -> the digest that runs */
	INVENTORY_POD_NODE,	    /* pod -> node */
	INVENTORY_POD_ACCOUNT,	    /* pod -> NAMESPACE/SERVICEACCOUNT */
	INVENTORY_WORKLOAD_IMAGE,   /* workload -> its first image */
	INVENTORY_WORKLOAD_PERSON,  /* workload -> who changed it last */
	INVENTORY_OWNER,	    /* workload, namespace, instance -> owner */
	INVENTORY_CONTACT,	    /* the same -> how to reach the owner */
	INVENTORY_NODE_INSTANCE,    /* node -> instance id */
	INVENTORY_INSTANCE_PERSON,  /* instance -> who started it */
	INVENTORY_INTERFACE,	    /* interface -> instance id */
	INVENTORY_ACCOUNT_CLUSTER,  /* NAMESPACE/SERVICEACCOUNT -> cluster */
	INVENTORY_ROLE_ACCOUNT,	    /* role's ARN -> NAMESPACE/SERVICEACCOUNT */
	INVENTORY_KEY_ACCOUNT,	    /* access key -> NAMESPACE/SERVICEACCOUNT */
	INVENTORY_KEY_PERSON,	/* access key -> ARN that assumed the role */
	INVENTORY_ADDRESS_NAME, /* CLIENT>ADDRESS -> name it asked for */
	INVENTORY_ADDRESS_USER, /* address -> who was seen from it */
	INVENTORY_CLUSTER_KIND, /* cluster -> eks, gke or aks */
	INVENTORY_RELATIONS,
};

/* "pod", "workload", ...: what the value is; never NULL. */
const char *inventory_relation_text(enum inventory_relation r);

enum inventory_sure {
	INVENTORY_GUESSED,  /* by the form of a name */
	INVENTORY_INFERRED, /* from something else that was said */
	INVENTORY_SAID,	    /* by the record itself */
};

/* "guessed", "inferred", "said by the log". */
const char *inventory_sure_text(enum inventory_sure sure);

#define INVENTORY_FOREVER INT64_MAX
#define INVENTORY_NAME_BYTES 384  /* of scope and name */
#define INVENTORY_VALUE_BYTES 512 /* of a value */
#define INVENTORY_RECORD_BYTES 64 /* of a record's id; longer ones are cut */
/* A row is taken for true so much before it was said and after its end: logs
 * tell of an address seconds after it was given. */
#define INVENTORY_SLACK_US (INT64_C(60) * 1000000)

struct inventory_row {
	enum inventory_relation relation;
	enum inventory_sure sure;
	struct span scope, name, value;
	struct span record;	/* id of the record that taught it */
	int64_t from_us, to_us; /* to_us: INVENTORY_FOREVER while it holds */
	int64_t seen_us;	/* said last */
};

struct inventory;

struct inventory *inventory_new(size_t limit_bytes, const struct hash_key *key);
void inventory_free(struct inventory *t); /* NULL is allowed */

/*
 * From from_us on, this holds; to_us and seen_us are not looked at.  What was
 * said before of the name ends then; said of an earlier time than that, it
 * holds until what is known begins.  An empty name or value teaches nothing;
 * texts past the bounds are counted as refused.
 */
void inventory_learn(struct inventory *t, const struct inventory_row *given);

/* The name means nothing any more. */
void inventory_end(struct inventory *t, enum inventory_relation relation,
    struct span scope, struct span name, int64_t time_us);

/*
 * What the name means at a time.  False when that is not known; else *row,
 * whose spans are valid until the next call of inventory_learn() or
 * inventory_find().
 */
struct inventory_question {
	enum inventory_relation relation;
	struct span scope, name;
	int64_t time_us;
};

bool inventory_find(struct inventory *t, const struct inventory_question *q,
    struct inventory_row *row);

/* All rows, those said longest ago first. */
void inventory_each(const struct inventory *t,
    void (*visit)(void *cookie, const struct inventory_row *row), void *cookie);

struct inventory_sizes {
	size_t rows, bytes;
	uint64_t forgotten; /* still true when there was no room */
	uint64_t refused;   /* too long */
};

struct inventory_sizes inventory_sizes(const struct inventory *t);

/*
 * INVENTORY_REGIONS regions from `first` on.  Loading into a new inventory;
 * false when the bytes are damaged.  Of another version, or none: it is empty
 * and learns anew.
 */
#define INVENTORY_REGIONS 5
void inventory_save(
    const struct inventory *t, const struct image_writer *w, unsigned first);
bool inventory_load(
    struct inventory *t, const struct image_reader *r, unsigned first);
