#include "codec/gzip.h"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <stdbool.h>
#include <stdlib.h>

/* DEFLATE's own bound on expansion. */
#define DEFLATE_RATIO 1032
#define GZIP_LEAST_BYTES 18 /* header, empty block, trailer */
/* A compressed object this much larger than its output is not compressed. */
#define SLACK_BYTES ((size_t)64 * 1024)

struct gzip {
	struct inflate_state inflate;
	struct libdeflate_decompressor *deflate;
	char *whole;
	size_t whole_room;
	bool in_member;
	const char *error;
};

struct gzip *
gzip_new(void)
{
	struct gzip *g = status_calloc(1, sizeof(*g));

	g->error = "";
	isal_inflate_init(&g->inflate);
	return g;
}

void
gzip_free(struct gzip *g)
{
	if (g == NULL)
		return;
	libdeflate_free_decompressor(g->deflate);
	free(g->whole);
	free(g);
}

void
gzip_begin(struct gzip *g)
{
	g->in_member = false;
	g->error = "";
}

const char *
gzip_error(const struct gzip *g)
{
	return g->error;
}

/* The length that the trailer claims for the output. */
static size_t
claimed_size(const struct source *s)
{
	const unsigned char *p = (const unsigned char *)s->at + s->len - 4;

	return p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 |
	       (size_t)p[3] << 24;
}

enum status
gzip_whole(struct gzip *g, struct source *s, struct span *out)
{
	size_t size, took, made;
	enum status st;

	if (s->size_hint < GZIP_LEAST_BYTES ||
	    s->size_hint > GZIP_WHOLE_BYTES + SLACK_BYTES)
		return STATUS_UNSUPPORTED;
	st = source_want(s, (size_t)s->size_hint + 1);
	if (st)
		return st;
	/* It may have grown or shrunk since its size was asked. */
	if (!s->ended || s->len < GZIP_LEAST_BYTES)
		return STATUS_UNSUPPORTED;
	size = claimed_size(s);
	if (size > GZIP_WHOLE_BYTES || size > s->len * DEFLATE_RATIO)
		return STATUS_UNSUPPORTED;
	if (g->whole_room < size || g->whole == NULL) {
		g->whole_room = size < SLACK_BYTES ? SLACK_BYTES : size;
		free(g->whole);
		g->whole = status_calloc(g->whole_room, 1);
	}
	if (g->deflate == NULL)
		g->deflate = libdeflate_alloc_decompressor();
	if (g->deflate == NULL ||
	    libdeflate_gzip_decompress_ex(g->deflate, s->at, s->len, g->whole,
		size, &took, &made) != LIBDEFLATE_SUCCESS ||
	    took != s->len)
		return STATUS_UNSUPPORTED;
	source_take(s, took);
	*out = span_of(g->whole, made);
	return STATUS_OK;
}

/* Between members: begin the next, or end.  OK with in_member false: end. */
static enum status
next_member(struct gzip *g, struct source *s)
{
	enum status st = source_want(s, 2);

	if (st || s->len == 0)
		return st;
	if (s->at[0] == '\x1f' && (s->len == 1 || s->at[1] == '\x8b')) {
		isal_inflate_reset(&g->inflate);
		g->inflate.crc_flag = ISAL_GZIP;
		g->in_member = true;
		return STATUS_OK;
	}
	while (s->len) {
		size_t zeros = 0;

		while (zeros < s->len && s->at[zeros] == 0)
			zeros++;
		source_take(s, zeros);
		if (s->len) {
			g->error = "bytes behind the last gzip member";
			return STATUS_MALFORMED;
		}
		st = source_want(s, 1);
		if (st)
			return st;
	}
	return STATUS_OK;
}

static enum status
failure(struct gzip *g, int ret)
{
	switch (ret) {
	case ISAL_INCORRECT_CHECKSUM:
		g->error = "gzip checksum or length does not match";
		break;
	case ISAL_INVALID_WRAPPER:
		g->error = "gzip header is broken";
		break;
	case ISAL_UNSUPPORTED_METHOD:
		g->error = "gzip method is not deflate";
		return STATUS_UNSUPPORTED;
	default:
		g->error = "gzip stream is broken";
		break;
	}
	return STATUS_MALFORMED;
}

/* One call of igzip: adds what it gave to *len. */
static enum status
step(struct gzip *g, struct source *s, struct span to, size_t *len)
{
	struct inflate_state *z = &g->inflate;
	size_t in = s->len < UINT32_MAX ? s->len : UINT32_MAX;
	size_t out = to.len < UINT32_MAX ? to.len : UINT32_MAX;
	size_t back;
	int ret;

	z->next_in = span_memory(span_of(s->at, in));
	z->avail_in = (uint32_t)in;
	z->next_out = span_memory(to);
	z->avail_out = (uint32_t)out;
	ret = isal_inflate(z);
	*len += out - z->avail_out;
	back = (size_t)z->avail_in - in; /* wraps when some was used */
	if (z->avail_in <= in) {
		source_take(s, in - z->avail_in);
	} else if (ret >= 0 && back <= SOURCE_BACK_BYTES && back <= s->taken) {
		/* igzip reads ahead into a word, and at the end of a member
		 * gives back what it did not need, even of the call before. */
		source_give_back(s, back);
	} else {
		/* On failure igzip 2.30 may count one byte too many. */
		source_take(s, in);
		ret = ret < 0 ? ret : ISAL_INVALID_BLOCK;
	}
	if (ret < 0)
		return failure(g, ret);
	if (z->block_state == ISAL_BLOCK_FINISH)
		g->in_member = false;
	else if (z->avail_out && s->len == 0 && s->ended) {
		g->error = "gzip stream ends early";
		return STATUS_TRUNCATED;
	}
	return STATUS_OK;
}

enum status
gzip_read(struct gzip *g, struct source *s, char *at, size_t room, size_t *len)
{
	enum status st = STATUS_OK;

	*len = 0;
	while (*len < room && st == STATUS_OK) {
		if (!g->in_member) {
			st = next_member(g, s);
			if (st || !g->in_member)
				break;
		}
		st = source_want(s, 1);
		if (st == STATUS_OK)
			st = step(g, s, span_of(at + *len, room - *len), len);
	}
	return st;
}
