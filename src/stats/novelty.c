#include "stats/novelty.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Move the landmark once weights have grown by this many octaves; the rest
 * of the 24 are for counts up to 2^16 before the top one is shared. */
#define MOST_OCTAVES_AGE 8

/* What a count of one weighs now, in landmark units. */
static double
unit_of(const struct novelty *n)
{
	return n->unit > 0 ? n->unit : 1;
}

static void
shift_octaves(struct novelty *n, unsigned by)
{
	double scale = ldexp(1, -(int)by);
	double mass = 0;
	uint32_t values = 0;
	unsigned i;

	if (by >= NOVELTY_OCTAVES) {
		memset(n->mass, 0, sizeof n->mass);
		memset(n->values, 0, sizeof n->values);
		return;
	}
	for (i = 0; i <= by; i++) {
		mass += (double)n->mass[i];
		values += n->values[i];
	}
	for (i = 1; i + by < NOVELTY_OCTAVES; i++) {
		n->mass[i] = (float)(scale * (double)n->mass[i + by]);
		n->values[i] = n->values[i + by];
	}
	n->mass[0] = (float)(scale * mass);
	n->values[0] = (uint16_t)(values < UINT16_MAX ? values : UINT16_MAX);
	for (; i < NOVELTY_OCTAVES; i++) {
		n->mass[i] = 0;
		n->values[i] = 0;
	}
}

void
novelty_advance(struct novelty *n, int64_t time_us, double half_life_us)
{
	if (!(half_life_us > 0))
		return;
	if (n->time_us == 0)
		n->time_us = time_us;
	if (time_us <= n->time_us)
		return;
	n->age += ((double)time_us - (double)n->time_us) / half_life_us;
	n->time_us = time_us;
	if (n->age > MOST_OCTAVES_AGE) {
		double whole = floor(fmin(n->age, 1e6));

		shift_octaves(n, (unsigned)whole);
		n->age = fmin(n->age, 1e6) - whole;
	}
	n->unit = exp2(n->age);
}

/* The octave of a count in landmark units.  One observation at the landmark
 * itself is octave 0; less than that shares it. */
static unsigned
octave_of(double scaled)
{
	uint64_t bits;

	if (!(scaled >= 1))
		return 0;
	/* The exponent of an IEEE 754 double is the octave. */
	memcpy(&bits, &scaled, sizeof(bits));
	bits = (bits >> 52) - 1023;
	return bits < NOVELTY_OCTAVES ? (unsigned)bits : NOVELTY_OCTAVES - 1;
}

void
novelty_add(struct novelty *n, double old_count, double new_count)
{
	double unit = unit_of(n);

	if (old_count > 0) {
		unsigned i = octave_of(old_count * unit);
		double left = (double)n->mass[i] - old_count * unit;

		if (n->values[i] > 0 && n->values[i] < UINT16_MAX)
			n->values[i]--;
		n->mass[i] = (float)(left > 0 && n->values[i] > 0 ? left : 0);
	}
	if (new_count > 0) {
		unsigned i = octave_of(new_count * unit);

		if (n->values[i] < UINT16_MAX)
			n->values[i]++;
		n->mass[i] += (float)(new_count * unit);
	}
}

/* What the octave adds to K: min(1, count) summed over its values. */
static double
octave_distinct(const struct novelty *n, unsigned i, double unit)
{
	return fmin((double)n->values[i], (double)n->mass[i] / unit);
}

double
novelty_total(const struct novelty *n)
{
	double total = 0;

	for (unsigned i = 0; i < NOVELTY_OCTAVES; i++)
		total += (double)n->mass[i];
	return total / unit_of(n);
}

double
novelty_distinct(const struct novelty *n)
{
	double unit = unit_of(n), distinct = 0;

	for (unsigned i = 0; i < NOVELTY_OCTAVES; i++)
		distinct += octave_distinct(n, i, unit);
	return distinct;
}

double
novelty_p_new(const struct novelty *n)
{
	return fmin(1,
	    (NOVELTY_CONCENTRATION + NOVELTY_DISCOUNT * novelty_distinct(n)) /
		(NOVELTY_CONCENTRATION + novelty_total(n)));
}

double
novelty_p(const struct novelty *n, double count)
{
	double unit = unit_of(n), total = 0, distinct = 0, tail = 0;
	double weight_new, bound;
	unsigned last;
	bool with_new;

	for (unsigned i = 0; i < NOVELTY_OCTAVES; i++) {
		if (n->values[i] == 0)
			continue;
		total += (double)n->mass[i];
		distinct += octave_distinct(n, i, unit);
	}
	total = total / unit + NOVELTY_CONCENTRATION;
	weight_new = NOVELTY_CONCENTRATION + NOVELTY_DISCOUNT * distinct;
	/* The count at which a value is as likely as a new one. */
	bound = weight_new + NOVELTY_DISCOUNT;
	with_new = !(count > 0) || count >= bound;
	last = octave_of((count > 0 ? count : bound) * unit);
	for (unsigned i = 0; i <= last; i++) {
		if (n->values[i] == 0)
			continue;
		tail += (double)n->mass[i] / unit -
			NOVELTY_DISCOUNT * octave_distinct(n, i, unit);
	}
	/* A count that decayed on its own may have slipped just below the
	 * octave its mass is in: at least the value itself is in its tail. */
	if (count > 0)
		tail = fmax(tail, count - NOVELTY_DISCOUNT * fmin(1, count));
	if (with_new)
		tail += weight_new;
	return fmin(1, fmax(tail, 0) / total);
}

double
novelty_backoff(double p_entity, double n_entity, double p_peer, double m)
{
	double l = n_entity > 0 ? n_entity / (n_entity + fmax(m, 1e-9)) : 0;

	return l * p_entity + (1 - l) * p_peer;
}
