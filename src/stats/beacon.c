#include "stats/beacon.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define DAY_S 86400
#define HISTOGRAM_BINS 24
/* Of intervals of a Poisson stream, the mean distance from a whole multiple
 * of the median is 0.32; uniform jitter of 20 % gives 0.10, of 30 % 0.15. */
#define OFF_BEAT_NONE 0.26
#define OFF_BEAT_FULL 0.13
#define MOST_MISSED 8

static double
clamp01(double x)
{
	return x > 0 ? (x < 1 ? x : 1) : 0;
}

/* Shell sort with Ciura's gaps: in place, no recursion, n <= BEACON_MOST. */
static void
sort(double *x, size_t n)
{
	static const size_t gaps[] = { 701, 301, 132, 57, 23, 10, 4, 1 };

	for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
		for (size_t i = gaps[g]; i < n; i++) {
			double v = x[i];
			size_t j = i;

			for (; j >= gaps[g] && x[j - gaps[g]] > v; j -= gaps[g])
				x[j] = x[j - gaps[g]];
			x[j] = v;
		}
}

static double
quantile(const double *sorted, size_t n, double q)
{
	return n ? sorted[(size_t)(q * (double)(n - 1) + 0.5)] : 0;
}

struct rhythm {
	double score;
	double period;
};

/*
 * How near are the n intervals to whole multiples of their median?  Gaps of
 * more than MOST_MISSED periods (asleep, switched off) say nothing, unless
 * there are many.  Few intervals are trusted less.
 */
static struct rhythm
rhythm_of(const double *interval, size_t n)
{
	double sorted[BEACON_MOST], median, off = 0, sum = 0, beats = 0;
	size_t used = 0;
	double score;

	if (n < BEACON_FEWEST_TIMES - 1)
		return (struct rhythm){ 0 };
	memcpy(sorted, interval, n * sizeof *sorted);
	sort(sorted, n);
	median = quantile(sorted, n, 0.5);
	if (!(median > 0))
		return (struct rhythm){ 0 };
	for (size_t i = 0; i < n; i++) {
		double k = round(interval[i] / median);

		if (k > MOST_MISSED)
			continue;
		used++;
		if (k < 1) {
			off += 0.5;
			continue;
		}
		off += fabs(interval[i] / median - k);
		sum += interval[i];
		beats += k;
	}
	if (used < BEACON_FEWEST_TIMES - 1)
		return (struct rhythm){ 0 };
	score = clamp01((OFF_BEAT_NONE - off / (double)used) /
			(OFF_BEAT_NONE - OFF_BEAT_FULL));
	score *= fmin(1, 1.25 * (double)used / (double)n);
	score *= sqrt(fmin(1, (double)(used - 2) / 14));
	return (struct rhythm){ score, beats > 0 ? sum / beats : 0 };
}

/* Intervals between times, where what comes within `gap` of the first of a
 * burst belongs to it. */
static size_t
intervals(const double *time, size_t n, double gap, double *interval)
{
	size_t made = 0;
	double last = n ? time[0] : 0;

	for (size_t i = 1; i < n; i++) {
		if (!(time[i] - last > gap))
			continue;
		interval[made++] = time[i] - last;
		last = time[i];
	}
	return made;
}

/* The better rhythm of single events and of bursts of them. */
static struct rhythm
best_rhythm(const double *time, size_t n)
{
	double interval[BEACON_MOST], sorted[BEACON_MOST], gap;
	size_t made = intervals(time, n, 0, interval);
	struct rhythm alone = rhythm_of(interval, made), bursts;

	memcpy(sorted, interval, made * sizeof *sorted);
	sort(sorted, made);
	gap = 0.1 * quantile(sorted, made, 0.9);
	made = intervals(time, n, gap, interval);
	bursts = rhythm_of(interval, made);
	return alone.score >= bursts.score ? alone : bursts;
}

/* RITA's view of sizes: half for no skew, half for little deviation. */
static double
sizes_score(const double *bytes, size_t n)
{
	double x[BEACON_MOST], q1, q2, q3, skew = 0, mad;

	memcpy(x, bytes, n * sizeof *x);
	sort(x, n);
	q1 = quantile(x, n, 0.25);
	q2 = quantile(x, n, 0.5);
	q3 = quantile(x, n, 0.75);
	if (q3 - q1 >= 10 && q2 > q1 && q2 < q3)
		skew = (q1 + q3 - 2 * q2) / (q3 - q1);
	for (size_t i = 0; i < n; i++)
		x[i] = fabs(x[i] - q2);
	sort(x, n);
	mad = quantile(x, n, 0.5);
	return (1 - fabs(skew) + (q2 >= 1 ? clamp01((q2 - mad) / q2) : 0)) / 2;
}

