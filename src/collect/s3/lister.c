#include "collect/s3/lister.h"

#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "collect/name_time.h"
#include "collect/s3/layout.h"
#include "net/clock.h"

#define AT_ONCE 8
#define DEPTH_MAX 16
#define FOLDERS_MAX 50000
#define AGAIN_US (5 * CIVIL_US_PER_S)
#define AGAIN_DENIED_US (60 * CIVIL_US_PER_S)
/* What comes so much later than its neighbours is left to a full listing. */
#define LATE_US (6 * CIVIL_US_PER_HOUR)
#define SHORT_KEYS 1000 /* listed whole: one page */

struct stream {
	char *prefix;
	enum layout_form form;
	bool whole; /* FLAT: with all folders below */
	/* FLAT: is time_us of keys in their order?  Then `late` is the last
	 * one that is old enough not to be listed again. */
	bool disordered;
	uint64_t keys;
	int64_t newest_us;
	char *late;
};

enum task_kind {
	TASK_FOLDER, /* look for streams */
	TASK_YEAR,   /* is what looks like a year made of months ... */
	TASK_MONTH,  /* ... and those of days? */
	TASK_KEYS,   /* list keys */
};

struct task {
	struct lister *lister;
	enum task_kind kind;
	char *prefix;
	char *token; /* of the next page */
	unsigned depth;
	int64_t day;
	size_t stream; /* SIZE_MAX: none */
	bool delimited, from_late;
	int64_t due_us;
	int64_t last_us; /* of the key before */
	struct task *next;
};

struct lister {
	struct lister_options options;
	char *prefix;
	struct stream *streams;
	size_t nstreams, streams_room;
	struct task *waiting, **last; /* in order */
	struct task *running[AT_ONCE];
	size_t under_way, folders;
};

struct lister *
lister_new(const struct lister_options *options)
{
	struct lister *l = status_calloc(1, sizeof(*l));

	l->options = *options;
	l->prefix = span_to_str(span_str(options->prefix));
	l->last = &l->waiting;
	return l;
}

static void
free_task(struct task *t)
{
	free(t->prefix);
	free(t->token);
	free(t);
}

void
lister_free(struct lister *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->under_way; i++)
		free_task(l->running[i]);
	while (l->waiting != NULL) {
		struct task *t = l->waiting;

		l->waiting = t->next;
		free_task(t);
	}
	for (size_t i = 0; i < l->nstreams; i++) {
		free(l->streams[i].prefix);
		free(l->streams[i].late);
	}
	free(l->streams);
	free(l->prefix);
	free(l);
}

static void
put_behind(struct lister *l, struct task *t)
{
	t->next = NULL;
	*l->last = t;
	l->last = &t->next;
}

static struct task *
add_task(struct lister *l, enum task_kind kind, struct span prefix)
{
	struct task *t = status_calloc(1, sizeof(*t));

	t->lister = l;
	t->kind = kind;
	t->prefix = span_to_str(prefix);
	t->stream = SIZE_MAX;
	t->delimited = kind != TASK_KEYS;
	t->last_us = INT64_MIN;
	put_behind(l, t);
	return t;
}

static size_t
find_stream(const struct lister *l, struct span prefix, enum layout_form form)
{
	size_t i = 0;

	while (i < l->nstreams &&
	       (l->streams[i].form != form ||
		   !span_equal(span_str(l->streams[i].prefix), prefix)))
		i++;
	return i;
}

/* The stream of that folder, which may be known; SIZE_MAX: too many. */
static size_t
add_stream(struct lister *l, struct span prefix, enum layout_form form)
{
	size_t i = find_stream(l, prefix, form);

	if (i < l->nstreams)
		return i;
	if (l->nstreams == FOLDERS_MAX)
		return SIZE_MAX;
	if (l->nstreams == l->streams_room) {
		l->streams_room = 2 * l->streams_room + 64;
		l->streams = status_realloc(
		    l->streams, l->streams_room, sizeof(*l->streams));
	}
	l->streams[l->nstreams] =
	    (struct stream){ .prefix = span_to_str(prefix),
		    .form = form,
		    .newest_us = INT64_MIN };
	return l->nstreams++;
}

/* --- what a page tells ---------------------------------------------------- */

static struct span
last_part(struct span folder)
{
	struct span all = span_first(folder, folder.len - 1);
	size_t slash = span_rfind(all, '/');

	return slash < all.len ? span_skip(all, slash + 1) : all;
}

/* AWS's own streams are as documented; others are looked at. */
static bool
is_documented(struct span prefix)
{
	struct layout_names n = layout_names_of(prefix);

	return n.digest || span_equal(n.service, SPAN("CloudTrail")) ||
	       span_equal(n.service, SPAN("vpcflowlogs")) ||
	       span_equal(n.service, SPAN("vpcdnsquerylogs"));
}

