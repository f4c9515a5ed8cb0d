#include "stats/ddsketch.h"

#include <math.h>

#define LEAST_VALUE 1e-9
#define LARGEST_VALUE 1e30

static double
log_base(void)
{
	return log((1 + DDSKETCH_ERROR) / (1 - DDSKETCH_ERROR));
}

static int32_t
index_of(double x)
{
	return (int32_t)ceil(log(fmin(x, LARGEST_VALUE)) / log_base());
}

/* Make room for `index` above: what falls off the low end joins bucket 0. */
static void
move_up(struct ddsketch *d, int32_t index)
{
	int32_t by = index - (d->base + DDSKETCH_BUCKETS - 1);
	float low = 0;

	for (int32_t i = 0; i < DDSKETCH_BUCKETS; i++) {
		if (i <= by)
			low += d->bucket[i];
		else
			d->bucket[i - by] = d->bucket[i];
	}
	for (int32_t i = DDSKETCH_BUCKETS - by; i < DDSKETCH_BUCKETS; i++)
		if (i > 0)
			d->bucket[i] = 0;
	d->bucket[0] = low;
	d->base += by;
}

/* Make room for `index` below, as far as the high end is still empty. */
static void
move_down(struct ddsketch *d, int32_t index)
{
	int32_t top = DDSKETCH_BUCKETS - 1, by;

	while (top > 0 && !(d->bucket[top] > 0))
		top--;
	by = d->base - index;
	if (by > DDSKETCH_BUCKETS - 1 - top)
		by = DDSKETCH_BUCKETS - 1 - top;
	for (int32_t i = top; i >= 0 && by > 0; i--) {
		d->bucket[i + by] = d->bucket[i];
		d->bucket[i] = 0;
	}
	d->base -= by;
}

void
ddsketch_add(struct ddsketch *d, double x, double weight)
{
	int32_t index;

	if (!(weight > 0) || isnan(x))
		return;
	d->total += weight;
	if (x <= LEAST_VALUE) {
		d->zeros += weight;
		return;
	}
	index = index_of(x);
	if (!d->started) {
		d->started = 1;
		d->base = index - DDSKETCH_BUCKETS / 2;
	}
	if (index >= d->base + DDSKETCH_BUCKETS)
		move_up(d, index);
	else if (index < d->base)
		move_down(d, index);
	index = index < d->base ? 0 : index - d->base;
	d->bucket[index] += (float)weight;
}

double
ddsketch_quantile(const struct ddsketch *d, double q)
{
	double want = fmin(fmax(q, 0), 1) * d->total, sum = d->zeros;
	int32_t i, last = 0;

	if (!(d->total > d->zeros) || sum >= want)
		return 0;
	for (i = 0; i < DDSKETCH_BUCKETS; i++) {
		if (d->bucket[i] > 0)
			last = i;
		sum += (double)d->bucket[i];
		if (sum >= want && d->bucket[i] > 0)
			break;
	}
	/* The middle of the bucket, in the relative sense. */
	return exp((d->base + last) * log_base()) * (1 - DDSKETCH_ERROR);
}

double
ddsketch_tail(const struct ddsketch *d, double x)
{
	double above = 0;
	int32_t from;

	if (!(d->total > 0))
		return 1;
	if (x <= LEAST_VALUE)
		return 1;
	from = index_of(x) - d->base;
	for (int32_t i = from < 0 ? 0 : from; i < DDSKETCH_BUCKETS; i++)
		above += (double)d->bucket[i];
	return fmin(1, above / d->total);
}

void
ddsketch_decay(struct ddsketch *d, double keep)
{
	double k = fmin(fmax(keep, 0), 1);

	d->total *= k;
	d->zeros *= k;
	for (unsigned i = 0; i < DDSKETCH_BUCKETS; i++)
		d->bucket[i] *= (float)k;
}