/* How long and how evenly the bins of the window are filled. */
static void
view_histogram(const double *time, size_t n, double span, struct beacon *out)
{
	unsigned bin[HISTOGRAM_BINS] = { 0 }, run = 0, longest = 0;
	double mean = (double)n / HISTOGRAM_BINS, square = 0;

	for (size_t i = 0; i < n; i++) {
		double at = (time[i] - time[0]) / span * HISTOGRAM_BINS;

		at = fmin(fmax(at, 0), HISTOGRAM_BINS - 1);
		bin[(size_t)at]++;
	}
	for (unsigned i = 0; i < HISTOGRAM_BINS; i++) {
		square += (bin[i] - mean) * (bin[i] - mean);
		run = bin[i] ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	out->evenness = clamp01(1 - sqrt(square / HISTOGRAM_BINS) / mean);
	out->duration = fmax(clamp01((time[n - 1] - time[0]) / span),
	    clamp01(longest / (HISTOGRAM_BINS / 2.0)));
}

struct beacon
beacon_score_times(const struct beacon_times *t)
{
	double time[BEACON_MOST], others;
	size_t n = t->count < BEACON_MOST ? t->count : BEACON_MOST;
	struct beacon out = { 0 };
	struct rhythm r;

	if (n < BEACON_FEWEST_TIMES)
		return out;
	for (size_t i = 0; i < n; i++)
		time[i] = (double)t->time_s[i] - (double)t->time_s[0];
	r = best_rhythm(time, n);
	out.regularity = r.score;
	if (!(r.score > 0))
		return out;
	view_histogram(time, n,
	    fmax(t->span_s > 0 ? (double)t->span_s : DAY_S, time[n - 1] + 1),
	    &out);
	others = out.duration + out.evenness;
	if (t->bytes != NULL) {
		out.sizes = sizes_score(t->bytes, n);
		others = (others + out.sizes) / 3;
	} else {
		others /= 2;
	}
	out.score = r.score * (0.6 + 0.4 * others);
	out.period_s = r.period;
	return out;
}

/* The active part of the ring, oldest first, large counts cut. */
struct series {
	double x[BEACON_MOST];
	size_t n;
	size_t filled;
};

static void
unroll(const struct beacon_buckets *b, struct series *s)
{
	size_t n = b->buckets < BEACON_MOST ? b->buckets : BEACON_MOST;
	size_t first = n, last = 0;

	*s = (struct series){ 0 };
	for (size_t i = 0; i < n; i++) {
		s->x[i] = b->count[(b->oldest + i) % b->buckets];
		if (s->x[i] > 0) {
			first = i < first ? i : first;
			last = i;
			s->filled++;
		}
	}
	if (s->filled == 0)
		return;
	s->n = last - first + 1;
	memmove(s->x, s->x + first, s->n * sizeof *s->x);
}

/* Intervals between filled buckets; only where they are clearly longer than
 * a bucket, else every busy stream would look regular. */
static struct rhythm
sparse_rhythm(const struct series *s)
{
	double time[BEACON_MOST], interval[BEACON_MOST], sorted[BEACON_MOST];
	struct rhythm r;
	size_t n = 0, made;

	for (size_t i = 0; i < s->n; i++)
		if (s->x[i] > 0)
			time[n++] = (double)i;
	/* One beat may straddle two buckets. */
	made = intervals(time, n, 1, interval);
	memcpy(sorted, interval, made * sizeof *sorted);
	sort(sorted, made);
	if (quantile(sorted, made, 0.5) < 4)
		return (struct rhythm){ 0 };
	r = rhythm_of(interval, made);
	/* Whole buckets make multiples likelier by chance. */
	r.score = clamp01(1.15 * r.score - 0.15);
	return r;
}

/*
 * A beacon about as fast as the buckets, or faster: the counts in windows of
 * `width` buckets vary less than chance would, whose ratio of variance to
 * mean is 1 +- sqrt(2 / windows).
 */
static struct rhythm
dense_rhythm_at(const struct series *s, size_t width)
{
	size_t n = s->n / width, filled = 0;
	double sum = 0, square = 0, fano, sure;

	for (size_t i = 0; i < n; i++) {
		double x = 0;

		for (size_t j = 0; j < width; j++)
			x += s->x[i * width + j];
		filled += x > 0;
		sum += x;
		square += x * x;
	}
	if (n < 16 || (double)filled < 0.75 * (double)n)
		return (struct rhythm){ 0 };
	sum /= (double)n;
	fano = (square / (double)n - sum * sum) / sum;
	sure = (1 - fano) * sqrt((double)n / 2);
	return (struct rhythm){ clamp01((0.6 - fano) / 0.35) *
				    clamp01((sure - 1) / 3),
		(double)width / sum };
}

static struct rhythm
dense_rhythm(const struct series *s)
{
	struct rhythm best = { 0 };

	for (size_t width = 1; width <= 8; width *= 2) {
		struct rhythm r = dense_rhythm_at(s, width);

		best = r.score > best.score ? r : best;
	}
	return best;
}

static void
smooth(const struct series *s, size_t width, double *out)
{
	double mean = 0;

	for (size_t i = 0; i < s->n; i++) {
		double sum = 0, weights = 0;
		size_t from = i > width ? i - width : 0;

		for (size_t j = from; j <= i + width && j < s->n; j++) {
			double w =
			    (double)width + 1 - fabs((double)i - (double)j);

			/* Presence with a little size: bursts must not rule. */
			sum += w * fmin(s->x[j], 2);
			weights += w;
		}
		out[i] = sum / weights;
		mean += out[i];
	}
	mean /= (double)s->n;
	for (size_t i = 0; i < s->n; i++)
		out[i] -= mean;
}

/* r[lag] for lags below 2 n / 3; x has mean 0. */
static void
correlate(const double *x, size_t n, double *r)
{
	double square = 0;

	for (size_t i = 0; i < n; i++)
		square += x[i] * x[i];
	for (size_t lag = 0; 3 * lag < 2 * n; lag++) {
		double sum = 0;

		for (size_t i = 0; i + lag < n; i++)
			sum += x[i] * x[i + lag];
		sum *= (double)n / (double)(n - lag);
		r[lag] = square > 0 ? sum / square : 0;
	}
}

/* Peaks at the multiples of `period` less the troughs half-way, against what
 * chance gives. */
static double
peak_score(const double *r, size_t n, size_t period, size_t width)
{
	double peak = 0, trough = 0, chance, height;
	size_t k = 0;

	for (; k < 4 && 3 * (k + 1) * period < 2 * n; k++) {
		size_t half = (2 * k + 1) * period;

		peak += r[(k + 1) * period];
		trough += (r[half / 2] + r[(half + 1) / 2]) / 2;
	}
	if (k < 2)
		return 0;
	peak /= (double)k;
	trough = fmax(trough / (double)k, 0);
	height = peak - trough;
	chance = 4.5 * sqrt((1 + 1.5 * (double)width) / (double)(n * k));
	return clamp01((height - chance) / fmax(0.65 - chance, 0.2));
}

static struct rhythm
autocovariance_rhythm(const struct series *s)
{
	double x[BEACON_MOST], r[BEACON_MOST];
	struct rhythm best = { 0 };

	for (size_t width = 0; width <= 4; width = width ? 2 * width : 1) {
		size_t from = width ? 6 * width : 2;
		size_t to = s->n / 6;

		if (width < 4 && to > 12 * width + 12)
			to = 12 * width + 12;
		smooth(s, width, x);
		correlate(x, s->n, r);
		for (size_t p = from; p <= to; p++) {
			double score = peak_score(r, s->n, p, width);

			/* A multiple of the period is as good: prefer the
			 * shorter unless it is clearly better. */
			if (score > best.score * 1.1 + 0.01)
				best = (struct rhythm){ score, (double)p };
		}
	}
	return best;
}

struct beacon
beacon_score_buckets(const struct beacon_buckets *b)
{
	struct series s;
	struct beacon out = { 0 };
	struct rhythm best, other;

	if (b->buckets < 12 || b->oldest >= b->buckets)
		return out;
	unroll(b, &s);
	if (s.n < 12 || s.filled < BEACON_FEWEST_TIMES)
		return out;
	best = sparse_rhythm(&s);
	other = dense_rhythm(&s);
	best = other.score > best.score ? other : best;
	other = autocovariance_rhythm(&s);
	best = other.score > best.score ? other : best;
	out.regularity = best.score;
	out.duration = clamp01(2 * (double)s.n / b->buckets);
	out.score = best.score * (0.6 + 0.4 * out.duration);
	out.period_s = best.score > 0 ? best.period * b->bucket_s : 0;
	return out;
}
