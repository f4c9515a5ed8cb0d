#include "net/backoff.h"

int64_t
backoff_ceiling_us(unsigned failures, int64_t first_us, int64_t most_us)
{
	int64_t ceiling_us = first_us;

	if (failures == 0 || first_us <= 0)
		return 0;
	for (unsigned i = 1; i < failures && ceiling_us < most_us; i++)
		ceiling_us =
		    ceiling_us > most_us / 2 ? most_us : ceiling_us * 2;
	return ceiling_us < most_us ? ceiling_us : most_us;
}

int64_t
backoff_spread_us(int64_t ceiling_us, uint64_t chance)
{
	if (ceiling_us <= 0)
		return 0;
	return (int64_t)(chance % ((uint64_t)ceiling_us + 1));
}
