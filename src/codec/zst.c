#include "codec/zst.h"

#include <stdbool.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

struct zst {
	ZSTD_DCtx *ctx;
	bool in_frame;
	const char *error;
};

struct zst *
zst_new(void)
{
	struct zst *z = status_calloc(1, sizeof(*z));

	z->error = "";
	z->ctx = ZSTD_createDCtx();
	ASSERT(z->ctx != NULL);
	(void)ZSTD_DCtx_setParameter(
	    z->ctx, ZSTD_d_windowLogMax, ZST_WINDOW_LOG_MAX);
	return z;
}

void
zst_free(struct zst *z)
{
	if (z == NULL)
		return;
	(void)ZSTD_freeDCtx(z->ctx);
	free(z);
}

void
zst_begin(struct zst *z)
{
	(void)ZSTD_DCtx_reset(z->ctx, ZSTD_reset_session_only);
	z->in_frame = false;
	z->error = "";
}

const char *
zst_error(const struct zst *z)
{
	return z->error;
}

static enum status
failure(struct zst *z, size_t code)
{
	if (ZSTD_getErrorCode(code) ==
	    ZSTD_error_frameParameter_windowTooLarge) {
		z->error = "zstd window is larger than 128 MiB";
		return STATUS_TOO_LARGE;
	}
	if (ZSTD_getErrorCode(code) == ZSTD_error_prefix_unknown)
		z->error = "bytes behind the last zstd frame";
	else
		z->error = ZSTD_getErrorName(code);
	return STATUS_MALFORMED;
}

enum status
zst_read(struct zst *z, struct source *s, char *at, size_t room, size_t *len)
{
	ZSTD_outBuffer out = { .size = room };

	out.dst = at;
	*len = 0;
	while (out.pos < room) {
		enum status st = source_want(s, 1);
		ZSTD_inBuffer in = { s->at, s->len, 0 };
		size_t before = out.pos;
		size_t ret;

		if (st)
			return st;
		if (in.size == 0 && !z->in_frame)
			return STATUS_OK;
		ret = ZSTD_decompressStream(z->ctx, &out, &in);
		source_take(s, in.pos);
		*len = out.pos;
		if (ZSTD_isError(ret))
			return failure(z, ret);
		z->in_frame = ret != 0;
		if (z->in_frame && s->len == 0 && s->ended && in.pos == 0 &&
		    out.pos == before) {
			z->error = "zstd stream ends early";
			return STATUS_TRUNCATED;
		}
	}
	return STATUS_OK;
}
