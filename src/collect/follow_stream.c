#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "collect/follow.h"

#define LINE_MARK_BYTES ((size_t)1024) /* of a first line: a record's id */
#define TAIL_BYTES ((size_t)1024)
#define TURNS 4096 /* streams of the same first line */
#define MARK_SEED 0x66696c65u
#define TAIL_SEED 0x7461696cu

/* Lines that explain the rows below: a parcel of rows needs them too. */
static bool
is_header(struct span line)
{
	if (line.len == 0 || line.at[0] == '{' || line.at[0] == '[')
		return false;
	return line.at[0] == '#' ||
	       span_contains_nocase(line, SPAN("srcaddr")) ||
	       span_contains_nocase(line, SPAN("dstaddr")) ||
	       span_contains_nocase(line, SPAN("interface-id")) ||
	       span_contains_nocase(line, SPAN("log-status"));
}

bool
follow_stream_mark(
    struct span head, bool final, uint64_t mark[2], size_t lengths[2])
{
	size_t at = 0;
	size_t end = span_find(head, '\n', 0);
	size_t line;

	while (end < head.len && end < FOLLOW_HEADER_BYTES &&
	       is_header(span_first(span_skip(head, at), end - at))) {
		at = end + 1;
		end = span_find(head, '\n', at);
	}
	line = end - at;
	/* A header alone is the same in every file. */
	if (line == 0 || (end == head.len && line < LINE_MARK_BYTES && !final))
		return false;
	if (line > LINE_MARK_BYTES)
		line = LINE_MARK_BYTES;
	lengths[0] = at + line;
	lengths[1] = at;
	hash_pair(
	    &HASH_KEY_DEFAULT, MARK_SEED, span_first(head, at + line), mark);
	return true;
}

void
follow_stream_key(const struct follow_stream *s, struct buf *key)
{
	buf_printf(key, "file/%016llx%016llx", (unsigned long long)s->mark[0],
	    (unsigned long long)s->mark[1]);
	if (s->turn)
		buf_printf(key, ".%u", s->turn);
}

void
follow_stream_cursor(const struct follow_stream *s, struct buf *cursor)
{
	buf_printf(cursor, "%llu %u %016llx", (unsigned long long)s->offset,
	    s->tail_len, (unsigned long long)s->tail);
}

static uint64_t
hash_tail(struct span tail)
{
	return hash_seeded(&HASH_KEY_DEFAULT, TAIL_SEED, tail);
}

void
follow_stream_advance(struct follow_stream *s, struct span given)
{
	size_t tail = given.len < TAIL_BYTES ? given.len : TAIL_BYTES;

	s->offset += given.len;
	s->tail_len = (unsigned)tail;
	s->tail = hash_tail(span_skip(given, given.len - tail));
}

bool
follow_stream_ends(const struct follow_stream *s, struct span before)
{
	return before.len >= s->tail_len &&
	       hash_tail(span_skip(before, before.len - s->tail_len)) ==
		   s->tail;
}

static bool
take_hex(struct span s, uint64_t *out)
{
	size_t i;

	*out = 0;
	for (i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (c >= '0' && c <= '9')
			*out = *out << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*out = *out << 4 | (uint64_t)(c - 'a' + 10);
		else
			return false;
	}
	return s.len == 16;
}

/* What the host has committed; false when there is nothing, or nothing that
 * this program wrote. */
static bool
load(struct follow *f, struct follow_stream *s)
{
	struct buf key = { 0 }, cursor = { 0 };
	struct span rest;
	uint64_t tail_len = 0;
	bool ok;

	follow_stream_key(s, &key);
	ok = f->host->cursor(f->host->cookie, buf_span(&key), &cursor);
	rest = buf_span(&cursor);
	ok = ok && span_to_u64(span_cut(&rest, ' '), &s->offset) &&
	     span_to_u64(span_cut(&rest, ' '), &tail_len) &&
	     tail_len <= TAIL_BYTES && take_hex(rest, &s->tail);
	s->tail_len = (unsigned)tail_len;
	buf_done(&key);
	buf_done(&cursor);
	return ok;
}

static struct follow_stream *
add(struct follow *f, const struct follow_stream *made)
{
	struct follow_stream *s = status_calloc(1, sizeof(*s));

	*s = *made;
	if (f->nstreams == f->streams_room) {
		f->streams_room = f->streams_room ? f->streams_room * 2 : 64;
		f->streams = status_realloc(f->streams, f->streams_room,
		    sizeof(struct follow_stream *));
	}
	f->streams[f->nstreams++] = s;
	return s;
}

struct follow_stream *
follow_stream_known(struct follow *f, const uint64_t mark[2], unsigned turn)
{
	struct follow_stream s = { .mark = { mark[0], mark[1] }, .turn = turn };
	size_t i;

	for (i = f->nstreams; i-- > 0;) {
		struct follow_stream *there = f->streams[i];

		if (there->mark[0] == mark[0] && there->mark[1] == mark[1] &&
		    there->turn == turn)
			return there;
	}
	return load(f, &s) ? add(f, &s) : NULL;
}

static bool
carries_on(const struct follow_file *file, const struct follow_stream *s)
{
	char tail[TAIL_BYTES];

	if (s->offset > file->size || s->offset < s->tail_len)
		return false;
	return s->tail_len == 0 ||
	       (pread(file->fd, tail, s->tail_len,
		    (off_t)(s->offset - s->tail_len)) == (ssize_t)s->tail_len &&
		   follow_stream_ends(s, span_of(tail, s->tail_len)));
}

struct follow_stream *
follow_stream_find(struct follow *f, const struct follow_file *file,
    const uint64_t mark[2], bool settled)
{
	unsigned turn;

	for (turn = 0; turn < TURNS; turn++) {
		struct follow_stream *s = follow_stream_known(f, mark, turn);

		if (s == NULL)
			return add(f, &(struct follow_stream){
					  .mark = { mark[0], mark[1] },
					  .turn = turn,
				      });
		if (carries_on(file, s))
			return s;
		if (file->size < s->offset && !settled)
			return NULL;
	}
	return NULL;
}
