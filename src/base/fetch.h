/*
 * fetch.h - have memory fetched that is soon to be looked at.
 *
 * Changes nothing but how long the look will take.  Any thread.
 */
#pragma once

#include <stddef.h>

#define FETCH_LINE 64 /* bytes of a cache line */

/* All lines of something, wherever in one it begins. */
static inline void
fetch_lines(const void *at, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += FETCH_LINE)
		__builtin_prefetch((const char *)at + i);
	__builtin_prefetch((const char *)at + bytes - 1);
}
