#include "detect/gap.h"

#include <math.h>

void
gap_raise(struct detect *d, const struct notice *n, enum entity_kind kind,
    size_t lines)
{
	const struct evidence why[] = {
		{ .feature = "what is missing",
		    .observed = n->fact[NOTICE_REASON],
		    .expected = (double)NAN },
		{ .feature = "hours with logs before",
		    .observed = n->fact[NOTICE_HEARD],
		    .expected = (double)NAN },
		{ .feature = "of so many hours",
		    .observed = n->fact[NOTICE_HOURS],
		    .expected = (double)NAN },
	};

	ASSERT(lines <= COUNTOF(why));
	detect_raise(
	    d, &(struct raise){
		   .resource_kind = kind,
		   .resource = n->resource,
		   .why = why,
		   .nwhy = span_is_empty(n->fact[NOTICE_HEARD]) ? 1 : lines,
	       });
}
