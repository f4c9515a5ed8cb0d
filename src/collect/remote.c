#include "collect/remote.h"

#include <stdlib.h>
#include <string.h>

#define SCHEME "s3://"
#define HEADS_AT_ONCE 16

struct place {
	char *bucket;
	struct aws *aws;
	struct s3 *s3;
	struct place *next;
};

struct remote {
	const struct config *config;
	struct place *places;
};

struct remote *
remote_new(const struct config *config)
{
	struct remote *r = status_calloc(1, sizeof(*r));

	r->config = config;
	return r;
}

void
remote_free(struct remote *r)
{
	if (r == NULL)
		return;
	while (r->places != NULL) {
		struct place *p = r->places;

		r->places = p->next;
		s3_free(p->s3);
		aws_free(p->aws);
		free(p->bucket);
		free(p);
	}
	free(r);
}

bool
remote_is_path(const char *path)
{
	return span_starts(span_str(path), SPAN(SCHEME));
}

static void
split(struct span path, struct span *bucket, struct span *key)
{
	path = span_skip(path, sizeof(SCHEME) - 1);
	*bucket = span_first(path, span_find(path, '/', 0));
	*key = span_skip(path, bucket->len + 1);
}

/* The source of that bucket, or NULL. */
static const struct config_source *
source_of(const struct config *config, struct span bucket)
{
	for (size_t i = 0; i < config->nsources; i++) {
		const struct config_source *c = &config->sources[i];

		if (strcmp(c->kind, "s3") == 0 &&
		    span_equal(span_str(c->bucket), bucket))
			return c;
	}
	return NULL;
}

static enum status
place_of(struct remote *r, struct span bucket, struct place **place,
    struct buf *error)
{
	static const struct config_source nobody = { .path_style = -1 };
	const struct config_source *c = source_of(r->config, bucket);
	struct credentials_options who;
	struct place *p = r->places;
	enum status st;

	while (p != NULL && !span_equal(span_str(p->bucket), bucket))
		p = p->next;
	if (p != NULL) {
		*place = p;
		return STATUS_OK;
	}
	if (c == NULL)
		c = &nobody;
	who = credentials_options_of(c);
	p = status_calloc(1, sizeof(*p));
	p->bucket = span_to_str(bucket);
	p->aws = aws_new(credentials_new(&who));
	p->next = r->places;
	r->places = p;
	st = s3_new(
	    &(struct s3_options){
		.aws = p->aws,
		.bucket = p->bucket,
		.region = c->region,
		.endpoint = c->endpoint,
		.path_style = c->path_style,
		.requester_pays = c->requester_pays > 0,
	    },
	    &p->s3, error);
	*place = p;
	return st;
}

/* --- listing -------------------------------------------------------------- */

struct listing {
	const struct place *place;
	void (*object)(void *cookie, const struct remote_object *object);
	void *cookie;
	size_t count;
	char *token; /* of the next page; NULL: none */
	bool over;
	enum status st;
	struct buf *error;
};

static void
tell_object(struct listing *l, const struct s3_object *o)
{
	struct buf path = { 0 };
	char *place;

	/* What stands for a folder. */
	if (o->key.at[o->key.len - 1] == '/' && o->size == 0)
		return;
	place = span_to_str(o->key);
	buf_printf(&path, SCHEME "%s/%s#%.*s", l->place->bucket, place,
	    SPAN_ARGS(o->etag));
	l->count++;
	l->object(l->cookie, &(struct remote_object){
				 .path = path.at,
				 .place = place,
				 .etag = o->etag,
				 .size = o->size,
				 .modified_us = o->modified_us,
				 .cold = o->cold,
			     });
	buf_done(&path);
	free(place);
}

static void
on_listed(void *cookie, const struct s3_listing *page)
{
	struct listing *l = cookie;

	l->over = true;
	free(l->token);
	l->token = NULL;
	if (page->outcome != S3_DONE) {
		l->st = page->outcome == S3_NO_BUCKET ? STATUS_NOT_FOUND
						      : STATUS_UNAVAILABLE;
		buf_add_str(l->error, page->text);
		return;
	}
	for (size_t i = 0; i < page->page->nobjects; i++)
		tell_object(l, &page->page->objects[i]);
	if (page->page->truncated)
		l->token = span_to_str(page->page->token);
}

