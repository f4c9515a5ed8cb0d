#include "collect/name_time.h"

#include <stdbool.h>

#include "base/civil.h"
#include "base/status.h"

#define YEAR_MIN 2006 /* when there was first a cloud to log */
#define YEAR_MAX 2099

/* A date under construction; -1: not told. */
struct date {
	int year, month, day, hour, minute, second;
};

static const struct date no_date = { -1, -1, -1, -1, -1, -1 };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* How many digits stand at `at`. */
static size_t
digits_at(struct span s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && is_digit(s.at[at + n]))
		n++;
	return n;
}

/* The number in `n` digits known to be there. */
static int
number(struct span s, size_t at, size_t n)
{
	int value = 0;

	while (n--)
		value = value * 10 + (s.at[at++] - '0');
	return value;
}

static bool
in_range(int value, int low, int high)
{
	return value >= low && value <= high;
}

/* A day of the calendar: what does not exist comes back as another day. */
static int64_t
time_of(struct date d)
{
	struct civil c = { 0 };
	struct civil back;
	int64_t time_us;

	if (!in_range(d.year, YEAR_MIN, YEAR_MAX) ||
	    !in_range(d.month, 1, 12) || !in_range(d.day, 1, 31) ||
	    d.hour > 23 || d.minute > 59 || d.second > 60)
		return NAME_TIME_NONE;
	c.year = d.year;
	c.month = (unsigned)d.month;
	c.day = (unsigned)d.day;
	c.hour = d.hour < 0 ? 0 : (unsigned)d.hour;
	c.minute = d.minute < 0 ? 0 : (unsigned)d.minute;
	c.second = d.second < 0 ? 0 : (unsigned)d.second;
	time_us = civil_time_us(c);
	back = civil_of(time_us);
	if (back.month != c.month || back.day != c.day)
		return NAME_TIME_NONE;
	return time_us;
}

static bool
is_date_separator(char c)
{
	return c == '-' || c == '_' || c == '.';
}

/* Hours, minutes and seconds in one run of digits: HH, HHMM or HHMMSS. */
static bool
take_clock_run(struct span s, size_t at, struct date *d)
{
	size_t n = digits_at(s, at);

	if (n != 2 && n != 4 && n != 6)
		return false;
	if (at + n < s.len && is_alpha(s.at[at + n]) && s.at[at + n] != 'Z')
		return false; /* hexadecimal, more likely */
	d->hour = number(s, at, 2);
	if (n >= 4)
		d->minute = number(s, at + 2, 2);
	if (n == 6)
		d->second = number(s, at + 4, 2);
	return d->hour <= 23 && d->minute <= 59 && d->second <= 60;
}

/* The clock behind a date, when there is one; else *d keeps the date. */
static void
take_clock(struct span s, size_t at, struct date *d)
{
	struct date with = *d;

	if (at + 2 >= s.len || is_digit(s.at[at]) ||
	    (is_alpha(s.at[at]) && s.at[at] != 'T'))
		return;
	at++;
	if (!take_clock_run(s, at, &with))
		return;
	*d = with;
	at += digits_at(s, at);
	/* HH-MM-SS: each part only when it is two digits. */
	if (with.minute >= 0 || at >= s.len || digits_at(s, at + 1) != 2)
		return;
	with.minute = number(s, at + 1, 2);
	if (with.minute > 59 || is_alpha(s.at[at]))
		return;
	*d = with;
	at += 3;
	if (at >= s.len || is_alpha(s.at[at]) || digits_at(s, at + 1) != 2)
		return;
	with.second = number(s, at + 1, 2);
	if (with.second <= 60)
		*d = with;
}

/* A date at `at`, where a run of digits begins. */
static int64_t
stamp_at(struct span s, size_t at)
{
	size_t n = digits_at(s, at);
	struct date d = no_date;

	if (n == 8 || n == 10 || n == 14) {
		d.year = number(s, at, 4);
		d.month = number(s, at + 4, 2);
		d.day = number(s, at + 6, 2);
		if (n == 8)
			take_clock(s, at + 8, &d);
		else if (!take_clock_run(s, at + 8, &d))
			return NAME_TIME_NONE;
		return time_of(d);
	}
	if (n != 4 || at + 10 > s.len || !is_date_separator(s.at[at + 4]) ||
	    digits_at(s, at + 5) != 2 || s.at[at + 7] != s.at[at + 4] ||
	    digits_at(s, at + 8) != 2)
		return NAME_TIME_NONE;
	d.year = number(s, at, 4);
	d.month = number(s, at + 5, 2);
	d.day = number(s, at + 8, 2);
	take_clock(s, at + 10, &d);
	return time_of(d);
}

/* Seconds or milliseconds since 1970, standing alone. */
static int64_t
epoch_at(struct span s, size_t at)
{
	size_t n = digits_at(s, at);
	uint64_t value;
	int64_t time_us;

	if ((n != 10 && n != 13) ||
	    !span_to_u64(span_of(s.at + at, n), &value) ||
	    (at + n < s.len && is_alpha(s.at[at + n])) ||
	    (at > 0 && is_alpha(s.at[at - 1])))
		return NAME_TIME_NONE;
	time_us = (int64_t)(n == 10 ? value * 1000 : value) * 1000;
	return in_range(civil_of(time_us).year, YEAR_MIN, YEAR_MAX)
		   ? time_us
		   : NAME_TIME_NONE;
}