/* A folder without days that is listed with all below it. */
static void
list_whole(struct lister *l, struct span prefix)
{
	size_t i = add_stream(l, prefix, LAYOUT_FLAT);

	if (i == SIZE_MAX || l->streams[i].whole)
		return;
	l->streams[i].whole = true;
	add_task(l, TASK_KEYS, prefix)->stream = i;
}

static void
on_date_folder(struct task *t, struct span folder, enum layout_form form,
    struct span before)
{
	struct lister *l = t->lister;
	struct span prefix = span_first(
	    folder, folder.len - last_part(folder).len - 1 + before.len);
	size_t known = l->nstreams;

	if ((form == LAYOUT_ROW || form == LAYOUT_HIVE) &&
	    !is_documented(prefix)) {
		if (find_stream(l, prefix, form) == known)
			add_task(l, TASK_YEAR, folder);
		return;
	}
	(void)add_stream(l, prefix, form);
}

static void
on_folder(struct task *t, struct span folder)
{
	struct lister *l = t->lister;
	struct span name, before;
	enum layout_form form;

	if (folder.len == 0 || folder.at[folder.len - 1] != '/' ||
	    span_equal(folder, span_str(t->prefix)))
		return;
	name = last_part(folder);
	if (layout_is_foreign(name) ||
	    (!l->options.digests &&
		span_equal(name, SPAN("CloudTrail-Digest"))))
		return;
	form = layout_of_folder(name, &before);
	if (form != LAYOUT_FLAT)
		on_date_folder(t, folder, form, before);
	else if (t->depth == DEPTH_MAX || l->folders >= FOLDERS_MAX)
		list_whole(l, folder);
	else {
		l->folders++;
		add_task(l, TASK_FOLDER, folder)->depth = t->depth + 1;
	}
}

/* All below is folders of two digits, as months and days are written, or
 * "month=" and "day=" before one or two. */
static bool
is_made_of(const struct s3_page *page, struct span lead)
{
	for (size_t i = 0; i < page->nprefixes; i++) {
		struct span name = last_part(page->prefixes[i]);
		uint64_t n;

		if (span_starts(name, lead))
			name = span_skip(name, lead.len);
		else if (name.len != 2)
			return false;
		if (name.len > 2 || !span_to_u64(name, &n))
			return false;
	}
	return page->nprefixes > 0 && page->nobjects == 0;
}

/* "stream/2026/" or "stream/2026/11/": is there what should be? */
static void
on_probe(struct task *t, const struct s3_page *page)
{
	struct lister *l = t->lister;
	bool is_year = t->kind == TASK_YEAR;
	struct span at = span_str(t->prefix);
	enum layout_form form;

	if (!is_made_of(page, is_year ? SPAN("month=") : SPAN("day="))) {
		if (!is_year) /* the year that stands above */
			at = span_first(at, at.len - last_part(at).len - 1);
		list_whole(l, at);
		return;
	}
	if (is_year) {
		add_task(l, TASK_MONTH, page->prefixes[page->nprefixes - 1]);
		return;
	}
	at = span_first(at, at.len - last_part(at).len - 1);
	form = layout_of_folder(last_part(at), NULL);
	(void)add_stream(
	    l, span_first(at, at.len - last_part(at).len - 1), form);
}

/* Keep in mind what need not be listed again, if times follow keys. */
static void
note_order(struct task *t, struct stream *s, struct span key)
{
	int64_t time_us = name_time_of(key);

	s->keys++;
	if (time_us == NAME_TIME_NONE || time_us < t->last_us)
		s->disordered = true;
	else if (s->newest_us != INT64_MIN &&
		 time_us <= s->newest_us - LATE_US) {
		free(s->late);
		s->late = span_to_str(key);
	}
	if (time_us == NAME_TIME_NONE)
		return;
	t->last_us = time_us;
	if (time_us > s->newest_us)
		s->newest_us = time_us;
}

static void
on_keys(struct task *t, const struct s3_page *page)
{
	struct lister *l = t->lister;

	if (t->kind == TASK_FOLDER && page->nobjects > 0 &&
	    t->stream == SIZE_MAX)
		t->stream = add_stream(l, span_str(t->prefix), LAYOUT_FLAT);
	for (size_t i = 0; i < page->nobjects; i++) {
		const struct s3_object *o = &page->objects[i];

		if (t->stream != SIZE_MAX &&
		    l->streams[t->stream].form == LAYOUT_FLAT)
			note_order(t, &l->streams[t->stream], o->key);
		l->options.object(l->options.cookie, o, t->day);
	}
}

