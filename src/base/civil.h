/*
 * civil.h - times as people and logs write them.
 *
 * A time is microseconds since 1970-01-01T00:00:00Z in int64_t, always UTC.
 * Pure functions: nothing here reads a clock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define CIVIL_US_PER_S ((int64_t)1000000)
#define CIVIL_US_PER_HOUR (3600 * CIVIL_US_PER_S)
#define CIVIL_US_PER_DAY (24 * CIVIL_US_PER_HOUR)
#define CIVIL_TEXT_BYTES 32 /* room for any text civil_format writes */

struct civil {
	int year;
	unsigned month, day; /* 1-based */
	unsigned hour, minute, second, us;
};

/*
 * Read `YYYY-MM-DDTHH:MM:SS[.fraction][Z|+HH:MM|-HH:MM]`, with a blank in
 * place of the T, or the date alone (midnight).  Years 1970 to 9999 only;
 * digits of the fraction past the sixth are dropped.
 */
bool civil_parse(struct span s, int64_t *time_us);

/* Split a time; negative times are clamped to 0. */
struct civil civil_of(int64_t time_us);

/* Join; fields are trusted to be in range. */
int64_t civil_time_us(struct civil c);

/* "2026-11-22T03:21:30Z", with ".123456" when there is a fraction.  `text`
 * has CIVIL_TEXT_BYTES; returns it. */
char *civil_format(int64_t time_us, char *text);

/* "2026-11-22T03:21:30.000Z": always milliseconds, as GuardDuty writes. */
char *civil_format_ms(int64_t time_us, char *text);

/* Whole days since 1970 and whole hours since 1970, floored. */
int64_t civil_day(int64_t time_us);
int64_t civil_hour(int64_t time_us);

/* 0 = Monday ... 6 = Sunday. */
unsigned civil_weekday(int64_t time_us);
