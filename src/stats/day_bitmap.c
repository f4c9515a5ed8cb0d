#include "stats/day_bitmap.h"

enum frequency
day_bitmap_frequency(const struct day_bitmap *b, int32_t today)
{
	unsigned days = day_bitmap_days(b, today, 30);

	if (days >= 5 || day_bitmap_weeks(b, today, 4) >= 3)
		return FREQUENCY_FREQUENT;
	if (days >= 2)
		return FREQUENCY_INFREQUENT;
	return day_bitmap_from(b, today) ? FREQUENCY_RARE : FREQUENCY_UNSEEN;
}

void
day_bitmap_merge(struct day_bitmap *b, const struct day_bitmap *other)
{
	for (int32_t i = DAY_BITMAP_SPAN - 1; i >= 0; i--)
		if (other->bits >> i & 1 &&
		    other->anchor >= INT32_MIN + DAY_BITMAP_SPAN)
			day_bitmap_mark(b, other->anchor - i);
}

const char *
frequency_text(enum frequency f)
{
	switch (f) {
	case FREQUENCY_UNSEEN:
		return "UNSEEN";
	case FREQUENCY_RARE:
		return "RARE";
	case FREQUENCY_INFREQUENT:
		return "INFREQUENT";
	case FREQUENCY_FREQUENT:
		return "FREQUENT";
	}
	return "UNSEEN";
}
