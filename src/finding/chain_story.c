/*
 * The words of a sequence.  What happened comes first, in order and with its
 * times, as one would tell it to a colleague; then what it means.
 */
#include <stdio.h>

#include "base/civil.h"
#include "detect/tactic.h"
#include "finding/finding.h"

#define TOLD_MAX 8 /* steps told one by one; the rest is counted */

static void
add_moment(int64_t time_us, int64_t before_us, struct buf *out)
{
	struct civil c = civil_of(time_us);

	if (civil_day(time_us) != civil_day(before_us))
		buf_printf(out, "%04d-%02u-%02u ", c.year, c.month, c.day);
	buf_printf(out, "%02u:%02u UTC", c.hour, c.minute);
}

static void
add_lower(const char *text, struct buf *out)
{
	for (; *text != '\0'; text++)
		buf_add_char(out, *text >= 'A' && *text <= 'Z'
				      ? (char)(*text - 'A' + 'a')
				      : *text);
}

/* The first step of its type: what is told; repetitions are counted. */
static bool
is_first_of_type(const struct chain *c, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (c->steps[i]->row == c->steps[at]->row)
			return false;
	}
	return true;
}

static uint64_t
signals_of_type(const struct chain *c, const struct detector_row *row)
{
	uint64_t count = 0;

	for (size_t i = 0; i < c->nsteps; i++) {
		if (c->steps[i]->row == row)
			count += c->steps[i]->count;
	}
	return count;
}

static void
add_step(const struct chain *c, size_t at, int64_t before_us, struct buf *out)
{
	const struct chain_step *s = c->steps[at];
	uint64_t count = signals_of_type(c, s->row);

	buf_add_str(out, before_us == 0 ? " First, " : " Then, ");
	add_moment(s->time_us, before_us, out);
	buf_add_str(out, ", ");
	add_lower(tactic_text(s->row->detector->tactic), out);
	buf_add_str(out, ": ");
	buf_add(out, s->text[CHAIN_TITLE]);
	if (count > 1)
		buf_printf(out, " (%llu times)", (unsigned long long)count);
	buf_add_char(out, '.');
}

void
chain_describe(const struct finding *f, struct buf *out)
{
	const struct chain *c = f->chain;
	int64_t before_us = 0;
	size_t told = 0, more = 0;

	finding_expand(f, finding_detector(f)->story, out);
	for (size_t i = 0; i < c->nsteps; i++) {
		if (!is_first_of_type(c, i))
			continue;
		if (told == TOLD_MAX) {
			more++;
			continue;
		}
		add_step(c, i, before_us, out);
		before_us = c->steps[i]->time_us;
		told++;
	}
	if (more > 0)
		buf_printf(out, " %zu more kinds of acts followed.", more);
}
