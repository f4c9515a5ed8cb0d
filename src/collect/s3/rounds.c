#include "collect/s3/rounds.h"

#include <stdlib.h>

#include "base/civil.h"
#include "collect/s3/layout.h"
#include "collect/silence.h"
#include "net/clock.h"

#define SWEEP_US CIVIL_US_PER_HOUR
#define LONG_SWEEP_DAYS 30
/* So long after midnight yesterday's folders may still grow much. */
#define MIDNIGHT_US (3 * CIVIL_US_PER_HOUR)
/* Objects in the queue at which no further day is listed. */
#define AHEAD 20000

static int64_t
today(void)
{
	return civil_day(clock_wall_us());
}

static int64_t
next_sweep_us(const struct s3_source *s)
{
	unsigned shorter = s->host->times.sweep_s;

	return clock_mono_us() +
	       (shorter > 0 ? shorter * CIVIL_US_PER_S : SWEEP_US);
}

static int64_t
look_back_day(const struct s3_source *s)
{
	return civil_day(
	    clock_wall_us() -
	    (int64_t)(s->config->look_back_hours * (double)CIVIL_US_PER_HOUR));
}

/* "2026-11-22 2026-11-01 2026-10-01": all before is complete; the last long
 * sweep; the day from which on the source reads. */
static void
read_cursor(struct s3_source *s)
{
	int64_t *const days[] = { &s->cursor_day, &s->long_sweep_day,
		&s->first_day };
	struct buf value = { 0 };
	struct span rest;
	int64_t time_us;

	(void)s->host->cursor(
	    s->host->cookie, buf_span(&s->cursor_key), &value);
	rest = buf_span(&value);
	for (size_t i = 0; i < COUNTOF(days); i++) {
		if (civil_parse(span_cut(&rest, ' '), &time_us))
			*days[i] = civil_day(time_us);
	}
	buf_done(&value);
}

/* The round's first day: none before what is read at all. */
static void
begin_with(struct s3_source *s, int64_t day)
{
	int64_t first = civil_day(s->begin_us);

	s->next_day = day < first ? first : day;
}

void
rounds_open(struct s3_source *s)
{
	int64_t day = look_back_day(s);

	buf_printf(&s->cursor_key, "s3:%s/%s", s3_bucket(s->bucket),
	    s->config->prefix != NULL ? s->config->prefix : "");
	s->cursor_day = s->first_day = INT64_MIN;
	s->long_sweep_day = today();
	read_cursor(s);
	if (s->cursor_day == INT64_MIN && s->config->start_us > 0)
		day = civil_day(s->config->start_us);
	else if (s->cursor_day != INT64_MIN && s->cursor_day < day)
		day = s->cursor_day;
	if (s->cursor_day == INT64_MIN)
		s->cursor_day = day;
	if (s->first_day == INT64_MIN || s->first_day > day)
		s->first_day = day;
	s->begin_us = s->first_day * CIVIL_US_PER_DAY;
	if (s->begin_us < s->config->start_us)
		s->begin_us = s->config->start_us;
	begin_with(s, day);
	s->last_day = today();
	s->state = ROUND_FOLDERS;
	s->round_us = clock_wall_us();
	lister_discover(s->lister);
}

static void
note_heard(struct s3_source *s, struct span key, int64_t time_us)
{
	struct layout_names n = layout_names_of(key);

	if (n.account.len > 0 && n.region.len > 0 && n.service.len > 0)
		silence_note(s->silence,
		    &(struct silence_stream){ n.account, n.region, n.service },
		    time_us);
}

/* What a listing tells. */
void
rounds_on_object(void *cookie, const struct s3_object *o, int64_t day)
{
	struct s3_source *s = cookie;
	struct object *object;
	int64_t time_us;

	if (!work_wants(s, o->key, s->begin_us, o->modified_us, &time_us))
		return;
	note_heard(s, o->key, time_us);
	if (o->size == 0 || objects_find(s->objects, o->key, o->etag) != NULL ||
	    s->host->seen(s->host->cookie, work_identity(s, o->key, o->etag)))
		return;
	if (o->cold) {
		s->ignored++;
		work_say_once(s, WORK_SAID_COLD,
		    "objects in an archive class are not read; restore them",
		    NULL, NULL);
		return;
	}
	object = objects_add(s->objects, o->key, o->etag);
	object->time_us = time_us;
	object->day = day;
	object->size = o->size;
	object->modified_us = o->modified_us;
	object->digest = layout_names_of(o->key).digest;
}

