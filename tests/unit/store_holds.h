/*
 * store_holds.h - all that can be read back from a store as one number, for
 * tests: two stores that hold the same have the same.
 */
#pragma once

#include "base/hash.h"
#include "base/pack.h"
#include "store/store.h"
#include "test.h"

#define REGIONS_MAX 512

/* The regions that tenants' states have had: those are read back. */
static struct {
	unsigned numbers[REGIONS_MAX];
	size_t count;
} regions;

static inline void
note_region(void *cookie, unsigned region, struct span bytes)
{
	(void)cookie;
	(void)bytes;
	for (size_t i = 0; i < regions.count; i++) {
		if (regions.numbers[i] == region)
			return;
	}
	assert_true(regions.count < REGIONS_MAX);
	regions.numbers[regions.count++] = region;
}

static inline void
hold_tenant(void *cookie, struct span name, const struct image_reader *state)
{
	struct buf *all = cookie;

	pack_span(all, name);
	for (size_t i = 0; i < regions.count; i++) {
		struct span bytes = image_get(state, regions.numbers[i]);

		/* One that is known only later was not there before. */
		if (bytes.len == 0)
			continue;
		pack_u64(all, regions.numbers[i]);
		pack_span(all, bytes);
	}
}

static inline bool
hold_finding(void *cookie, const struct store_finding *f)
{
	struct buf *all = cookie;

	pack_span(all, span_str(f->id));
	pack_span(all, f->tenant);
	pack_u64(all, f->run);
	pack_u64(all, f->archived);
	pack_span(all, f->packed);
	return true;
}

static inline void
hold_signal(void *cookie, const struct store_signal *signal)
{
	struct buf *all = cookie;

	pack_span(all, signal->tenant);
	pack_i64(all, signal->time_us);
	pack_span(all, signal->packed);
}

static inline void
hold_feedback(void *cookie, const struct store_feedback *feedback)
{
	struct buf *all = cookie;

	pack_u64(all, feedback->useful);
	pack_span(all, feedback->note);
}

static inline void
hold_consumed(void *cookie, const uint64_t hash[2], int64_t day)
{
	struct buf *all = cookie;

	pack_u64(all, hash[0]);
	pack_u64(all, hash[1]);
	pack_i64(all, day);
}

static inline void
hold_cursor(
    void *cookie, struct span source, struct span name, struct span value)
{
	pack_span(cookie, source);
	pack_span(cookie, name);
	pack_span(cookie, value);
}

static inline void
hold_counter(void *cookie, struct span name, uint64_t value)
{
	pack_span(cookie, name);
	pack_u64(cookie, value);
}

static inline void
hold_kept(void *cookie, const struct store_kept *kept)
{
	struct buf *all = cookie;

	pack_u64(all, kept->number);
	pack_span(all, kept->source);
	pack_span(all, kept->place);
	pack_span(all, kept->body);
}

static inline void
hold_owed(void *cookie, const struct store_owed *owed)
{
	pack_u64(cookie, owed->number);
	pack_u64(cookie, owed->revision);
	(void)hold_finding(cookie, &owed->finding);
}

/* One number for all that can be read back, but for the secret. */
static inline enum status
holds(struct store *s, uint64_t *digest, struct buf *error)
{
	static const int64_t ever[] = { INT64_MIN, INT64_MAX };
	struct buf all = { 0 };
	enum status st = store_tenants(s, hold_tenant, &all, error);

	pack_u64(&all, store_run(s));
	pack_u64(&all, store_run_is_open(s));
	if (st == STATUS_OK)
		st = store_findings(
		    s, &(struct store_wanted){ 0 }, hold_finding, &all, error);
	if (st == STATUS_OK)
		st = store_signals(s, ever, hold_signal, &all, error);
	if (st == STATUS_OK)
		st = store_feedback(s, "f0-1", hold_feedback, &all, error);
	if (st == STATUS_OK || st == STATUS_NOT_FOUND)
		st = store_consumed(s, hold_consumed, &all, error);
	if (st == STATUS_OK)
		st = store_cursors(s, hold_cursor, &all, error);
	if (st == STATUS_OK)
		st = store_counters(s, hold_counter, &all, error);
	if (st == STATUS_OK)
		st = store_kept(s, hold_kept, &all, error);
	if (st == STATUS_OK)
		st = store_outbox(s, &(struct store_debt){ "siem", 0, 100 },
		    hold_owed, &all, error);
	*digest = hash_span(&HASH_KEY_DEFAULT, buf_span(&all));
	buf_done(&all);
	return st;
}
