/*
 * mining.h - is this the name of a mining pool?
 *
 * A table of pools' domains, compiled from the pools' own connection pages,
 * and the way pools name their servers: a coin's or protocol's word together
 * with a pool's word.  `pool` alone says nothing (pool.ntp.org, carpool.com).
 * Pure functions, any thread.
 */
#pragma once

#include "base/span.h"

enum mining {
	MINING_NONE,
	MINING_SITE,   /* a pool's web site: somebody reads about it */
	MINING_LIKELY, /* an unknown domain named like a pool's server */
	MINING_POOL,
};

/* Judge a DNS name of any case, with or without the final dot. */
enum mining mining_judge(struct span name);
