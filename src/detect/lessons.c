#include "detect/lessons.h"

#include <string.h>

/* What so many lessons ahead touch is looked for, and fetched. */
#define AHEAD 8
#define AHEAD_SOON 4

/* The slot of the lesson, or the free one where it would go. */
static uint16_t *
slot_of(struct lessons *l, uint64_t profile, uint64_t value, int64_t hour)
{
	/* Both are keyed hashes already. */
	size_t i = (profile ^ value >> 17) & (LESSONS_SLOTS - 1);

	while (l->slots[i] != 0) {
		const struct lesson_waiting *w = &l->waiting[l->slots[i] - 1];

		if (w->value == value && w->profile == profile &&
		    w->hour == hour)
			break;
		i = (i + 1) & (LESSONS_SLOTS - 1);
	}
	return &l->slots[i];
}

void
lessons_add(struct lessons *l, struct baseline *b, uint64_t profile,
    uint64_t value, int64_t hour)
{
	uint16_t *slot = slot_of(l, profile, value, hour);

	if (*slot != 0) {
		l->waiting[*slot - 1].times++;
		return;
	}
	if (l->count == LESSONS_JOINED) {
		lessons_finish(l, b);
		slot = slot_of(l, profile, value, hour);
	}
	l->waiting[l->count] = (struct lesson_waiting){
		.profile = profile,
		.value = value,
		.hour = hour,
		.times = 1,
	};
	*slot = (uint16_t)++l->count;
}

static void
expect(const struct lessons *l, const struct baseline *b, size_t i, bool soon)
{
	if (i < l->count)
		baseline_expect(
		    b, l->waiting[i].profile, l->waiting[i].value, soon);
}

void
lessons_finish(struct lessons *l, struct baseline *b)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct lesson_waiting *w = &l->waiting[i];

		expect(l, b, i + AHEAD, false);
		expect(l, b, i + AHEAD_SOON, true);
		baseline_learn(b, w->profile, w->value, w->hour, w->times);
	}
	if (l->count > 0)
		memset(l->slots, 0, sizeof(l->slots));
	l->count = 0;
}
