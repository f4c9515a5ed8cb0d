#include "base/civil.h"

#include <stdio.h>

/* Days since 1970-01-01 of a proleptic Gregorian date: the era arithmetic
 * of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
static int64_t
days_of(int year, unsigned month, unsigned day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	unsigned yoe = (unsigned)(y - era * 400);
	unsigned doy =
	    (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + (int64_t)doe - 719468;
}

static bool
digits(struct span s, size_t at, unsigned count, unsigned *out)
{
	unsigned n = 0;

	if (s.len < at + count)
		return false;
	for (unsigned i = 0; i < count; i++) {
		unsigned d = (unsigned char)s.at[at + i] - (unsigned)'0';

		if (d > 9)
			return false;
		n = n * 10 + d;
	}
	*out = n;
	return true;
}

static unsigned
month_days(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

static bool
parse_date(struct span s, struct civil *c)
{
	unsigned year;

	if (!digits(s, 0, 4, &year) || !digits(s, 5, 2, &c->month) ||
	    !digits(s, 8, 2, &c->day) || s.at[4] != '-' || s.at[7] != '-')
		return false;
	if (year < 1970 || c->month < 1 || c->month > 12 || c->day < 1)
		return false;
	c->year = (int)year;
	return c->day <= month_days(year, c->month);
}

/* Read the fraction after the dot at `*at`, advancing past its digits. */
static bool
parse_fraction(struct span s, size_t *at, unsigned *us)
{
	unsigned n = 0, scale = 100000;
	size_t start = ++*at;

	for (; *at < s.len; ++*at) {
		unsigned d = (unsigned char)s.at[*at] - (unsigned)'0';

		if (d > 9)
			break;
		n += d * scale;
		scale /= 10;
	}
	*us = n;
	return *at > start;
}

static bool
parse_zone(struct span s, int64_t *offset_us)
{
	unsigned hour, minute;
	size_t at = 3;

	*offset_us = 0;
	if (s.len == 0 || span_equal(s, SPAN("Z")) ||
	    span_equal(s, SPAN("z")) || span_equal(s, SPAN(" UTC")))
		return true;
	if (s.at[0] != '+' && s.at[0] != '-')
		return false;
	if (!digits(s, 1, 2, &hour))
		return false;
	at += s.len > 3 && s.at[3] == ':';
	if (!digits(s, at, 2, &minute) || s.len != at + 2 || hour > 23 ||
	    minute > 59)
		return false;
	*offset_us = (int64_t)(hour * 60 + minute) * 60 * CIVIL_US_PER_S;
	if (s.at[0] == '-')
		*offset_us = -*offset_us;
	return true;
}

/* The time of day behind the date, to the second. */
static bool
parse_clock(struct span s, struct civil *c)
{
	if ((s.at[10] != 'T' && s.at[10] != ' ' && s.at[10] != 't') ||
	    !digits(s, 11, 2, &c->hour) || !digits(s, 14, 2, &c->minute) ||
	    !digits(s, 17, 2, &c->second))
		return false;
	return s.at[13] == ':' && s.at[16] == ':' && c->hour <= 23 &&
	       c->minute <= 59 && c->second <= 60;
}

bool
civil_parse(struct span s, int64_t *time_us)
{
	struct civil c = { 0 };
	int64_t offset_us;
	size_t at = 19;

	if (!parse_date(s, &c))
		return false;
	if (s.len == 10) {
		*time_us = civil_time_us(c);
		return true;
	}
	if (!parse_clock(s, &c))
		return false;
	if (s.len > at && (s.at[at] == '.' || s.at[at] == ',') &&
	    !parse_fraction(s, &at, &c.us))
		return false;
	if (!parse_zone(span_skip(s, at), &offset_us))
		return false;
	*time_us = civil_time_us(c) - offset_us;
	return true;
}

struct civil
civil_of(int64_t time_us)
{
	struct civil c = { 0 };
	int64_t days, era;
	unsigned doe, yoe, doy, mp, left;

	if (time_us < 0)
		time_us = 0;
	days = time_us / CIVIL_US_PER_DAY + 719468;
	era = days / 146097;
	doe = (unsigned)(days - era * 146097);
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	c.day = doy - (153 * mp + 2) / 5 + 1;
	c.month = mp < 10 ? mp + 3 : mp - 9;
	c.year = (int)(yoe + (unsigned)era * 400 + (c.month <= 2));
	left = (unsigned)(time_us % CIVIL_US_PER_DAY / CIVIL_US_PER_S);
	c.hour = left / 3600;
	c.minute = left / 60 % 60;
	c.second = left % 60;
	c.us = (unsigned)(time_us % CIVIL_US_PER_S);
	return c;
}

int64_t
civil_time_us(struct civil c)
{
	int64_t days = days_of(c.year, c.month, c.day);
	int64_t s = days * 86400 + c.hour * INT64_C(3600) +
		    c.minute * INT64_C(60) + c.second;

	return s * CIVIL_US_PER_S + c.us;
}

static char *
format(int64_t time_us, char *text, const char *fraction)
{
	struct civil c = civil_of(time_us);

	(void)snprintf(text, CIVIL_TEXT_BYTES,
	    "%04u-%02u-%02uT%02u:%02u:%02u%sZ", (unsigned)c.year % 10000,
	    c.month % 100, c.day % 100, c.hour % 100, c.minute % 100,
	    c.second % 100, fraction);
	return text;
}

char *
civil_format(int64_t time_us, char *text)
{
	char fraction[16] = "";

	if (time_us > 0 && time_us % CIVIL_US_PER_S != 0)
		(void)snprintf(fraction, sizeof(fraction), ".%06u",
		    (unsigned)(time_us % CIVIL_US_PER_S));
	return format(time_us, text, fraction);
}

char *
civil_format_ms(int64_t time_us, char *text)
{
	char fraction[16];
	int64_t us = time_us < 0 ? 0 : time_us % CIVIL_US_PER_S;

	(void)snprintf(
	    fraction, sizeof(fraction), ".%03u", (unsigned)(us / 1000));
	return format(time_us, text, fraction);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t
civil_day(int64_t time_us)
{
	return floor_div(time_us, CIVIL_US_PER_DAY);
}

int64_t
civil_hour(int64_t time_us)
{
	return floor_div(time_us, CIVIL_US_PER_HOUR);
}

unsigned
civil_weekday(int64_t time_us)
{
	/* 1970-01-01 was a Thursday. */
	int64_t day = (civil_day(time_us) + 3) % 7;

	return (unsigned)(day < 0 ? day + 7 : day);
}