static int64_t
find_in(struct span name, int64_t (*at_digit)(struct span s, size_t at))
{
	size_t i = 0;

	while (i < name.len) {
		size_t n = digits_at(name, i);
		int64_t time_us;

		if (n == 0) {
			i++;
			continue;
		}
		time_us = at_digit(name, i);
		if (time_us != NAME_TIME_NONE)
			return time_us;
		i += n;
	}
	return NAME_TIME_NONE;
}

/* YYYYMMDDTHHMMZ or ...SSZ, as AWS delivers objects. */
static int64_t
delivery_at(struct span s, size_t at)
{
	size_t n;

	if (digits_at(s, at) != 8 || at + 9 >= s.len || s.at[at + 8] != 'T')
		return NAME_TIME_NONE;
	n = digits_at(s, at + 9);
	if ((n != 4 && n != 6) || at + 9 + n >= s.len ||
	    s.at[at + 9 + n] != 'Z')
		return NAME_TIME_NONE;
	return stamp_at(s, at);
}

/* YYYY-MM-DD-HH-MM-SS-UUID, as Firehose delivers objects: the UUID is how
 * they are told from a file that was rotated. */
static int64_t
firehose_at(struct span s, size_t at)
{
	static const unsigned char lengths[] = { 4, 2, 2, 2, 2, 2 };
	size_t end = at, hex = 0;

	for (size_t i = 0; i < COUNTOF(lengths); i++) {
		if (digits_at(s, end) != lengths[i])
			return NAME_TIME_NONE;
		end += lengths[i];
		if (end >= s.len || s.at[end] != '-')
			return NAME_TIME_NONE;
		end++;
	}
	while (end + hex < s.len && is_hex(s.at[end + hex]))
		hex++;
	if (hex != 8 || end + hex >= s.len || s.at[end + hex] != '-')
		return NAME_TIME_NONE;
	return stamp_at(s, at);
}

static bool
is_rotated(struct span name)
{
	size_t i;

	if (span_contains_nocase(name, SPAN("audit")))
		return true;
	i = span_search(name, SPAN(".log")) + 4;
	return i + 1 < name.len && (name.at[i] == '-' || name.at[i] == '.') &&
	       is_digit(name.at[i + 1]);
}

/* --- folders -------------------------------------------------------------- */

static bool
take_key(struct span part, struct date *d)
{
	const struct {
		struct span key;
		int *field;
	} keys[] = {
		{ SPAN("year="), &d->year },
		{ SPAN("month="), &d->month },
		{ SPAN("day="), &d->day },
		{ SPAN("hour="), &d->hour },
	};
	size_t i;

	for (i = 0; i < COUNTOF(keys); i++) {
		size_t n;

		if (!span_starts(part, keys[i].key))
			continue;
		n = part.len - keys[i].key.len;
		if (n > 0 && n <= 4 && digits_at(part, keys[i].key.len) == n)
			*keys[i].field = number(part, keys[i].key.len, n);
		return true;
	}
	return false;
}

static bool
take_date(struct span part, int64_t *time_us)
{
	static const char *const keys[] = {
		"date=", "dt=", "day=", "datehour="
	};
	size_t i;
	int64_t found;

	for (i = 0; i < COUNTOF(keys); i++) {
		if (!span_starts(part, span_str(keys[i])))
			continue;
		found = stamp_at(part, strlen(keys[i]));
		if (found != NAME_TIME_NONE)
			*time_us = found;
		return found != NAME_TIME_NONE;
	}
	found = stamp_at(part, 0);
	if (found != NAME_TIME_NONE)
		*time_us = found;
	return found != NAME_TIME_NONE;
}

/* One folder of a row 2026/11/22/03: the next field that is missing. */
static void
take_part(struct span part, struct date *d)
{
	size_t n = digits_at(part, 0);

	if (n != part.len || (n != 4 && n != 2)) {
		if (d->day < 0)
			*d = no_date;
		return;
	}
	if (n == 4 && d->day < 0) {
		*d = no_date;
		d->year = number(part, 0, 4);
	} else if (n == 2 && d->year >= 0) {
		int *next = d->month < 0  ? &d->month
			    : d->day < 0  ? &d->day
			    : d->hour < 0 ? &d->hour
					  : NULL;

		if (next)
			*next = number(part, 0, 2);
	}
}

static int64_t
time_of_folders(struct span folders)
{
	struct date hive = no_date;
	struct date row = no_date;
	int64_t dated = NAME_TIME_NONE;
	int64_t time_us;

	while (folders.at) {
		struct span part = span_cut(&folders, '/');

		if (take_date(part, &dated) || take_key(part, &hive))
			continue;
		take_part(part, &row);
	}
	if (dated != NAME_TIME_NONE) {
		if (in_range(hive.hour, 0, 23))
			dated = civil_day(dated) * CIVIL_US_PER_DAY +
				hive.hour * CIVIL_US_PER_HOUR;
		return dated;
	}
	time_us = time_of(hive);
	return time_us != NAME_TIME_NONE ? time_us : time_of(row);
}

int64_t
name_time_of(struct span path)
{
	size_t slash = span_rfind(path, '/');
	bool has_folders = slash < path.len;
	struct span name = has_folders ? span_skip(path, slash + 1) : path;
	int64_t time_us = find_in(name, delivery_at);

	if (time_us == NAME_TIME_NONE)
		time_us = find_in(name, firehose_at);
	if (time_us != NAME_TIME_NONE)
		return time_us;
	if (is_rotated(name))
		return NAME_TIME_NONE;
	time_us = find_in(name, stamp_at);
	if (time_us == NAME_TIME_NONE)
		time_us = find_in(name, epoch_at);
	if (time_us == NAME_TIME_NONE && has_folders)
		time_us = time_of_folders(span_first(path, slash));
	return time_us;
}
