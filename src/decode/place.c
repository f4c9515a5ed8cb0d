/*
 * What a parcel's path says: AWS object layouts
 * (AWSLogs/ACCOUNT/SERVICE/REGION/YYYY/MM/DD/...), folders named after
 * clusters, dates and hours in names.
 */
#include "base/civil.h"
#include "decode/decoder.h"

static bool
all_digits(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	}
	return s.len > 0;
}

/* "eu-central-1", "us-gov-west-1", "ap-southeast-2" */
static bool
is_region(struct span s)
{
	size_t dash = span_rfind(s, '-'), dashes = 0;

	if (s.len < 9 || s.len > 16 || dash + 2 != s.len ||
	    !all_digits(span_skip(s, dash + 1)))
		return false;
	for (size_t i = 0; i < dash; i++) {
		if (s.at[i] == '-')
			dashes++;
		else if (s.at[i] < 'a' || s.at[i] > 'z')
			return false;
	}
	return dashes >= 1 && s.at[2] == '-';
}

/* Dates, hours, years and "key=value" partitions name no cluster, nor do
 * the words that logs are filed under. */
static bool
names_nothing(struct span s)
{
	static const struct span words[] = { SPAN_INIT("AWSLogs"),
		SPAN_INIT("CloudTrail"), SPAN_INIT("vpcflowlogs"),
		SPAN_INIT("logs"), SPAN_INIT("log"), SPAN_INIT("audit"),
		SPAN_INIT("var"), SPAN_INIT("kube-audit"), SPAN_INIT("."),
		SPAN_INIT("..") };
	size_t digits = 0;

	for (size_t i = 0; i < COUNTOF(words); i++) {
		if (span_equal_nocase(s, words[i]))
			return true;
	}
	for (size_t i = 0; i < s.len; i++) {
		if ((s.at[i] >= '0' && s.at[i] <= '9') || s.at[i] == '-' ||
		    s.at[i] == 'T' || s.at[i] == '_')
			digits++;
		else if (s.at[i] == '=')
			return true;
	}
	return digits == s.len || is_region(s);
}

static bool
number_at(struct span s, size_t at, size_t len, unsigned *out)
{
	uint64_t n;

	if (at + len > s.len || !span_to_u64(span_of(s.at + at, len), &n))
		return false;
	*out = (unsigned)n;
	return true;
}

/* "2026/11/22", "2026-11-22" or "20261122" at `*at`, which moves past it. */
static bool
date_at(struct span s, size_t *at, struct civil *c)
{
	unsigned year;
	size_t from = *at, wide = 0;

	if (!number_at(s, from, 4, &year) || year < 2000 || year > 2199)
		return false;
	if (from + 4 < s.len &&
	    (s.at[from + 4] == '/' || s.at[from + 4] == '-'))
		wide = 1;
	if (!number_at(s, from + 4 + wide, 2, &c->month) ||
	    !number_at(s, from + 6 + 2 * wide, 2, &c->day) || c->month < 1 ||
	    c->month > 12 || c->day < 1 || c->day > 31)
		return false;
	if (wide && s.at[from + 7] != s.at[from + 4])
		return false;
	c->year = (int)year;
	*at = from + 8 + 2 * wide;
	return true;
}

/* A date at `at`, an hour behind it. */
static bool
time_at(struct span s, size_t at, int64_t *time_us)
{
	struct civil c = { 0 };
	unsigned hour;

	if (!date_at(s, &at, &c))
		return false;
	if (at < s.len &&
	    (s.at[at] == 'T' || s.at[at] == '/' || s.at[at] == '-' ||
		s.at[at] == '_') &&
	    number_at(s, at + 1, 2, &hour) && hour < 24)
		c.hour = hour;
	*time_us = civil_time_us(c);
	return true;
}

static int64_t
time_of(struct span path)
{
	int64_t time_us = DECODE_NO_TIME;
	bool inside = false; /* a run of digits */

	for (size_t i = 0; i + 8 <= path.len; i++) {
		bool digit = path.at[i] >= '0' && path.at[i] <= '9';

		/* The deepest date is the most exact. */
		if (digit && !inside)
			(void)time_at(path, i, &time_us);
		inside = digit;
	}
	return time_us;
}

static void
read_config(struct decoder *d, struct span path)
{
	const struct config_cluster *c = NULL;
	struct decode_place *p = &d->place;

	if (d->options.config != NULL)
		c = config_cluster_of_path(d->options.config, path);
	if (d->options.cluster != NULL) {
		p->cluster = span_str(d->options.cluster);
		p->cluster_named = true;
		if (d->options.config != NULL && c == NULL)
			c = config_cluster(d->options.config, p->cluster);
	} else if (c != NULL) {
		p->cluster = span_str(c->name);
		p->cluster_named = true;
	} else if (d->options.config != NULL && p->account.len == 0) {
		/* The folder has the name of a cluster: it is the account's. */
		c = config_cluster(d->options.config,
		    p->cluster.len > 0 ? p->cluster : p->folder);
	}
	if (c == NULL)
		return;
	if (c->account != NULL)
		p->account = span_str(c->account);
	if (c->region != NULL)
		p->region = span_str(c->region);
}

void
place_read(struct decoder *d, struct span path)
{
	struct decode_place *p = &d->place;
	struct span rest = path, part, last = SPAN("");

	memset(p, 0, sizeof(*p));
	p->time_us = time_of(path);
	while (rest.at != NULL) {
		part = span_cut(&rest, '/');
		if (rest.at == NULL)
			break; /* the file's own name */
		if (part.len == 12 && all_digits(part))
			p->account = part;
		else if (is_region(part))
			p->region = part;
		else if (part.len > 0 && !names_nothing(part))
			p->folder = part;
		/* CloudWatch exports keep the group's name in the path. */
		if (span_equal(last, SPAN("eks")))
			p->cluster = part;
		last = part;
	}
	read_config(d, path);
}
