#include "codec/reader.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/gzip.h"
#include "codec/source.h"
#include "codec/zst.h"

#define HEAD_BYTES 4 /* the longest mark looked for in front of a text */
#define MAGIC_BYTES 6

enum coding { PLAIN, GZIP, GZIP_WHOLE, ZST };

struct reader {
	struct reader_limits limits;
	struct source source;
	struct gzip *gzip;
	struct zst *zst;
	enum coding coding;
	bool begun;	   /* the mark in front of the text was looked at */
	enum status kept;  /* told again by each further read */
	struct span whole; /* of GZIP_WHOLE: what was not given yet */
	char head[HEAD_BYTES];
	size_t head_at, head_len;
	uint64_t bytes_out;
	char error[160];
};

const struct reader_limits READER_LIMITS_DEFAULT = {
	.output_bytes = (uint64_t)256 << 30,
	.ratio = 1100,
	.ratio_from = (uint64_t)16 << 20,
};

struct magic {
	const char *bytes;
	size_t len;
	const char *name;
};

/* What is no log as it is, and is better named than called malformed. */
static const struct magic unread[] = {
	{ "PK\3\4", 4, "a zip archive" },
	{ "BZh", 3, "bzip2" },
	{ "\xfd"
	  "7zXZ",
	    6, "xz" },
	{ "\4\"M\x18", 4, "lz4" },
	{ "PAR1", 4, "Parquet" },
	{ "Obj\1", 4, "Avro" },
	{ "\x7f"
	  "ELF",
	    4, "a program" },
	{ "\x89"
	  "PNG",
	    4, "an image" },
	{ "%PDF", 4, "a PDF" },
	{ "SQLite", 6, "a database" },
};

struct reader *
reader_new(const struct reader_limits *limits)
{
	struct reader *r = status_calloc(1, sizeof(*r));

	r->limits = *limits;
	source_init(&r->source);
	return r;
}

void
reader_free(struct reader *r)
{
	if (r == NULL)
		return;
	source_done(&r->source);
	gzip_free(r->gzip);
	zst_free(r->zst);
	free(r);
}

void
reader_close(struct reader *r)
{
	source_close(&r->source);
	r->whole = (struct span){ NULL, 0 };
	r->head_at = r->head_len = 0;
}

const char *
reader_error(const struct reader *r)
{
	return r->error;
}

uint64_t
reader_bytes_in(const struct reader *r)
{
	return r->source.taken;
}

uint64_t
reader_bytes_out(const struct reader *r)
{
	return r->bytes_out;
}

/* Keep a failure and its reason; errno tells an IO one. */
static enum status
fail(struct reader *r, enum status st, const char *why)
{
	int saved = errno;

	(void)snprintf(r->error, sizeof(r->error), "%s",
	    st == STATUS_IO || st == STATUS_NOT_FOUND ? status_errno_text(saved)
						      : why);
	r->kept = st;
	errno = saved;
	return st;
}

static void
forget(struct reader *r)
{
	r->coding = PLAIN;
	r->begun = false;
	r->kept = STATUS_OK;
	r->whole = (struct span){ NULL, 0 };
	r->head_at = r->head_len = 0;
	r->bytes_out = 0;
	r->error[0] = '\0';
}

enum status
reader_open(struct reader *r, const char *path)
{
	enum status st;

	forget(r);
	st = source_open(&r->source, path);
	return st ? fail(r, st, "") : STATUS_OK;
}

enum status
reader_open_fd(struct reader *r, int fd)
{
	enum status st;

	forget(r);
	st = source_open_fd(&r->source, fd);
	return st ? fail(r, st, "") : STATUS_OK;
}

void
reader_open_memory(struct reader *r, struct span bytes)
{
	forget(r);
	source_open_memory(&r->source, bytes);
}

static enum status
begin_gzip(struct reader *r)
{
	enum status st = STATUS_UNSUPPORTED;

	if (r->gzip == NULL)
		r->gzip = gzip_new();
	gzip_begin(r->gzip);
	r->coding = GZIP;
	/* At once only where no limit could stop it on the way. */
	if (r->limits.ratio_from >= GZIP_WHOLE_BYTES &&
	    (r->limits.output_bytes == 0 ||
		r->limits.output_bytes >= GZIP_WHOLE_BYTES))
		st = gzip_whole(r->gzip, &r->source, &r->whole);
	if (st == STATUS_OK)
		r->coding = GZIP_WHOLE;
	return st == STATUS_UNSUPPORTED ? STATUS_OK : st;
}

static bool
is_zst(const unsigned char *at)
{
	if (at[0] == 0x28 && at[1] == 0xb5 && at[2] == 0x2f && at[3] == 0xfd)
		return true;
	/* A skippable frame in front. */
	return (at[0] & 0xf0) == 0x50 && at[1] == 0x2a && at[2] == 0x4d &&
	       at[3] == 0x18;
}

