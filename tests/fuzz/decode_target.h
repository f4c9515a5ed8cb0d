/*
 * decode_target.h - what the fuzz targets of the decoders have in common.
 *
 * Whatever the bytes, a decoder gives events whose spans can be read, and
 * each record is understood, ignored or refused; by kind and by guess.
 */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "decode/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static uint64_t refused;

static void
refuse(void *cookie, struct span record, const char *reason)
{
	uint64_t *sum = cookie;

	ASSERT(reason != NULL);
	for (size_t i = 0; i < record.len; i++)
		*sum += (unsigned char)record.at[i];
	refused++;
}

/* Read what an event borrows, for the sanitizers to see. */
static uint64_t
touch(const struct batch *b)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < b->count; i++) {
		const struct event *ev = &b->events[i];
		const struct span spans[] = { ev->id, ev->account, ev->region,
			ev->cluster, b->tenants[ev->tenant] };

		ASSERT(ev->tenant < b->ntenants);
		ASSERT(ev->cloudtrail != NULL);
		for (size_t n = 0; n < COUNTOF(spans); n++) {
			for (size_t at = 0; at < spans[n].len; at++)
				sum += (unsigned char)spans[n].at[at];
		}
	}
	return sum;
}

static void
decode(struct decoder *d, struct span text, enum cut_kind kind)
{
	struct batch *b = batch_new();
	size_t half = text.len / 2;

	/* In two pieces: the second meets what the first left behind. */
	for (unsigned i = 0; i < 2; i++) {
		struct span part =
		    i == 0 ? span_first(text, half) : span_skip(text, half);
		enum status st;

		batch_reset(b);
		batch_reserve(b, part.len);
		if (part.len > 0)
			memcpy(b->text, part.at, part.len);
		b->text_len = part.len;
		st = decode_batch(d, b, kind, SPAN("{\"Records\":["));
		ASSERT(st == STATUS_OK || st == STATUS_UNSUPPORTED);
		ASSERT(st == STATUS_OK || decode_reason(d)[0] != '\0');
		refused += touch(b) & 1;
	}
	batch_free(b);
}

/* Decode `text` as if it came from `place`, by guess and as `format`. */
static void
decode_target(struct span text, enum decode_format format, struct span place)
{
	const enum decode_format formats[] = { DECODE_AUTO, format };
	static const enum cut_kind kinds[] = { CUT_LINES, CUT_VALUES,
		CUT_ITEMS };
	uint64_t sum = 0;

	for (size_t f = 0; f < COUNTOF(formats); f++) {
		struct decode_options options = {
			.format = formats[f], .reject = refuse, .cookie = &sum
		};
		struct decoder *d = decoder_new(&options);

		for (size_t k = 0; k < COUNTOF(kinds); k++) {
			decode_begin(d, place);
			decode(d, text, kinds[k]);
		}
		decoder_free(d);
	}
}
