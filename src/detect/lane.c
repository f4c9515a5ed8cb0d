#include "detect/lane.h"

#include <stdlib.h>

#include "base/civil.h"
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

void
lane_finish(struct lane *l,
    void (*close)(void *cookie, struct lane *l, int64_t hour), void *cookie)
{
	if (l->hour == 0)
		return;
	close_hour(l, close, cookie);
	close_hour(l, close, cookie);
}

struct activities *
lane_activities(struct lane *l, int64_t hour, bool *late)
{
	*late = hour < l->hour;
	if (*late)
		l->late++;
	return l->open[(*late ? l->hour : hour) & 1];
}
