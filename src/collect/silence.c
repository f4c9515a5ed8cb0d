#include "collect/silence.h"

#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/hash.h"
#include "base/status.h"

#define HOURS 168	 /* of a week */
#define REGULAR_HOURS 44 /* of a look-back of 48, less what may be late */
#define MISSES_MAX 1	 /* of each 24 hours */
#define STREAMS_MAX 20000
#define BUCKETS 4096
#define TELL_MAX 20 /* at a time: more is a trouble of another kind */

struct stream {
	uint64_t hash;
	char *account, *region, *service;
	int64_t newest, oldest; /* hours since 1970 */
	uint64_t heard[HOURS];	/* the hour that stands there, plus 1 */
	bool told;		/* of the silence that lasts */
	struct stream *next;
};

struct silence {
	void (*tell)(void *cookie, const struct silence_told *told);
	void *cookie;
	struct stream *buckets[BUCKETS];
	size_t count;
};

struct silence *
silence_new(
    void (*tell)(void *cookie, const struct silence_told *told), void *cookie)
{
	struct silence *s = status_calloc(1, sizeof(*s));

	s->tell = tell;
	s->cookie = cookie;
	return s;
}

void
silence_free(struct silence *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		while (s->buckets[i] != NULL) {
			struct stream *t = s->buckets[i];

			s->buckets[i] = t->next;
			free(t->account);
			free(t->region);
			free(t->service);
			free(t);
		}
	}
	free(s);
}

static struct stream *
stream_of(struct silence *s, const struct silence_stream *n)
{
	uint64_t hash = hash_mix(hash_seeded(&HASH_KEY_DEFAULT, 1, n->account),
	    hash_mix(hash_seeded(&HASH_KEY_DEFAULT, 2, n->region),
		hash_seeded(&HASH_KEY_DEFAULT, 3, n->service)));
	struct stream **at = &s->buckets[hash % BUCKETS];
	struct stream *t = *at;

	while (t != NULL && t->hash != hash)
		t = t->next;
	if (t != NULL || s->count == STREAMS_MAX)
		return t;
	t = status_calloc(1, sizeof(*t));
	t->hash = hash;
	t->account = span_to_str(n->account);
	t->region = span_to_str(n->region);
	t->service = span_to_str(n->service);
	t->oldest = INT64_MAX;
	t->next = *at;
	*at = t;
	s->count++;
	return t;
}

void
silence_note(
    struct silence *s, const struct silence_stream *stream, int64_t time_us)
{
	int64_t hour = civil_hour(time_us);
	struct stream *t;

	if (time_us <= 0)
		return;
	t = stream_of(s, stream);
	if (t == NULL || hour < t->newest - HOURS)
		return;
	t->heard[hour % HOURS] = (uint64_t)hour + 1;
	if (hour < t->oldest)
		t->oldest = hour;
	if (hour > t->newest) {
		t->newest = hour;
		t->told = false;
	}
}

static void
judge(struct silence *s, struct stream *t, int64_t last, unsigned *told)
{
	int64_t first = t->newest - HOURS + 1;
	unsigned heard = 0, of;

	/* What ended more than a week ago ended before anybody listened. */
	if (t->told || t->newest >= last || t->newest < last - HOURS ||
	    *told == TELL_MAX)
		return;
	if (first < t->oldest)
		first = t->oldest;
	of = (unsigned)(t->newest - first + 1);
	for (int64_t hour = first; hour <= t->newest; hour++)
		heard += t->heard[hour % HOURS] == (uint64_t)hour + 1;
	if (of < REGULAR_HOURS || of - heard > MISSES_MAX * of / 24)
		return;
	t->told = true;
	++*told;
	s->tell(s->cookie, &(struct silence_told){
			       .stream = { span_str(t->account),
				   span_str(t->region), span_str(t->service) },
			       .since_us = (t->newest + 1) * CIVIL_US_PER_HOUR,
			       .hours = heard,
			       .of = of,
			   });
}

void
silence_judge(struct silence *s, int64_t until_us)
{
	/* The last hour for which something must have come by now. */
	int64_t last = civil_hour(until_us) - 1 - SILENCE_LATE_HOURS;
	unsigned told = 0;

	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct stream *t = s->buckets[i]; t != NULL; t = t->next)
			judge(s, t, last, &told);
	}
}
