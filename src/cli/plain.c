#include "cli/plain.h"
#include "base/civil.h"
void
plain_write(const struct finding *f, struct buf *out)
{
	char t[CIVIL_TEXT_BYTES];
	buf_printf(out,
	    "%.1f %s %s %s actor=%.*s res=%.*s count=%llu p=%.2g "
	    "cluster=%.*s\n",
	    f->severity, civil_format(f->first_us, t), f->id,
	    finding_detector(f)->type, SPAN_ARGS(f->first->actor),
	    SPAN_ARGS(f->first->resource), (unsigned long long)f->count, f->p,
	    SPAN_ARGS(f->first->cluster));
	for (size_t i = 0; i < f->first->nwhy; i++) {
		const struct signal_why *w = &f->first->why[i];
		buf_printf(out,
		    "      %.*s: %.*s %g (usual %g) n=%.1f days=%u/%u\n",
		    SPAN_ARGS(w->feature), SPAN_ARGS(w->observed),
		    w->observed_number, w->expected, w->n, w->days,
		    w->known_days);
	}
}
