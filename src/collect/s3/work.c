#include "collect/s3/work.h"

#include <stdio.h>
#include <string.h>

#include "collect/name_time.h"
#include "collect/s3/inbox.h"
#include "collect/s3/layout.h"
#include "collect/walk.h"
#include "net/clock.h"

#define US_PER_MS 1000

struct span
work_identity(struct s3_source *s, struct span key, struct span etag)
{
	buf_reset(&s->identity);
	buf_printf(&s->identity, "s3://%s/", s3_bucket(s->bucket));
	buf_add(&s->identity, key);
	buf_add_char(&s->identity, '#');
	buf_add(&s->identity, etag);
	return buf_span(&s->identity);
}

void
work_say(struct s3_source *s, enum source_level level, const char *message,
    const char *name, const char *value)
{
	const char *const fields[] = { "bucket", s3_bucket(s->bucket), name,
		value, NULL };

	s->host->say(s->host->cookie, level, message, fields);
}

void
work_say_once(struct s3_source *s, enum work_said what, const char *message,
    const char *name, const char *value)
{
	if ((s->said & (uint64_t)what) != 0)
		return;
	s->said |= (uint64_t)what;
	work_say(s, SOURCE_WARNING, message, name, value);
}

void
work_trouble(struct s3_source *s, enum work_part part, const char *text)
{
	s->counts.errors++;
	s->ill |= (unsigned)part;
	if (strncmp(s->counts.trouble, text, sizeof(s->counts.trouble) - 1) !=
	    0)
		work_say(s, SOURCE_ERROR, "cannot collect", "reason", text);
	s->counts.healthy = false;
	(void)snprintf(
	    s->counts.trouble, sizeof(s->counts.trouble), "%s", text);
}

void
work_well(struct s3_source *s, enum work_part part)
{
	bool was_ill = s->ill != 0;

	s->ill &= ~(unsigned)part;
	if (s->ill != 0)
		return;
	if (was_ill)
		work_say(s, SOURCE_INFO, "collects again", NULL, NULL);
	s->counts.healthy = true;
	s->counts.trouble[0] = '\0';
}

bool
work_wants(struct s3_source *s, struct span key, int64_t begin_us,
    int64_t modified_us, int64_t *time_us)
{
	bool partial;

	*time_us = name_time_of(key);
	if (*time_us == NAME_TIME_NONE)
		*time_us = modified_us;
	if (key.len == 0 || key.at[key.len - 1] == '/' ||
	    !span_starts(key, span_str(s->config->prefix)) ||
	    (*time_us != 0 && *time_us < begin_us))
		return false;
	if (layout_names_of(key).digest)
		return s->digests != NULL;
	if (walk_refuses(key, &partial) == NULL)
		return true;
	s->ignored++;
	return false;
}

int
work_wait_ms(int64_t due_us, int most_ms)
{
	int64_t wait;

	if (due_us == INT64_MAX)
		return most_ms;
	wait = (due_us - clock_mono_us()) / US_PER_MS + 1;
	if (wait < 0)
		return 0;
	return wait < most_ms ? (int)wait : most_ms;
}

void
work_hold(struct s3_source *s, struct object *object)
{
	if (object->held_for || object->day == 0)
		return;
	object->held_for = true;
	if (s->held_for++ == 0 || object->day < s->hold_day)
		s->hold_day = object->day;
}

void
work_let_go(struct s3_source *s, struct object *object)
{
	s->held_for -= object->held_for;
	object->held_for = false;
}

void
work_finish(struct s3_source *s, struct object *object)
{
	work_let_go(s, object);
	for (const struct object_notice *n = object->notices; n != NULL;
	     n = n->next)
		inbox_settle(s, n->message, INBOX_SAFE);
	objects_drop(s->objects, object);
}
