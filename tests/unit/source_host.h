/*
 * source_host.h - a host for tests of sources: keeps what it is given, and
 * commits what it is told to.
 *
 * A commit stores the identity and the cursor of each parcel, in the order in
 * which they were given, and only then tells the source that they are safe.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "collect/source.h"

struct source_host_parcel {
	char *place, *identity, *cursor_key, *cursor, *cluster;
	char *body;
	size_t len;
	uint64_t token;
	int64_t arrived_us;
	bool keep, more;
};

struct source_host_pair {
	char *key, *value;
};

struct source_host_test {
	struct source_host host;
	struct source_host_parcel *parcels; /* given, in order */
	size_t nparcels;
	size_t committed; /* the first so many of them */
	struct source_host_pair *cursors;
	size_t ncursors;
	size_t room;
	bool stopping;
	size_t nnotices;
	struct buf noticed; /* "DETECTOR CLUSTER RESOURCE" of the latest */
	struct buf said;
	/* Called when a parcel was committed; or NULL. */
	void (*on_commit)(void *cookie, const struct source_host_parcel *p);
	void *commit_cookie;
};

static char *
source_host_copy(struct span s)
{
	char *text = status_calloc(s.len + 1, 1);

	if (s.len)
		memcpy(text, s.at, s.len);
	return text;
}

/* All bytes of an open file, from its start. */
static char *
source_host_slurp(int fd, size_t *len)
{
	char *bytes = NULL;
	size_t room = 0;
	ssize_t got;

	*len = 0;
	do {
		if (*len == room) {
			room = room ? room * 2 : 65536;
			bytes = status_realloc(bytes, room, 1);
		}
		got = pread(fd, bytes + *len, room - *len, (off_t)*len);
		if (got > 0)
			*len += (size_t)got;
	} while (got > 0);
	(void)close(fd);
	return bytes;
}

static void
source_host_give(void *cookie, const struct source_parcel *p)
{
	struct source_host_test *t = cookie;
	struct source_host_parcel *kept;

	t->parcels =
	    status_realloc(t->parcels, t->nparcels + 1, sizeof(*t->parcels));
	kept = &t->parcels[t->nparcels++];
	*kept = (struct source_host_parcel){
		.place = source_host_copy(p->place),
		.identity = source_host_copy(p->identity),
		.cursor_key = source_host_copy(p->cursor_key),
		.cursor = source_host_copy(p->cursor),
		.cluster = source_host_copy(p->cluster),
		.body = p->body,
		.len = p->len,
		.token = p->token,
		.arrived_us = p->arrived_us,
		.keep = p->keep,
		.more = p->more,
	};
	if (p->body == NULL)
		kept->body = source_host_slurp(p->fd, &kept->len);
}

static size_t
source_host_room(void *cookie)
{
	return ((struct source_host_test *)cookie)->room;
}

static bool
source_host_seen(void *cookie, struct span identity)
{
	struct source_host_test *t = cookie;
	size_t i;

	for (i = 0; i < t->nparcels; i++) {
		if (identity.len &&
		    span_equal(span_str(t->parcels[i].identity), identity))
			return true;
	}
	return false;
}

static bool
source_host_cursor(void *cookie, struct span key, struct buf *value)
{
	struct source_host_test *t = cookie;
	size_t i;

	for (i = 0; i < t->ncursors; i++) {
		if (span_equal(span_str(t->cursors[i].key), key)) {
			buf_add_str(value, t->cursors[i].value);
			return true;
		}
	}
	return false;
}

static void
source_host_notice(void *cookie, const struct source_notice *notice)
{
	struct source_host_test *t = cookie;

	t->nnotices++;
	buf_reset(&t->noticed);
	buf_printf(&t->noticed, "%s %.*s %.*s", notice->detector,
	    SPAN_ARGS(notice->cluster), SPAN_ARGS(notice->resource));
}

static void
source_host_say(void *cookie, enum source_level level, const char *message,
    const char *const *fields)
{
	struct source_host_test *t = cookie;

	buf_printf(&t->said, "%d %s", (int)level, message);
	for (; fields && fields[0]; fields += 2)
		buf_printf(&t->said, " %s=\"%s\"", fields[0], fields[1]);
	buf_add_char(&t->said, '\n');
}

static bool
source_host_stopping(void *cookie)
{
	return ((struct source_host_test *)cookie)->stopping;
}

static inline void
source_host_init(struct source_host_test *t)
{
	*t = (struct source_host_test){ .room = SIZE_MAX };
	t->host = (struct source_host){
		.give = source_host_give,
		.room = source_host_room,
		.seen = source_host_seen,
		.cursor = source_host_cursor,
		.notice = source_host_notice,
		.say = source_host_say,
		.stopping = source_host_stopping,
		.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		.cookie = t,
	};
}

static inline void
source_host_set_cursor(
    struct source_host_test *t, const char *key, const char *value)
{
	size_t i;

	for (i = 0; i < t->ncursors; i++) {
		if (!strcmp(t->cursors[i].key, key)) {
			free(t->cursors[i].value);
			t->cursors[i].value = source_host_copy(span_str(value));
			return;
		}
	}
	t->cursors =
	    status_realloc(t->cursors, t->ncursors + 1, sizeof(*t->cursors));
	t->cursors[t->ncursors++] = (struct source_host_pair){
		source_host_copy(span_str(key)),
		source_host_copy(span_str(value)),
	};
}

/* Commit all that was given, at most `most` parcels, and say so. */
static inline size_t
source_host_commit(struct source_host_test *t, const struct source_ops *ops,
    void *source, size_t most)
{
	size_t done = 0;

	while (t->committed < t->nparcels && done < most) {
		struct source_host_parcel *p = &t->parcels[t->committed++];

		if (p->cursor_key[0])
			source_host_set_cursor(t, p->cursor_key, p->cursor);
		if (t->on_commit)
			t->on_commit(t->commit_cookie, p);
		ops->safe(source, &p->token, 1);
		done++;
	}
	return done;
}

/* The service died: what was not committed is forgotten. */
static inline void
source_host_forget(struct source_host_test *t)
{
	while (t->nparcels > t->committed) {
		struct source_host_parcel *p = &t->parcels[--t->nparcels];

		free(p->place);
		free(p->identity);
		free(p->cursor_key);
		free(p->cursor);
		free(p->cluster);
		free(p->body);
	}
}

static inline void
source_host_done(struct source_host_test *t)
{
	size_t i;

	t->committed = 0;
	source_host_forget(t);
	for (i = 0; i < t->ncursors; i++) {
		free(t->cursors[i].key);
		free(t->cursors[i].value);
	}
	free(t->cursors);
	free(t->parcels);
	buf_done(&t->said);
	buf_done(&t->noticed);
	(void)close(t->host.wake_fd);
}
