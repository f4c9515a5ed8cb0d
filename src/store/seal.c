#include "store/seal.h"

#include <string.h>
#include <unistd.h>

#include "base/span.h"
#include "store/pager.h"

struct record {
	struct seal seal;
	uint64_t sum;
};

static uint64_t
sum_of(const struct record *r)
{
	return pager_checksum(span_of((const char *)&r->seal, sizeof(r->seal)));
}

bool
seal_read(int fd, struct seal *seal)
{
	struct record r;

	if (pread(fd, &r, sizeof(r), 0) != (ssize_t)sizeof(r) ||
	    r.sum != sum_of(&r))
		return false;
	*seal = r.seal;
	return true;
}

void
seal_write(int fd, const struct seal *seal)
{
	struct record r = { .seal = *seal };
	ssize_t done;

	r.sum = sum_of(&r);
	done = pwrite(fd, &r, sizeof(r), 0);
	(void)done;
}
