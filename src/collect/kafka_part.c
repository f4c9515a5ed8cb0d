#include "collect/kafka_part.h"

#include <stdlib.h>

#include "base/place.h"

#define RUNS_MAX 64
#define GROUP_RECORDS 2048
#define GROUP_BYTES ((size_t)2 * 1024 * 1024)
#define FLIGHTS_MIN 64
#define BODY_LIMIT ((size_t)128 * 1024 * 1024)

void
kafka_part_init(
    struct kafka_part *p, const char *group, const char *topic, int32_t number)
{
	struct buf name = { 0 };

	*p = (struct kafka_part){ .number = number,
		.next = KAFKA_NOWHERE,
		.given = KAFKA_NOWHERE,
		.safe = KAFKA_NOWHERE,
		.asked = KAFKA_NOWHERE };
	buf_add_str(&name, topic);
	p->topic = name.at;
	buf_printf(&p->place, PLACE_KAFKA "%s/%d", topic, (int)number);
	buf_printf(&p->cursor_key, "kafka/%s/%s/%d", group, topic, (int)number);
}

void
kafka_part_done(struct kafka_part *p)
{
	kafka_part_drop(p);
	for (size_t i = 0; i < p->runs_size; i++)
		buf_done(&p->runs[i].cluster);
	free(p->runs);
	free(p->flights);
	free(p->topic);
	buf_done(&p->place);
	buf_done(&p->cursor_key);
}

/* --- the group ------------------------------------------------------------ */

/*
 * The last run of this cluster, when the record may be put behind its others:
 * so the records of a cluster keep their order.
 */
static struct kafka_run *
open_run(struct kafka_part *p, enum kafka_form form, struct span cluster)
{
	for (size_t i = p->nruns; i-- > 0;) {
		struct kafka_run *run = &p->runs[i];

		if (!span_equal(buf_span(&run->cluster), cluster))
			continue;
		return run->form == form && form != KAFKA_ALONE &&
			       run->records < KAFKA_RUN_RECORDS &&
			       run->body.len < KAFKA_RUN_BYTES
			   ? run
			   : NULL;
	}
	return NULL;
}

static struct kafka_run *
new_run(struct kafka_part *p, enum kafka_form form, struct span cluster)
{
	struct kafka_run *run;

	if (p->nruns == p->runs_size) {
		size_t size = p->runs_size ? p->runs_size * 2 : 2;

		p->runs = status_realloc(p->runs, size, sizeof(*p->runs));
		for (size_t i = p->runs_size; i < size; i++)
			p->runs[i] = (struct kafka_run){ 0 };
		p->runs_size = size;
	}
	run = &p->runs[p->nruns++];
	run->body = (struct buf){ .limit = BODY_LIMIT };
	buf_reset(&run->cluster);
	buf_add(&run->cluster, cluster);
	run->form = form;
	run->records = 0;
	run->arrived_us = 0;
	return run;
}

void
kafka_part_add(struct kafka_part *p, enum kafka_form form, struct span cluster,
    struct span value, int64_t arrived_us)
{
	struct kafka_run *run = open_run(p, form, cluster);

	if (run == NULL)
		run = new_run(p, form, cluster);
	if (run->records++ == 0)
		run->arrived_us = arrived_us;
	buf_add(&run->body, value);
	if (form != KAFKA_ALONE)
		buf_add_char(&run->body, '\n');
	p->group_records++;
	p->group_bytes += value.len;
}

bool
kafka_part_is_full(const struct kafka_part *p)
{
	/* One cluster alone fills a group with one run. */
	size_t share = p->nruns == 1 ? 4 : 1;

	return p->nruns >= RUNS_MAX ||
	       p->group_records * share >= GROUP_RECORDS ||
	       p->group_bytes * share >= GROUP_BYTES;
}

void
kafka_part_drop(struct kafka_part *p)
{
	for (size_t i = 0; i < p->nruns; i++)
		buf_done(&p->runs[i].body);
	p->nruns = 0;
	p->group_records = 0;
	p->group_bytes = 0;
}

/* --- what is under way ---------------------------------------------------- */

static struct kafka_flight *
flight(struct kafka_part *p, uint64_t number)
{
	return &p->flights[number & (p->flights_size - 1)];
}

static void
grow_flights(struct kafka_part *p)
{
	size_t size = p->flights_size ? p->flights_size * 2 : FLIGHTS_MIN;
	struct kafka_flight *old = p->flights;
	size_t old_size = p->flights_size;

	p->flights = status_calloc(size, sizeof(*p->flights));
	p->flights_size = size;
	for (uint64_t n = p->flights_first; n != p->flights_end; n++)
		*flight(p, n) = old[n & (old_size - 1)];
	free(old);
}

uint64_t
kafka_part_given(struct kafka_part *p, int64_t next)
{
	if (p->flights_end - p->flights_first == p->flights_size)
		grow_flights(p);
	*flight(p, p->flights_end) = (struct kafka_flight){ .next = next };
	p->given = next;
	return p->flights_end++;
}

void
kafka_part_safe(struct kafka_part *p, uint64_t number)
{
	if (number < p->flights_first || number >= p->flights_end)
		return;
	flight(p, number)->safe = true;
	while (p->flights_first != p->flights_end &&
	       flight(p, p->flights_first)->safe)
		p->safe = flight(p, p->flights_first++)->next;
}

void
kafka_part_skipped(struct kafka_part *p, int64_t next)
{
	kafka_part_safe(p, kafka_part_given(p, next));
}

void
kafka_part_rewind(struct kafka_part *p)
{
	for (uint64_t n = p->flights_first; n != p->flights_end; n++)
		flight(p, n)->next = KAFKA_NOWHERE;
	p->next = p->given = p->safe = p->asked = KAFKA_NOWHERE;
}

bool
kafka_part_is_waiting(const struct kafka_part *p)
{
	return p->flights_first != p->flights_end;
}
