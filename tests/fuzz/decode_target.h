/*
 * decode_target.h - what the fuzz targets of the decoders have in common.
 *
 * Whatever the bytes, a decoder gives events whose spans can be read, and
 * each record is understood, ignored or refused; by kind and by guess.
 *
 * Decoders and the batch are kept from one input to the next, as a worker
 * keeps them from parcel to parcel.
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

/* A text of that size in memory of its own: a step beyond is seen. */
static void
fill(struct batch *b, struct span part)
{
	batch_reset(b);
	if (b->text != NULL)
		free(b->text - BATCH_HEAD_BYTES);
	b->text = NULL;
	batch_reserve(b, part.len);
	if (part.len > 0)
		memcpy(b->text, part.at, part.len);
	b->text_len = part.len;
}

/* No log is taken for a notice. */
static bool may_notice;

static void
decode(struct decoder *d, struct batch *b, struct span text, enum cut_kind kind)
{
	size_t half = text.len / 2;

	/* In two pieces: the second meets what the first left behind. */
	for (unsigned i = 0; i < 2; i++) {
		struct span part =
		    i == 0 ? span_first(text, half) : span_skip(text, half);
		enum status st;

		fill(b, part);
		st = decode_batch(d, b, kind, SPAN("{\"Records\":["));
		ASSERT(st == STATUS_OK || st == STATUS_UNSUPPORTED);
		ASSERT(st == STATUS_OK || decode_reason(d)[0] != '\0');
		refused += touch(b) & 1;
		for (size_t n = 0; n < b->count; n++)
			ASSERT(
			    may_notice || b->events[n].source != SOURCE_NOTICE);
	}
}

/* Decode `text` as if it came from `place`, by guess and as `format`. */
static void
decode_target(struct span text, enum decode_format format, struct span place)
{
	static const enum cut_kind kinds[] = { CUT_LINES, CUT_VALUES,
		CUT_ITEMS };
	static struct decoder *decoders[2];
	static struct batch *batch;
	static uint64_t sum;
	const struct decode_options options[] = {
		{ .format = DECODE_AUTO, .reject = refuse, .cookie = &sum },
		{ .format = format, .reject = refuse, .cookie = &sum },
	};

	if (batch == NULL)
		batch = batch_new();
	for (size_t i = 0; i < COUNTOF(decoders); i++) {
		if (decoders[i] == NULL)
			decoders[i] = decoder_new(&options[i]);
		for (size_t k = 0; k < COUNTOF(kinds); k++) {
			decode_begin(decoders[i], place);
			may_notice = i == 1 && format == DECODE_NOTICE;
			decode(decoders[i], batch, text, kinds[k]);
		}
	}
}
