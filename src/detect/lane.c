#include "detect/lane.h"

#include <stdlib.h>

#include "base/civil.h"
#include "base/pack.h"
#include "base/status.h"

struct lane *
lane_new(enum source source, uint64_t key, size_t limit_bytes)
{
	struct lane *l = status_calloc(1, sizeof(*l));

	l->source = source;
	l->key = key;
	l->newest_us = INT64_MIN;
	l->open[0] = activities_new(limit_bytes / 2);
	l->open[1] = activities_new(limit_bytes / 2);
	return l;
}

void
lane_free(struct lane *l)
{
	if (l == NULL)
		return;
	activities_free(l->open[0]);
	activities_free(l->open[1]);
	free(l);
}

static void
close_hour(struct lane *l,
    void (*close)(void *cookie, struct lane *l, int64_t hour), void *cookie)
{
	close(cookie, l, l->hour);
	activities_reset(l->open[l->hour & 1]);
	l->hour++;
}

void
lane_advance(struct lane *l, int64_t time_us,
    void (*close)(void *cookie, struct lane *l, int64_t hour), void *cookie)
{
	int64_t oldest;

	if (time_us <= l->newest_us)
		return;
	l->newest_us = time_us;
	/* The oldest hour that may still be open at this watermark. */
	oldest = civil_hour(time_us - LANE_LATENESS_US);
	if (l->hour == 0)
		l->hour = oldest;
	for (int i = 0; i < 2 && l->hour < oldest; i++)
		close_hour(l, close, cookie);
	if (l->hour < oldest)
		l->hour = oldest; /* both tables are empty: jump */
}

struct activities *
lane_activities(struct lane *l, int64_t hour, bool *late)
{
	*late = hour < l->hour;
	if (*late)
		l->late++;
	return l->open[(*late ? l->hour : hour) & 1];
}

static void
save_purse(const struct lane_purse *p, struct buf *out)
{
	pack_bytes(out, &p->budget, sizeof(p->budget));
	pack_bytes(out, p->paid, sizeof(p->paid));
}

static void
load_purse(struct lane_purse *p, struct unpack *u)
{
	unpack_bytes(u, &p->budget, sizeof(p->budget));
	unpack_bytes(u, p->paid, sizeof(p->paid));
}

void
lane_save(const struct lane *l, const struct image_writer *w, unsigned first)
{
	struct buf head = { 0 };

	pack_i64(&head, l->newest_us);
	pack_i64(&head, l->hour);
	pack_u64(&head, l->purse.npaid);
	pack_u64(&head, l->late);
	save_purse(&l->purse, &head);
	for (unsigned i = 0; i < COUNTOF(l->open); i++)
		pack_u64(&head, activities_refused(l->open[i]));
	if (l->suppressed.budget.day != 0) {
		pack_u64(&head, l->suppressed.npaid);
		save_purse(&l->suppressed, &head);
	}
	image_put(w, first, head.at, head.len);
	for (unsigned i = 0; i < COUNTOF(l->open); i++)
		activities_save(
		    l->open[i], w, first + 1 + i * ACTIVITIES_REGIONS);
	buf_done(&head);
}

bool
lane_load(struct lane *l, const struct image_reader *r, unsigned first)
{
	struct unpack head = unpack_of(image_get(r, first));
	uint64_t refused[COUNTOF(l->open)];

	l->newest_us = unpack_i64(&head);
	l->hour = unpack_i64(&head);
	l->purse.npaid = (uint32_t)unpack_count(&head, UINT32_MAX);
	l->late = unpack_u64(&head);
	load_purse(&l->purse, &head);
	for (unsigned i = 0; i < COUNTOF(l->open); i++)
		refused[i] = unpack_u64(&head);
	if (head.rest.len > 0) { /* none, or made before there were any */
		l->suppressed.npaid = (uint32_t)unpack_count(&head, UINT32_MAX);
		load_purse(&l->suppressed, &head);
	}
	if (!unpack_is_whole(&head))
		return false;
	for (unsigned i = 0; i < COUNTOF(l->open); i++) {
		if (!activities_load(l->open[i], r,
			first + 1 + i * ACTIVITIES_REGIONS, refused[i]))
			return false;
	}
	return true;
}
