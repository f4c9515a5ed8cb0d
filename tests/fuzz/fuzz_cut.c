/*
 * Whatever the text, a cutter ends, keeps its limits and accounts for each
 * byte: what is not given is lost, or was between records.
 */
#include <stdlib.h>
#include <string.h>

#include "codec/cut.h"

#define AIM 64
#define MOST 256

static char *
reserve(void *cookie, size_t bytes)
{
	char **memory = cookie;

	ASSERT(bytes > 0 && bytes <= MOST);
	free(*memory);
	*memory = status_calloc(bytes, 1);
	return *memory;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct reader *r; /* kept, as a worker keeps it */
	static struct cutter *c;
	char *memory = NULL;
	size_t given = 0, lost = 0, steps = 0;
	enum status st;

	if (r == NULL) {
		r = reader_new(&READER_LIMITS_DEFAULT);
		c = cutter_new();
	}
	cutter_limits(c, AIM, MOST);
	reader_open_memory(r, span_of((const char *)bytes, size));
	cutter_begin(c, r);
	do {
		struct cut_piece piece;

		st = cutter_next(c, &piece, reserve, &memory);
		ASSERT(steps++ <= reader_bytes_out(r) + 1);
		if (st == STATUS_OK && piece.len == 0)
			break;
		if (st != STATUS_OK)
			lost += cutter_lost(c);
		given += piece.len;
		ASSERT(piece.prefix.len <= CUT_PREFIX_BYTES);
		ASSERT((piece.kind == CUT_ITEMS) == (piece.prefix.len > 0));
	} while (st == STATUS_OK || st == STATUS_TOO_LARGE);
	ASSERT(given + lost <= reader_bytes_out(r));
	free(memory);
	reader_close(r);
	return 0;
}
