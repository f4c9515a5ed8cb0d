#include "stats/season.h"

#include <math.h>

#include "base/civil.h"

unsigned
season_bin(int64_t time_us)
{
	int64_t hour = civil_hour(time_us) - civil_day(time_us) * 24;

	return (unsigned)hour + (civil_weekday(time_us) >= 5 ? 24 : 0);
}

void
season_add(struct season *s, int64_t time_us, double count)
{
	unsigned bin = season_bin(time_us);

	if (!(count >= 0) || count > 1e12)
		return;
	s->events[bin] += (float)count;
	s->windows[bin] += 1;
}

void
season_decay(struct season *s, double keep)
{
	float k = (float)fmin(fmax(keep, 0), 1);

	for (unsigned i = 0; i < SEASON_BINS; i++) {
		s->events[i] *= k;
		s->windows[i] *= k;
	}
}

double
season_factor(const struct season *s, int64_t time_us)
{
	unsigned bin = season_bin(time_us);
	double events = 0, windows = 0, expected, factor;

	for (unsigned i = 0; i < SEASON_BINS; i++) {
		events += (double)s->events[i];
		windows += (double)s->windows[i];
	}
	if (!(events > 0) || !(windows > 0))
		return 1;
	expected = (double)s->windows[bin] * events / windows;
	factor = ((double)s->events[bin] + SEASON_SHRINKAGE) /
		 (expected + SEASON_SHRINKAGE);
	return fmin(fmax(factor, 0.01), 100);
}
