#include "baseline/baseline.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/hash.h"
#include "base/pack.h"
#include "base/status.h"
#include "baseline/cells.h"
#include "baseline/contexts.h"
#include "baseline/names.h"

/* Shares of the memory cap, in sixteenths. */
#define CELLS_SHARE 8
#define CONTEXTS_SHARE 4
#define NAMES_SHARE 1
/* One profile may hold this share of all cells, so that one actor with many
 * values cannot take what the others need. */
#define PROFILE_SHARE 16

/* What a saved baseline looks like: bump it when a cell, a context or a
 * name changes its layout or meaning; older ones are then learned anew. */
#define BASELINE_VERSION 1

/* Regions of an image, from the first. */
enum { REGION_HEAD, REGION_CELLS, REGION_CONTEXTS, REGION_NAMES };

struct baseline {
	struct cells *cells;
	struct contexts *contexts;
	struct names *names;
	double half_life_us;
	size_t profile_limit;
	uint64_t overflow;
};

struct baseline *
baseline_new(const struct baseline_options *options)
{
	struct baseline *b = status_calloc(1, sizeof(*b));
	size_t unit = options->memory_bytes / 16;
	size_t cells = CELLS_SHARE * unit / sizeof(struct cell);

	b->cells = cells_new(cells);
	b->contexts =
	    contexts_new(CONTEXTS_SHARE * unit / sizeof(struct context));
	b->names = names_new(NAMES_SHARE * unit);
	b->half_life_us = options->half_life_days * (double)CIVIL_US_PER_DAY;
	b->profile_limit = cells / PROFILE_SHARE + 64;
	return b;
}

void
baseline_free(struct baseline *b)
{
	if (b == NULL)
		return;
	cells_free(b->cells);
	contexts_free(b->contexts);
	names_free(b->names);
	free(b);
}

uint64_t
baseline_profile(enum scope scope, uint64_t entity, enum feature feature)
{
	uint64_t key =
	    hash_mix(entity, ((uint64_t)scope << 8 | (uint64_t)feature) + 1);

	return key ? key : 1;
}

static uint64_t
cell_key(uint64_t profile, uint64_t value)
{
	uint64_t key = hash_mix(profile, value);

	return key ? key : 1;
}

/* The cell's count as of `time_us`, which is not before its last one. */
static double
count_at(const struct baseline *b, const struct cell *c, int64_t time_us)
{
	double age = (double)(time_us - c->hour * CIVIL_US_PER_HOUR);

	return age <= 0 ? (double)c->count
			: (double)c->count * exp2(-age / b->half_life_us);
}

/* Keep the values with the largest counts in context order. */
static void
rank(struct context *ctx, uint64_t value, double count)
{
	size_t low = 0;

	for (size_t i = 0; i < USUAL_NAMES_MAX; i++) {
		if (ctx->top[i] == value) {
			ctx->top_count[i] = (float)count;
			return;
		}
		if (ctx->top_count[i] < ctx->top_count[low])
			low = i;
	}
	if (count > (double)ctx->top_count[low]) {
		ctx->top[low] = value;
		ctx->top_count[low] = (float)count;
	}
}

static void
mark(struct cell *c, int32_t day)
{
	struct day_bitmap days = { .bits = c->bits, .anchor = c->anchor };

	day_bitmap_mark(&days, day);
	c->bits = days.bits;
	c->anchor = days.anchor;
}

static struct cell *
cell_for(struct baseline *b, struct context *ctx, uint64_t value, int32_t day)
{
	uint64_t key = cell_key(ctx->key, value);
	struct cell *c = cells_find(b->cells, key);

	if (c != NULL)
		return c;
	if (ctx->values >= b->profile_limit)
		return NULL;
	c = cells_add(b->cells, key, day);
	if (c != NULL)
		ctx->values++;
	return c;
}

void
baseline_learn(struct baseline *b, uint64_t profile, uint64_t value,
    int64_t hour, unsigned times)
{
	int32_t day = (int32_t)(hour / 24);
	struct context *ctx = contexts_add(b->contexts, profile, day);
	int64_t now_us = hour * CIVIL_US_PER_HOUR;
	struct cell *c;
	double old, new;

	if (ctx == NULL) {
		b->overflow += times;
		return;
	}
	novelty_advance(&ctx->novelty, now_us, b->half_life_us);
	day_bitmap_mark(&ctx->days, day);
	c = cell_for(b, ctx, value, day);
	if (c == NULL) {
		/* The aggregate: more new values, remembered by none. */
		for (unsigned i = 0; i < times; i++)
			novelty_add(&ctx->novelty, 0.0, 1.0);
		b->overflow += times;
		return;
	}
	if (now_us < ctx->novelty.time_us)
		now_us = ctx->novelty.time_us;
	old = c->bits ? count_at(b, c, now_us) : 0.0;
	new = old + (double)times;
	novelty_add(&ctx->novelty, old, new);
	c->count = (float)new;
	c->hour = (int32_t)(now_us / CIVIL_US_PER_HOUR);
	mark(c, day);
	rank(ctx, value, new);
}