static void
on_page(struct task *t, const struct s3_page *page)
{
	switch (t->kind) {
	case TASK_YEAR:
	case TASK_MONTH:
		on_probe(t, page);
		break;
	case TASK_FOLDER:
		for (size_t i = 0; i < page->nprefixes; i++)
			on_folder(t, page->prefixes[i]);
		on_keys(t, page);
		break;
	case TASK_KEYS:
		on_keys(t, page);
		break;
	}
}

/* --- tasks ---------------------------------------------------------------- */

static void
stop_running(struct lister *l, const struct task *t)
{
	size_t i = 0;

	while (l->running[i] != t)
		i++;
	l->running[i] = l->running[--l->under_way];
}

static void
on_listed(void *cookie, const struct s3_listing *listing)
{
	struct task *t = cookie;
	struct lister *l = t->lister;

	stop_running(l, t);
	if (listing->outcome != S3_DONE) {
		t->due_us =
		    clock_mono_us() + (listing->outcome == S3_UNAVAILABLE
					      ? AGAIN_US
					      : AGAIN_DENIED_US);
		/* A token may be what is refused. */
		free(t->token);
		t->token = NULL;
		put_behind(l, t);
		l->options.trouble(
		    l->options.cookie, listing->outcome, listing->text);
		return;
	}
	on_page(t, listing->page);
	/* Probes look at one page: more of the same follows. */
	if (listing->page->truncated &&
	    (t->kind == TASK_FOLDER || t->kind == TASK_KEYS)) {
		free(t->token);
		t->token = span_to_str(listing->page->token);
		t->due_us = 0;
		t->next = l->waiting;
		if (l->waiting == NULL)
			l->last = &t->next;
		l->waiting = t;
	} else {
		free_task(t);
	}
}

static void
start(struct lister *l, struct task *t)
{
	const struct stream *s =
	    t->stream != SIZE_MAX ? &l->streams[t->stream] : NULL;
	bool skip = t->from_late && s != NULL && s->late != NULL &&
		    !s->disordered && s->keys > SHORT_KEYS;

	l->running[l->under_way++] = t;
	if (t->token == NULL)
		t->last_us = INT64_MIN;
	s3_list(l->options.bucket,
	    &(struct s3_list){
		.prefix = span_str(t->prefix),
		.start_after = span_str(skip ? s->late : NULL),
		.token = span_str(t->token),
		.delimited = t->delimited,
		.page_size = l->options.page_size,
		.done = on_listed,
		.cookie = t,
	    });
}

void
lister_pump(struct lister *l)
{
	int64_t now = clock_mono_us();
	struct task **at = &l->waiting;

	while (*at != NULL && l->under_way < AT_ONCE) {
		struct task *t = *at;

		if (t->due_us > now) {
			at = &t->next;
			continue;
		}
		*at = t->next;
		if (t->next == NULL)
			l->last = at;
		start(l, t);
	}
}

int64_t
lister_due_us(const struct lister *l)
{
	int64_t due = INT64_MAX;

	for (const struct task *t = l->waiting; t != NULL; t = t->next) {
		if (t->due_us < due)
			due = t->due_us;
	}
	return due;
}

void
lister_discover(struct lister *l)
{
	l->folders = 0;
	for (size_t i = 0; i < l->nstreams; i++) {
		if (l->streams[i].whole)
			add_task(l, TASK_KEYS, span_str(l->streams[i].prefix))
			    ->stream = i;
	}
	(void)add_task(l, TASK_FOLDER, span_str(l->prefix));
}

void
lister_day(struct lister *l, int64_t day)
{
	struct buf prefix = { 0 };

	for (size_t i = 0; i < l->nstreams; i++) {
		const struct stream *s = &l->streams[i];

		for (unsigned variant = 0; s->form != LAYOUT_FLAT; variant++) {
			struct task *t;

			buf_reset(&prefix);
			if (!layout_day_prefix(s->form, span_str(s->prefix),
				day, variant, &prefix))
				break;
			t = add_task(l, TASK_KEYS, buf_span(&prefix));
			t->stream = i;
			t->day = day;
		}
	}
	buf_done(&prefix);
}

void
lister_flat(struct lister *l)
{
	for (size_t i = 0; i < l->nstreams; i++) {
		const struct stream *s = &l->streams[i];
		struct task *t;

		if (s->form != LAYOUT_FLAT)
			continue;
		t = add_task(l, TASK_KEYS, span_str(s->prefix));
		t->stream = i;
		t->delimited = !s->whole;
		t->from_late = true;
	}
}

bool
lister_is_idle(const struct lister *l)
{
	return l->waiting == NULL && l->under_way == 0;
}
