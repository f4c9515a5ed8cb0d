/*
 * Whatever the bytes, a reader ends, keeps its limits, and gives the same
 * whether asked for much or for little at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "codec/reader.h"

#define OUTPUT_MAX ((uint64_t)1 << 19)
/* Behind this much, small reads become larger ones: bombs end sooner. */
#define PATIENCE_BYTES 2048

static const struct reader_limits limits = { OUTPUT_MAX, 1100, 1 << 17 };

/* How it ended, and what it gave. */
struct outcome {
	enum status st;
	uint64_t bytes;
	const char *text; /* the caller's */
};

static struct outcome
drain(struct reader *r, size_t step, char *text)
{
	struct outcome o = { STATUS_OK, 0, text };
	size_t len;

	for (;;) {
		size_t room = OUTPUT_MAX + 1 - o.bytes;

		if (room > step)
			room = step;
		ASSERT(room > 0);
		o.st = reader_read(r, text + o.bytes, room, &len);
		ASSERT(len <= room);
		o.bytes += len;
		if (o.bytes > PATIENCE_BYTES)
			step += 1 + step / 16;
		if (o.st != STATUS_OK || len == 0)
			return o;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct reader *r; /* kept, as a worker keeps it */
	static char *texts[2];
	struct span input = span_of((const char *)bytes, size);
	struct outcome much, little;
	size_t least;
	bool limited;

	if (r == NULL) {
		r = reader_new(&limits);
		texts[0] = status_calloc(OUTPUT_MAX + 1, 1);
		texts[1] = status_calloc(OUTPUT_MAX + 1, 1);
	}
	reader_open_memory(r, input);
	much = drain(r, OUTPUT_MAX, texts[0]);
	ASSERT(reader_bytes_in(r) <= size);
	/* Reused without being closed, as after a failure. */
	reader_open_memory(r, input);
	little = drain(r, 1 + size % 61, texts[1]);
	least = much.bytes < little.bytes ? much.bytes : little.bytes;
	ASSERT(!memcmp(much.text, little.text, least));
	/* The ratio is looked at after each read: a stream near its limit may
	 * be over it on the way and not at the end. */
	limited = much.st == STATUS_TOO_LARGE || little.st == STATUS_TOO_LARGE;
	/* Of a broken stream how much comes before the failure depends. */
	if (!limited && (much.st == STATUS_OK || much.st == STATUS_TRUNCATED))
		ASSERT(much.st == little.st && much.bytes == little.bytes);
	ASSERT(limited || (much.st == STATUS_OK) == (little.st == STATUS_OK));
	reader_close(r);
	return 0;
}
