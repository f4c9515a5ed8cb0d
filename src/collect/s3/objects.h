/*
 * objects.h - what is known to wait in a bucket and is not yet safe.
 *
 * An object is known by key and ETag, once, from the first time that a
 * listing or a notice tells of it until it is safe.  Those to be read stand
 * in a queue; each round of them is put in the order of a plan (time in the
 * name, then key) and goes behind those before.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

enum object_state {
	OBJECT_FOUND,	/* in the round that is being collected */
	OBJECT_WAITING, /* in the queue */
	OBJECT_READING,
	OBJECT_HELD,  /* read, waits for those before it */
	OBJECT_GIVEN, /* the host has it */
	OBJECT_ASIDE, /* cannot be read now; due_us says when again */
};

struct object {
	char *key, *etag; /* etag "": not known yet */
	char *other_key;  /* what the notice may have meant; NULL: nothing */
	int64_t time_us;  /* in its name, else when it was written */
	int64_t day;	  /* the round it was listed for; 0: a notice */
	int64_t modified_us;
	uint64_t size;
	enum object_state state;
	bool digest;
	bool held_for;	 /* see work_hold() */
	char *signature; /* of a digest; NULL: none was there */
	/* While READING: who reads it, and the bytes counted for it. */
	void *reader;
	size_t memory;
	unsigned failures;
	int64_t due_us; /* monotonic */
	/* Who is to be told when it is safe; owned by whoever set it. */
	struct object_notice *notices;
	/* What was read, while HELD. */
	char *body;
	size_t len;
	int fd;
	uint64_t hash;
	struct object *next; /* of the same bucket of the table */
};

/* A message that names an object. */
struct object_notice {
	void *message;
	struct object_notice *next;
};

struct objects;

struct objects *objects_new(void);
void objects_free(struct objects *o); /* all of them; NULL is allowed */

/* The object of that key and ETag, or NULL. */
struct object *objects_find(
    const struct objects *o, struct span key, struct span etag);

/* One that was not known; it is FOUND. */
struct object *objects_add(
    struct objects *o, struct span key, struct span etag);

/* Its ETag became known: false when that is known under another object
 * already, which is given in *other. */
bool objects_rename(struct objects *o, struct object *object, struct span etag,
    struct object **other);

/* It is under its other key; false when that is known already, as above. */
bool objects_use_other_key(
    struct objects *o, struct object *object, struct object **other);

/* It turned out to be the other one: who waits for it waits for that; it is
 * forgotten as by objects_drop(). */
void objects_merge(
    struct objects *o, struct object *object, struct object *other);

/* Forget it, wherever it stands; frees its notices' links and its body. */
void objects_drop(struct objects *o, struct object *object);

/* What was FOUND and is of a time before that goes into the queue, in its
 * order: how many. */
size_t objects_queue_round(struct objects *o, int64_t before_us);

/* Put one behind the queue. */
void objects_queue(struct objects *o, struct object *object);

/* The queue: WAITING, READING and HELD ones, in their order. */
size_t objects_queued(const struct objects *o);
struct object *objects_at(const struct objects *o, size_t i);
/* Take the first out of the queue. */
struct object *objects_take(struct objects *o);
/* Take another out of the queue. */
void objects_unqueue(struct objects *o, const struct object *object);

/* Known in all, and those FOUND. */
size_t objects_count(const struct objects *o);
size_t objects_found(const struct objects *o);

/* Visit all; `visit` may drop the object it is given. */
void objects_each(struct objects *o,
    void (*visit)(void *cookie, struct object *object), void *cookie);
