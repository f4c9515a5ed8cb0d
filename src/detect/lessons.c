#include "detect/lessons.h"

#include "base/hash.h"

static void
teach(struct lesson_waiting *w, struct baseline *b)
{
	baseline_learn(b, w->profile, w->value, w->hour, w->times);
	w->times = 0;
}

void
lessons_add(struct lessons *l, struct baseline *b, uint64_t profile,
    uint64_t value, int64_t hour)
{
	struct lesson_waiting *w =
	    &l->waiting[(profile ^ value * 0x9e3779b97f4a7c15u) >> 16 &
			(LESSONS_JOINED - 1)];

	if (w->times > 0) {
		if (w->profile == profile && w->value == value &&
		    w->hour == hour) {
			w->times++;
			return;
		}
		teach(w, b);
	}
	*w = (struct lesson_waiting){ profile, value, hour, 1 };
}

void
lessons_finish(struct lessons *l, struct baseline *b)
{
	for (size_t i = 0; i < LESSONS_JOINED; i++) {
		if (l->waiting[i].times > 0)
			teach(&l->waiting[i], b);
	}
}
