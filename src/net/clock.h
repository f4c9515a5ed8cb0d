/*
 * clock.h - what time it is, for what talks to the world.
 *
 * Nothing that decides a finding may ask.  Any thread.
 */
#pragma once

#include <stdint.h>

/* Microseconds since 1970, UTC; may jump when somebody sets the clock. */
int64_t clock_wall_us(void);

/* Microseconds that only go forward, for waiting and measuring. */
int64_t clock_mono_us(void);

/* A number from 0 to bound - 1 that nobody can foresee: for jitter. */
uint64_t clock_jitter(uint64_t bound);
