#include "config/nearest.h"

#include <string.h>

#define NAME_BYTES_MAX 63

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
nearest_distance(struct span a, struct span b)
{
	/* Three rows: two back for swaps, one back, and the one being made. */
	size_t row[3][NAME_BYTES_MAX + 1];

	if (a.len > NAME_BYTES_MAX || b.len > NAME_BYTES_MAX)
		return a.len > b.len ? a.len : b.len;
	for (size_t j = 0; j <= b.len; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *now = row[i % 3];
		const size_t *last = row[(i - 1) % 3];
		const size_t *before = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			bool same = a.at[i - 1] == b.at[j - 1];

			now[j] = least(least(last[j], now[j - 1]) + 1,
			    last[j - 1] + (same ? 0 : 1));
			if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] &&
			    a.at[i - 2] == b.at[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	return row[a.len % 3][b.len];
}

void
nearest_offer(struct nearest *n, struct span wrote, const char *name)
{
	size_t len = strlen(name);
	size_t far = len / 3 > 1 ? len / 3 : 1;
	size_t distance = nearest_distance(wrote, span_of(name, len));

	if (distance > least(far, 3))
		return;
	if (n->name == NULL || distance < n->distance) {
		n->name = name;
		n->distance = distance;
	}
}