void
rounds_on_trouble(void *cookie, enum s3_outcome outcome, const char *text)
{
	struct s3_source *s = cookie;

	work_trouble(s, WORK_LISTING, text);
	/* With a queue one can do without listings. */
	s->list_denied = outcome == S3_DENIED && s->queue != NULL;
}

static void
set_next_poll(struct s3_source *s)
{
	s->poll_us = clock_mono_us() + (int64_t)(s->config->poll_seconds *
						 (double)CIVIL_US_PER_S);
}

static void
end_round(struct s3_source *s)
{
	if (!s->started) {
		work_say(
		    s, SOURCE_INFO, "what was missed is listed", NULL, NULL);
		s->sweep_us = next_sweep_us(s);
	}
	s->started = true;
	s->list_denied = false;
	s->covered_us = s->round_us;
	s->state = ROUND_REST;
	set_next_poll(s);
	silence_judge(s->silence, s->covered_us);
}

/* All that was asked for is listed: what no later day can come before goes
 * into the queue; then the next day. */
static void
go_on(struct s3_source *s)
{
	bool last = s->next_day > s->last_day;

	work_well(s, WORK_LISTING);
	s->state = ROUND_DAYS;
	(void)objects_queue_round(
	    s->objects, last ? INT64_MAX : s->next_day * CIVIL_US_PER_DAY);
	if (last)
		end_round(s);
	else
		lister_day(s->lister, s->next_day++);
}

static void
begin_round(struct s3_source *s)
{
	int64_t now = clock_mono_us(), wall = clock_wall_us();

	s->state = ROUND_FOLDERS;
	s->round_us = wall;
	s->last_day = civil_day(wall);
	s->next_day = civil_day(wall - MIDNIGHT_US);
	if (now < s->sweep_us) {
		lister_flat(s->lister);
		return;
	}
	s->sweep_us = next_sweep_us(s);
	s->next_day = look_back_day(s);
	if (s->last_day - s->long_sweep_day >= LONG_SWEEP_DAYS) {
		s->next_day = s->last_day - LONG_SWEEP_DAYS;
		s->long_sweep_day = s->last_day;
	}
	begin_with(s, s->next_day);
	lister_discover(s->lister);
}

void
rounds_step(struct s3_source *s)
{
	while (
	    lister_is_idle(s->lister) && objects_queued(s->objects) < AHEAD) {
		if (s->state != ROUND_REST)
			go_on(s);
		else if (clock_mono_us() >= s->poll_us)
			begin_round(s);
		else
			break;
	}
	lister_pump(s->lister);
}

int
rounds_wait_ms(const struct s3_source *s, int most_ms)
{
	int64_t due =
	    s->state == ROUND_REST ? s->poll_us : lister_due_us(s->lister);

	return work_wait_ms(due, most_ms);
}

void
rounds_cursor(struct s3_source *s, const struct object *object)
{
	char day[CIVIL_TEXT_BYTES], sweep[CIVIL_TEXT_BYTES];
	char first[CIVIL_TEXT_BYTES];
	int64_t complete = object->day;

	if (s->held_for > 0 && s->hold_day < complete)
		complete = s->hold_day;
	if (complete > s->cursor_day)
		s->cursor_day = complete;
	(void)civil_format(s->cursor_day * CIVIL_US_PER_DAY, day);
	(void)civil_format(s->long_sweep_day * CIVIL_US_PER_DAY, sweep);
	(void)civil_format(s->first_day * CIVIL_US_PER_DAY, first);
	buf_reset(&s->cursor);
	buf_printf(&s->cursor, "%.10s %.10s %.10s", day, sweep, first);
}
