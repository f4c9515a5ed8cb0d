#include "stats/tunnel.h"

#include <math.h>

#include "base/hash.h"
#include "base/status.h"

#define LEAST_SPAN_HOURS (5.0 / 60)

double
tunnel_entropy(struct span s)
{
	uint16_t count[256] = { 0 };
	double sum = 0;
	size_t n = 0;

	ASSERT(s.at != NULL || s.len == 0);
	s = span_first(s, UINT16_MAX);
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] != '.') {
			count[(unsigned char)s.at[i]]++;
			n++;
		}
	for (size_t i = 0; i < s.len && n > 0; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c == '.' || count[c] == 0)
			continue;
		sum -= count[c] * log2((double)count[c] / (double)n);
		count[c] = 0;
	}
	return n ? sum / (double)n : 0;
}

static void
measure(struct span s, double *bytes, double *longest)
{
	*bytes = *longest = 0;
	while (s.at != NULL) {
		struct span label = span_cut(&s, '.');

		*bytes += (double)label.len;
		*longest = fmax(*longest, (double)label.len);
	}
}

void
tunnel_add(struct tunnel *t, struct span subdomain, enum tunnel_record record,
    enum tunnel_answer answer, int64_t time_us)
{
	double bytes, longest;

	if (!(t->queries > 0) || time_us < t->first_us)
		t->first_us = time_us;
	if (!(t->queries > 0) || time_us > t->last_us)
		t->last_us = time_us;
	t->queries += 1;
	t->bulky += record == TUNNEL_RECORD_BULKY;
	t->missing += answer == TUNNEL_ANSWER_NONE;
	if (span_is_empty(subdomain))
		return;
	measure(subdomain, &bytes, &longest);
	t->bytes += bytes;
	t->longest += longest;
	t->entropy += tunnel_entropy(subdomain);
	(void)hll8_add(&t->names, hash_span(&HASH_KEY_DEFAULT, subdomain));
}

void
tunnel_join(struct tunnel *t, const struct tunnel *from)
{
	if (!(from->queries > 0))
		return;
	if (!(t->queries > 0) || from->first_us < t->first_us)
		t->first_us = from->first_us;
	if (!(t->queries > 0) || from->last_us > t->last_us)
		t->last_us = from->last_us;
	t->queries += from->queries;
	t->bulky += from->bulky;
	t->missing += from->missing;
	t->bytes += from->bytes;
	t->longest += from->longest;
	t->entropy += from->entropy;
	hll8_merge(&t->names, &from->names);
}

double
tunnel_names(const struct tunnel *t)
{
	return fmin(hll8_estimate(&t->names), t->queries);
}

static double
per_query(const struct tunnel *t, double sum)
{
	return t->queries > 0 ? sum / t->queries : 0;
}

double
tunnel_information_bytes(const struct tunnel *t)
{
	return tunnel_names(t) * tunnel_mean_length(t);
}

double
tunnel_bytes_per_hour(const struct tunnel *t)
{
	double hours = ((double)t->last_us - (double)t->first_us) / 3.6e9;

	return tunnel_information_bytes(t) / fmax(hours, LEAST_SPAN_HOURS);
}

double
tunnel_mean_entropy(const struct tunnel *t)
{
	return per_query(t, t->entropy);
}

double
tunnel_mean_length(const struct tunnel *t)
{
	return per_query(t, t->bytes);
}

double
tunnel_mean_label(const struct tunnel *t)
{
	return per_query(t, t->longest);
}

double
tunnel_unique_ratio(const struct tunnel *t)
{
	return per_query(t, tunnel_names(t));
}

/* x from `low` (0) to `high` (1), straight between. */
static double
ramp(double x, double low, double high)
{
	return fmin(fmax((x - low) / (high - low), 0), 1);
}

double
tunnel_log_odds(const struct tunnel *t, double usual_bytes)
{
	double information = tunnel_information_bytes(t);
	double odds = -7;

	if (!(t->queries > 0))
		return odds;
	/* 300 bytes are a key, 20 kB a small file. */
	odds += 4 * ramp(log2(1 + information), log2(300), log2(20000));
	odds += 2.5 * ramp(tunnel_mean_length(t), 16, 48);
	odds += 2 * ramp(tunnel_mean_entropy(t), 3.0, 4.0);
	odds += 1.5 * ramp(tunnel_unique_ratio(t), 0.4, 0.9);
	odds += 1.5 * ramp(per_query(t, t->bulky), 0.05, 0.4);
	odds += 0.5 * ramp(per_query(t, t->missing), 0.1, 0.6);
	/* A domain that always carries this much: a scanner's reputation
	 * look-ups, telemetry. */
	if (usual_bytes > 0)
		odds -= 5 * (1 - ramp(log2(information / usual_bytes), 0, 3));
	/* Little evidence stays little. */
	odds -= 4 * (1 - ramp(tunnel_names(t), 2, 20));
	return odds;
}

double
tunnel_score(const struct tunnel *t, double usual_bytes)
{
	return 1 / (1 + exp(-tunnel_log_odds(t, usual_bytes)));
}
