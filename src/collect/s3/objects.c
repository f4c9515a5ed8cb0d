#include "collect/s3/objects.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/status.h"

#define BUCKETS_FIRST 1024

struct objects {
	struct object **buckets;
	size_t nbuckets, count;
	struct object **found;
	size_t nfound, found_room;
	/* The queue is a ring that grows. */
	struct object **ring;
	size_t head, queued, ring_room;
};

struct objects *
objects_new(void)
{
	struct objects *o = status_calloc(1, sizeof(*o));

	o->nbuckets = BUCKETS_FIRST;
	o->buckets = status_calloc(o->nbuckets, sizeof(*o->buckets));
	return o;
}

static void
free_object(struct object *x)
{
	while (x->notices != NULL) {
		struct object_notice *n = x->notices;

		x->notices = n->next;
		free(n);
	}
	if (x->fd >= 0)
		(void)close(x->fd);
	free(x->body);
	free(x->key);
	free(x->etag);
	free(x->other_key);
	free(x->signature);
	free(x);
}

void
objects_free(struct objects *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->nbuckets; i++) {
		while (o->buckets[i] != NULL) {
			struct object *x = o->buckets[i];

			o->buckets[i] = x->next;
			free_object(x);
		}
	}
	free(o->buckets);
	free(o->found);
	free(o->ring);
	free(o);
}

/* --- the table ------------------------------------------------------------ */

static uint64_t
hash_of(struct span key, struct span etag)
{
	return hash_mix(hash_seeded(&HASH_KEY_DEFAULT, 1, key),
	    hash_seeded(&HASH_KEY_DEFAULT, 2, etag));
}

struct object *
objects_find(const struct objects *o, struct span key, struct span etag)
{
	uint64_t hash = hash_of(key, etag);
	struct object *x = o->buckets[hash % o->nbuckets];

	while (x != NULL &&
	       (x->hash != hash || !span_equal(span_str(x->key), key) ||
		   !span_equal(span_str(x->etag), etag)))
		x = x->next;
	return x;
}

static void
link_object(struct objects *o, struct object *x)
{
	struct object **at;

	x->hash = hash_of(span_str(x->key), span_str(x->etag));
	at = &o->buckets[x->hash % o->nbuckets];
	x->next = *at;
	*at = x;
}

static void
unlink_object(struct objects *o, const struct object *x)
{
	struct object **at = &o->buckets[x->hash % o->nbuckets];

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
}

static void
grow_table(struct objects *o)
{
	struct object **old = o->buckets;
	size_t n = o->nbuckets;

	ASSERT(n > 0);
	o->nbuckets = 4 * n;
	o->buckets = status_calloc(o->nbuckets, sizeof(*o->buckets));
	for (size_t i = 0; i < n; i++) {
		while (old[i] != NULL) {
			struct object *x = old[i];

			old[i] = x->next;
			link_object(o, x);
		}
	}
	free(old);
}

struct object *
objects_add(struct objects *o, struct span key, struct span etag)
{
	struct object *x = status_calloc(1, sizeof(*x));

	if (o->count >= 2 * o->nbuckets)
		grow_table(o);
	x->key = span_to_str(key);
	x->etag = span_to_str(etag);
	x->fd = -1;
	link_object(o, x);
	o->count++;
	if (o->nfound == o->found_room) {
		o->found_room = 2 * o->found_room + 256;
		o->found = status_realloc(
		    o->found, o->found_room, sizeof(struct object *));
	}
	o->found[o->nfound++] = x;
	return x;
}

bool
objects_rename(struct objects *o, struct object *object, struct span etag,
    struct object **other)
{
	char *text;

	if (span_equal(span_str(object->etag), etag))
		return true;
	*other = objects_find(o, span_str(object->key), etag);
	if (*other != NULL)
		return false;
	text = span_to_str(etag);
	unlink_object(o, object);
	free(object->etag);
	object->etag = text;
	link_object(o, object);
	return true;
}