void
baseline_mark(struct baseline *b, uint64_t key, int64_t hour)
{
	int32_t day = (int32_t)(hour / 24);
	struct cell *c = cells_find(b->cells, key);

	if (c == NULL)
		c = cells_add(b->cells, key, day);
	if (c != NULL)
		mark(c, day);
	else
		b->overflow++;
}

unsigned
baseline_marked_days(struct baseline *b, uint64_t key, int32_t day)
{
	const struct cell *c = cells_find(b->cells, key);
	struct day_bitmap days;

	if (c == NULL)
		return 0;
	days = (struct day_bitmap){ .bits = c->bits, .anchor = c->anchor };
	return day_bitmap_days(&days, day, 30);
}

void
baseline_name(struct baseline *b, uint64_t value, struct span text)
{
	names_add(b->names, value, text);
}

static void
add_names(
    const struct baseline *b, const struct context *ctx, struct usual *usual)
{
	bool used[USUAL_NAMES_MAX] = { false };

	for (size_t n = 0; n < USUAL_NAMES_MAX; n++) {
		size_t best = USUAL_NAMES_MAX;
		struct span text;

		for (size_t i = 0; i < USUAL_NAMES_MAX; i++) {
			if (used[i] || ctx->top_count[i] <= 0)
				continue;
			if (best == USUAL_NAMES_MAX ||
			    ctx->top_count[i] > ctx->top_count[best])
				best = i;
		}
		if (best == USUAL_NAMES_MAX)
			return;
		used[best] = true;
		text = names_of(b->names, ctx->top[best]);
		if (!span_is_empty(text))
			usual->names[usual->nnames++] = text;
	}
}

void
baseline_expect(
    const struct baseline *b, uint64_t profile, uint64_t value, bool soon)
{
	contexts_expect(b->contexts, profile, soon);
	if (!soon)
		cells_expect(b->cells, cell_key(profile, value));
}

void
baseline_ask(struct baseline *b, uint64_t profile, uint64_t value, int32_t day,
    struct usual *usual)
{
	const struct context *ctx = contexts_find(b->contexts, profile);
	const struct cell *c;

	*usual = (struct usual){ .p = 1.0, .profile = profile };
	if (ctx == NULL)
		return;
	usual->n = novelty_total(&ctx->novelty);
	usual->distinct = novelty_distinct(&ctx->novelty);
	usual->known_days = day_bitmap_days(&ctx->days, day, 30);
	c = cells_find(b->cells, cell_key(profile, value));
	if (c != NULL) {
		struct day_bitmap days = { .bits = c->bits,
			.anchor = c->anchor };

		usual->count = count_at(b, c, ctx->novelty.time_us);
		usual->days = day_bitmap_days(&days, day, 30);
		usual->frequency = day_bitmap_frequency(&days, day);
		if (day > c->first_day)
			usual->age_days = (unsigned)(day - c->first_day);
	}
	usual->p = novelty_p(&ctx->novelty, usual->count);
}

void
baseline_names(const struct baseline *b, struct usual *usual)
{
	const struct context *ctx;

	if (usual->nnames > 0 || usual->profile == 0)
		return;
	ctx = contexts_find(b->contexts, usual->profile);
	if (ctx != NULL)
		add_names(b, ctx, usual);
}

void
baseline_sizes(const struct baseline *b, struct baseline_sizes *sizes)
{
	*sizes = (struct baseline_sizes){
		.values = cells_count(b->cells),
		.profiles = contexts_count(b->contexts),
		.names = names_count(b->names),
		.bytes = cells_bytes(b->cells) + contexts_bytes(b->contexts) +
			 names_bytes(b->names),
		.overflow = baseline_overflow(b),
	};
}

uint64_t
baseline_overflow(const struct baseline *b)
{
	return b->overflow + cells_refused(b->cells);
}

void
baseline_save(
    const struct baseline *b, const struct image_writer *w, unsigned first)
{
	struct buf head = { 0 };

	pack_u64(&head, BASELINE_VERSION);
	pack_u64(&head, sizeof(struct cell));
	pack_u64(&head, sizeof(struct context));
	/* Whoever refused it, it is past. */
	pack_u64(&head, baseline_overflow(b));
	image_put(w, first + REGION_HEAD, head.at, head.len);
	cells_save(b->cells, w, first + REGION_CELLS);
	contexts_save(b->contexts, w, first + REGION_CONTEXTS);
	names_save(b->names, w, first + REGION_NAMES);
	buf_done(&head);
}

bool
baseline_load(struct baseline *b, const struct image_reader *r, unsigned first)
{
	struct unpack head = unpack_of(image_get(r, first + REGION_HEAD));

	if (unpack_u64(&head) != BASELINE_VERSION ||
	    unpack_u64(&head) != sizeof(struct cell) ||
	    unpack_u64(&head) != sizeof(struct context))
		return false;
	b->overflow = unpack_u64(&head);
	return unpack_is_whole(&head) &&
	       cells_load(b->cells, r, first + REGION_CELLS) &&
	       contexts_load(b->contexts, r, first + REGION_CONTEXTS) &&
	       names_load(b->names, r, first + REGION_NAMES);
}
