#include "stats/page_hinkley.h"

#include <math.h>

bool
page_hinkley_add(struct page_hinkley *h, double x, double delta, double lambda)
{
	if (!isfinite(x))
		return false;
	h->count += 1;
	h->mean += (x - h->mean) / h->count;
	h->sum += x - h->mean - delta;
	h->least = fmin(h->least, h->sum);
	if (h->sum - h->least <= lambda)
		return false;
	*h = (struct page_hinkley){ 0 };
	return true;
}
