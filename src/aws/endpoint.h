/*
 * endpoint.h - where a service of AWS is, when nobody says otherwise.
 *
 * Pure.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* The DNS suffix of a region's partition: "amazonaws.com",
 * "amazonaws.com.cn" for cn-, ... */
const char *endpoint_suffix(struct span region);

/* Is it a host below the suffix of a partition, without a port? */
bool endpoint_is_aws(struct span host);

/* Add "https://SERVICE.REGION.SUFFIX", of a region that is one. */
void endpoint_url(const char *service, struct span region, struct buf *url);

/* "aws", "aws-cn", "aws-us-gov", ...: the second part of an ARN there. */
const char *endpoint_partition(struct span region);

/* Letters, digits and hyphens, so that it may stand in a host name. */
bool endpoint_is_region(struct span region);

/*
 * An URL into its scheme, its host with port, and its path without a closing
 * "/" (empty mostly).  False for anything but http and https, and for users,
 * queries and fragments.
 */
struct endpoint {
	struct span scheme, host, path;
};
bool endpoint_split(struct span url, struct endpoint *out);

/* The host of "host:port", without the brackets of IPv6. */
struct span endpoint_bare_host(struct span host);
