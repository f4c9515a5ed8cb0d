/*
 * decode_harness.h - decode a text in one piece, for the decoder's tests.
 */
#pragma once

#include <stdio.h>

#include "codec/cut.h"
#include "decode/decode.h"
#include "test.h"

struct harness {
	struct decoder *decoder;
	struct batch *batch;
	unsigned rejected;
	char reason[128];   /* of the latest refusal */
	char record[65536]; /* and its text */
	enum status status;
};

static inline void
harness_reject(void *cookie, struct span record, const char *reason)
{
	struct harness *h = cookie;

	h->rejected++;
	(void)snprintf(h->reason, sizeof(h->reason), "%s", reason);
	(void)snprintf(h->record, sizeof(h->record), "%.*s", SPAN_ARGS(record));
}

static inline void
harness_init(struct harness *h, struct decode_options options)
{
	memset(h, 0, sizeof(*h));
	options.reject = harness_reject;
	options.cookie = h;
	h->decoder = decoder_new(&options);
	h->batch = batch_new();
}

static inline void
harness_done(struct harness *h)
{
	decoder_free(h->decoder);
	batch_free(h->batch);
}

/* Decode one more piece of the parcel; returns the number of events. */
static inline size_t
harness_piece(struct harness *h, enum cut_kind kind, struct span text)
{
	batch_reset(h->batch);
	batch_reserve(h->batch, text.len);
	if (text.len > 0)
		memcpy(h->batch->text, text.at, text.len);
	h->batch->text_len = text.len;
	h->status = decode_batch(h->decoder, h->batch, kind, SPAN(""));
	return h->batch->count;
}

/* Decode a parcel of one piece. */
static inline size_t
harness_decode(
    struct harness *h, const char *place, enum cut_kind kind, const char *text)
{
	decode_begin(h->decoder, span_str(place));
	return harness_piece(h, kind, span_str(text));
}