bool
objects_use_other_key(
    struct objects *o, struct object *object, struct object **other)
{
	*other = objects_find(
	    o, span_str(object->other_key), span_str(object->etag));
	if (*other != NULL)
		return false;
	unlink_object(o, object);
	free(object->key);
	object->key = object->other_key;
	object->other_key = NULL;
	link_object(o, object);
	return true;
}

void
objects_drop(struct objects *o, struct object *object)
{
	if (object->state == OBJECT_WAITING ||
	    object->state == OBJECT_READING || object->state == OBJECT_HELD)
		objects_unqueue(o, object);
	for (size_t i = 0; object->state == OBJECT_FOUND && i < o->nfound;
	     i++) {
		if (o->found[i] != object)
			continue;
		o->found[i] = o->found[--o->nfound];
		break;
	}
	unlink_object(o, object);
	o->count--;
	free_object(object);
}

void
objects_merge(struct objects *o, struct object *object, struct object *other)
{
	struct object_notice **last = &other->notices;

	while (*last != NULL)
		last = &(*last)->next;
	*last = object->notices;
	object->notices = NULL;
	objects_drop(o, object);
}

/* --- the queue ------------------------------------------------------------ */

static int
by_plan(const void *left, const void *right)
{
	const struct object *a = *(const struct object *const *)left;
	const struct object *b = *(const struct object *const *)right;
	int order;

	if (a->time_us != b->time_us)
		return a->time_us < b->time_us ? -1 : 1;
	order = strcmp(a->key, b->key);
	return order ? order : strcmp(a->etag, b->etag);
}

void
objects_queue(struct objects *o, struct object *object)
{
	if (o->queued == o->ring_room) {
		size_t room = 2 * o->ring_room + 256;
		struct object **ring = status_calloc(room, sizeof(*ring));

		for (size_t i = 0; i < o->queued; i++)
			ring[i] = objects_at(o, i);
		free(o->ring);
		o->ring = ring;
		o->ring_room = room;
		o->head = 0;
	}
	o->ring[(o->head + o->queued++) % o->ring_room] = object;
	object->state = OBJECT_WAITING;
}

size_t
objects_queue_round(struct objects *o, int64_t before_us)
{
	size_t i = 0;

	if (o->nfound > 1)
		qsort(o->found, o->nfound, sizeof(struct object *), by_plan);
	while (i < o->nfound && o->found[i]->time_us < before_us)
		objects_queue(o, o->found[i++]);
	if (i < o->nfound && i > 0)
		memmove(o->found, o->found + i,
		    (o->nfound - i) * sizeof(struct object *));
	o->nfound -= i;
	return i;
}

size_t
objects_queued(const struct objects *o)
{
	return o->queued;
}

struct object *
objects_at(const struct objects *o, size_t i)
{
	return o->ring[(o->head + i) % o->ring_room];
}

struct object *
objects_take(struct objects *o)
{
	struct object *x = objects_at(o, 0);

	o->head = (o->head + 1) % o->ring_room;
	o->queued--;
	return x;
}

void
objects_unqueue(struct objects *o, const struct object *object)
{
	size_t i = 0;

	while (objects_at(o, i) != object)
		i++;
	for (; i > 0; i--)
		o->ring[(o->head + i) % o->ring_room] = objects_at(o, i - 1);
	(void)objects_take(o);
}

size_t
objects_count(const struct objects *o)
{
	return o->count;
}

size_t
objects_found(const struct objects *o)
{
	return o->nfound;
}

void
objects_each(struct objects *o,
    void (*visit)(void *cookie, struct object *object), void *cookie)
{
	for (size_t i = 0; i < o->nbuckets; i++) {
		struct object *x = o->buckets[i];

		while (x != NULL) {
			struct object *next = x->next;

			visit(cookie, x);
			x = next;
		}
	}
}
