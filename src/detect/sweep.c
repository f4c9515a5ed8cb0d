#include "detect/sweep.h"

#include <math.h>

#include "base/civil.h"

#define HALF_LIFE_HOURS (7 * 24.0)

static void
roll(struct sweep *s, int64_t hour)
{
	double keep;

	if (hour <= s->hour)
		return;
	keep = s->hour == 0 ? 0
			    : exp2(-(double)(hour - s->hour) / HALF_LIFE_HOURS);
	if (s->distinct > 0 && !s->told)
		decay_mean_add(&s->usual, s->distinct, keep);
	s->seen = (struct linear_count){ 0 };
	s->distinct = 0;
	s->told = false;
	s->hour = hour;
}

bool
sweep_add(struct sweep *s, int64_t time_us, uint64_t thing)
{
	roll(s, civil_hour(time_us));
	if (!linear_count_add(&s->seen, thing))
		return false;
	s->distinct++;
	return true;
}

double
sweep_usual(const struct sweep *s)
{
	return s->usual.mean;
}

bool
sweep_is_much(struct sweep *s, double least, double times)
{
	double needed = fmax(least, times * s->usual.mean);
	uint32_t first = (uint32_t)ceil(needed);

	if (s->distinct < first)
		return false;
	if (s->told && (s->distinct & (s->distinct - 1)) != 0)
		return false;
	s->told = true;
	return true;
}
