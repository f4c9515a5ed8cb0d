#include "stats/trw.h"

#include <math.h>

enum trw_verdict
trw_add(
    struct trw *w, const struct trw_params *params, enum trw_outcome outcome)
{
	double upper = log(params->beta / params->alpha);
	double lower = log((1 - params->beta) / (1 - params->alpha));

	if (outcome == TRW_SUCCESS)
		w->log_ratio += log(params->theta1 / params->theta0);
	else
		w->log_ratio +=
		    log((1 - params->theta1) / (1 - params->theta0));
	if (w->log_ratio <= lower) {
		w->log_ratio = 0;
		return TRW_BENIGN;
	}
	if (w->log_ratio < upper)
		return TRW_PENDING;
	w->log_ratio = fmin(w->log_ratio, 2 * upper);
	return TRW_SCANNER;
}

double
trw_p(const struct trw *w)
{
	return fmin(1, exp(-w->log_ratio));
}