/* Tell the coding by the first bytes. */
static enum status
begin_coding(struct reader *r)
{
	struct source *s = &r->source;
	enum status st = source_want(s, MAGIC_BYTES);
	size_t i;

	if (st)
		return fail(r, st, "");
	if (s->len >= 2 && s->at[0] == '\x1f' && s->at[1] == '\x8b') {
		st = begin_gzip(r);
		return st ? fail(r, st, "") : STATUS_OK;
	}
	if (s->len >= 4 && is_zst((const unsigned char *)s->at)) {
		if (r->zst == NULL)
			r->zst = zst_new();
		zst_begin(r->zst);
		r->coding = ZST;
		return STATUS_OK;
	}
	for (i = 0; i < COUNTOF(unread); i++) {
		if (s->len < unread[i].len ||
		    memcmp(s->at, unread[i].bytes, unread[i].len) != 0)
			continue;
		(void)snprintf(r->error, sizeof(r->error), "%s is not read",
		    unread[i].name);
		r->kept = STATUS_UNSUPPORTED;
		return r->kept;
	}
	return STATUS_OK;
}

static bool
over_limit(const struct reader *r)
{
	const struct reader_limits *l = &r->limits;

	if (l->output_bytes && r->bytes_out > l->output_bytes)
		return true;
	return l->ratio && r->coding != PLAIN && r->bytes_out > l->ratio_from &&
	       r->bytes_out / l->ratio > r->source.taken;
}

/* The next bytes, whatever the coding; a failure comes after its bytes. */
static enum status
decode(struct reader *r, char *at, size_t room, size_t *len)
{
	enum status st = STATUS_OK;
	const char *why = "";

	*len = 0;
	switch (r->coding) {
	case PLAIN:
		st = source_copy(&r->source, at, room, len);
		break;
	case GZIP:
		st = gzip_read(r->gzip, &r->source, at, room, len);
		why = gzip_error(r->gzip);
		break;
	case GZIP_WHOLE:
		*len = r->whole.len < room ? r->whole.len : room;
		if (*len)
			memcpy(at, r->whole.at, *len);
		r->whole = span_skip(r->whole, *len);
		break;
	case ZST:
		st = zst_read(r->zst, &r->source, at, room, len);
		why = zst_error(r->zst);
		break;
	}
	r->bytes_out += *len;
	if (over_limit(r)) {
		/* What a bomb gave is worth nothing. */
		*len = 0;
		return fail(
		    r, STATUS_TOO_LARGE, "expands past the limit: a bomb?");
	}
	if (st) {
		(void)fail(r, st, why);
		return *len ? STATUS_OK : st;
	}
	return STATUS_OK;
}

/* Look at the first bytes of the text for the mark of an encoding. */
static enum status
begin_text(struct reader *r)
{
	enum status st = begin_coding(r);

	r->begun = true;
	while (st == STATUS_OK && !r->kept && r->head_len < HEAD_BYTES) {
		size_t got;

		st = decode(
		    r, r->head + r->head_len, HEAD_BYTES - r->head_len, &got);
		if (got == 0)
			break;
		r->head_len += got;
	}
	if (r->head_len >= 3 && !memcmp(r->head, "\xef\xbb\xbf", 3))
		r->head_at = 3;
	if (r->head_len < 2)
		return STATUS_OK;
	if (!memcmp(r->head, "\xff\xfe", 2) || !memcmp(r->head, "\xfe\xff", 2))
		return fail(r, STATUS_UNSUPPORTED, "UTF-16 text is not read");
	if (r->coding != PLAIN && !memcmp(r->head, "\x1f\x8b", 2))
		return fail(r, STATUS_UNSUPPORTED,
		    "compressed twice: gzip inside is not read");
	return STATUS_OK;
}

enum status
reader_read(struct reader *r, char *at, size_t room, size_t *len)
{
	size_t n;

	*len = 0;
	if (!r->begun) {
		enum status st = begin_text(r);

		if (st) {
			r->head_at = r->head_len = 0;
			return st;
		}
	}
	n = r->head_len - r->head_at;
	if (n > 0) {
		if (n > room)
			n = room;
		memcpy(at, r->head + r->head_at, n);
		r->head_at += n;
		*len = n;
		if (n == room || r->kept)
			return STATUS_OK;
		/* Go on, so that small marks do not make small reads. */
		(void)decode(r, at + n, room - n, &room);
		*len += room;
		return STATUS_OK;
	}
	if (r->kept)
		return r->kept;
	return decode(r, at, room, len);
}
