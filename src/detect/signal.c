#include "detect/signal.h"

#include <stdlib.h>

void
signal_free(struct signal *s)
{
	/* One block holds the struct and its texts. */
	free(s);
}

struct span
signal_fact(const struct signal *s, const char *name)
{
	for (size_t i = 0; i < s->nfacts; i++) {
		if (!strcmp(s->facts[i].name, name))
			return s->facts[i].value;
	}
	return span_of(NULL, 0);
}
