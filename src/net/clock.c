#include "net/clock.h"

#include <sys/random.h>
#include <time.h>

#define US_PER_S 1000000
#define NS_PER_US 1000

static int64_t
read_clock(clockid_t id)
{
	struct timespec t;

	if (clock_gettime(id, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / NS_PER_US;
}

int64_t
clock_wall_us(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t
clock_mono_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t
clock_jitter(uint64_t bound)
{
	uint64_t number = 0;

	if (bound == 0)
		return 0;
	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		number = (uint64_t)clock_mono_us();
	return number % bound;
}
