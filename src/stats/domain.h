/*
 * domain.h - the part of a DNS name that somebody registered.
 *
 * A name is normalised into the caller's buffer (lower case, no final dot)
 * and split: `a.b.shop.co.uk` is registered as `shop.co.uk`, of suffix
 * `co.uk`.  The rules are our own table of facts: second levels under
 * country codes, and the clouds under which each customer has a name, so
 * that one customer's tunnel is not hidden among all others'.  It is not the
 * Public Suffix List: an unknown suffix counts as one label, which joins
 * neighbours and never splits one owner.  Pure functions, any thread.
 */
#pragma once

#include <stdbool.h>

#include "base/span.h"

#define DOMAIN_BYTES 256

struct domain {
	struct span name;	/* all of it */
	struct span suffix;	/* "co.uk"; empty when the name is one label */
	struct span registered; /* "shop.co.uk"; the name itself when bare */
	struct span label;	/* "shop", what a DGA makes */
	struct span subdomain;	/* "a.b"; may be empty */
	bool internal;		/* domain_is_internal() */
	bool is_customer;	/* the suffix is a cloud's, not a registry's */
};

/*
 * Normalise `raw` into `buffer` of raw.len + 1 bytes (DOMAIN_BYTES always do)
 * and split it; all spans point into the buffer.  False, and nothing usable,
 * when the name is empty, longer than 255 bytes or has an empty label inside.
 * Any other byte is taken as it is: a tunnel may send anything.
 */
bool domain_split(struct span raw, char *buffer, struct domain *out);

/*
 * Never on the internet: one label, reverse lookups, cluster.local, .local,
 * .internal (so compute.internal), .lan and the like.  A final dot and
 * capitals do not matter.
 */
bool domain_is_internal(struct span name);
