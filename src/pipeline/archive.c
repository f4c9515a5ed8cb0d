#include "pipeline/archive.h"

#include <inttypes.h>
#include <stdlib.h>

struct archive {
	struct archive_options options;
	size_t next, known;
	bool committed; /* since the last parcel was given */
};

struct archive *
archive_new(const struct archive_options *options)
{
	struct archive *a = status_calloc(1, sizeof(*a));

	a->options = *options;
	a->committed = true;
	return a;
}

void
archive_free(struct archive *a)
{
	free(a);
}

/* A path that is to be fetched has a scheme before its name. */
static bool
is_remote(const char *path)
{
	return span_starts(span_str(path), SPAN("s3://"));
}

static enum pipeline_next
next(void *cookie, struct pipeline_parcel *parcel)
{
	struct archive *a = cookie;
	const struct archive_options *o = &a->options;
	struct parcel *p;

	while (a->next < o->plan->count && o->consumed != NULL &&
	       o->consumed(o->cookie, &o->plan->parcels[a->next])) {
		a->next++;
		a->known++;
	}
	if (a->next == o->plan->count)
		return PIPELINE_END;
	if (!a->committed && o->due != NULL && o->due(o->cookie)) {
		a->committed = true;
		return PIPELINE_COMMIT;
	}
	a->committed = false;
	p = &o->plan->parcels[a->next++];
	parcel->place = span_str(p->place);
	parcel->path = is_remote(p->path) ? NULL : p->path;
	parcel->format = o->format;
	parcel->cluster = o->cluster;
	parcel->copies = p->copies;
	parcel->ticket = p;
	return PIPELINE_PARCEL;
}

static void
finished(void *cookie, void *ticket, const struct pipeline_outcome *outcome)
{
	struct archive *a = cookie;
	const struct archive_options *o = &a->options;
	const struct parcel *p = ticket;

	if (outcome->skipped != NULL)
		plan_skip(o->plan, p->path, outcome->skipped, outcome->partial);
	if (outcome->refused > 0) {
		struct buf text = { 0 };

		buf_printf(&text, "%" PRIu64 " record%s not understood: %s",
		    outcome->refused, outcome->refused == 1 ? "" : "s",
		    outcome->because);
		plan_skip(o->plan, p->path, buf_text(&text), true);
		buf_done(&text);
	}
	if (o->consume != NULL)
		o->consume(o->cookie, p, outcome);
}

static bool
fetch(void *cookie, unsigned worker, struct pipeline_parcel *parcel,
    struct buf *error)
{
	const struct archive *a = cookie;

	return a->options.fetch(a->options.fetch_cookie, worker, parcel, error);
}

static void
commit(void *cookie, struct pipeline *pipeline)
{
	const struct archive *a = cookie;

	if (a->options.commit != NULL)
		a->options.commit(a->options.cookie, pipeline);
}

struct pipeline_intake
archive_intake(struct archive *a)
{
	return (struct pipeline_intake){
		.next = next,
		.fetch = a->options.fetch != NULL ? fetch : NULL,
		.finished = finished,
		.commit = commit,
		.cookie = a,
	};
}

size_t
archive_known(const struct archive *a)
{
	return a->known;
}