static void
list_pages(struct listing *l, struct span prefix)
{
	do {
		l->over = false;
		s3_list(l->place->s3, &(struct s3_list){
					  .prefix = prefix,
					  .token = span_str(l->token),
					  .done = on_listed,
					  .cookie = l,
				      });
		while (!l->over)
			aws_run(l->place->aws, 1000, -1);
	} while (l->token != NULL);
}

enum status
remote_list(struct remote *r, const char *path,
    void (*object)(void *cookie, const struct remote_object *object),
    void *cookie, struct buf *error)
{
	struct listing l = {
		.object = object, .cookie = cookie, .error = error
	};
	struct span bucket, prefix;
	struct place *place;
	enum status st;

	split(span_str(path), &bucket, &prefix);
	st = place_of(r, bucket, &place, error);
	if (st != STATUS_OK)
		return st;
	l.place = place;
	list_pages(&l, prefix);
	if (l.st == STATUS_OK && l.count == 0) {
		buf_add_str(error, "no key begins so");
		return STATUS_NOT_FOUND;
	}
	return l.st;
}

/* --- downloads ------------------------------------------------------------ */

/* Bucket and key of a path that remote_list() told. */
static struct s3 *
bucket_of(struct remote *r, const char *path, struct span *key)
{
	struct span bucket, rest;
	struct buf unused = { 0 };
	struct place *place;
	bool known;

	split(span_str(path), &bucket, &rest);
	known = place_of(r, bucket, &place, &unused) == STATUS_OK;
	ASSERT(known);
	buf_done(&unused);
	/* No ETag has the sign that stands before it. */
	*key = span_first(rest, span_rfind(rest, '#'));
	return place->s3;
}

struct peeking {
	const struct remote_heads *heads;
	size_t under_way;
};

struct peek {
	struct peeking *all;
	size_t index;
};

static void
on_head(void *cookie, const struct s3_download *d)
{
	struct peek *k = cookie;
	const struct remote_heads *heads = k->all->heads;

	k->all->under_way--;
	heads->head(heads->cookie, k->index,
	    span_of(d->body, d->body != NULL ? d->len : 0));
	free(d->body);
	free(k);
}

void
remote_heads(struct remote *r, const struct remote_heads *heads)
{
	struct peeking all = { .heads = heads };
	size_t next = 0;

	while (next < heads->count || all.under_way > 0) {
		while (next < heads->count && all.under_way < HEADS_AT_ONCE) {
			struct peek *k = status_calloc(1, sizeof(*k));
			struct span key;
			struct s3 *s3 = bucket_of(r, heads->paths[next], &key);

			k->all = &all;
			k->index = next++;
			all.under_way++;
			s3_get(s3, &(struct s3_get){
				       .key = key,
				       .memory_limit = heads->bytes,
				       .first_bytes = heads->bytes,
				       .done = on_head,
				       .cookie = k,
				   });
		}
		remote_run(r, 1000, -1);
	}
}

void
remote_start(struct remote *r, const struct remote_get *get)
{
	struct span key;
	struct s3 *s3 = bucket_of(r, get->path, &key);

	s3_get(s3, &(struct s3_get){
		       .key = key,
		       .memory_limit = get->memory_limit,
		       .spool = get->spool,
		       .done = get->done,
		       .cookie = get->cookie,
		   });
}

void
remote_run(struct remote *r, int wait_ms, int wake_fd)
{
	size_t busy = 0;

	for (const struct place *p = r->places; p != NULL; p = p->next)
		busy += aws_under_way(p->aws) > 0;
	for (struct place *p = r->places; p != NULL; p = p->next) {
		if (aws_under_way(p->aws) > 0 || (busy == 0 && !p->next))
			aws_run(p->aws, busy > 1 ? 1 : wait_ms, wake_fd);
	}
}
