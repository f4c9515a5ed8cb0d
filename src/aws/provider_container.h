/*
 * provider_container.h - where a container asks for its keys.
 *
 * Apart from the fetching, so that the rule of whom to trust can be tested:
 * no request is made here.
 */
#pragma once

#include "base/buf.h"
#include "base/span.h"

/*
 * The URL of AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, which comes first, or of
 * AWS_CONTAINER_CREDENTIALS_FULL_URI.  False with *why for a full one that is
 * plain http to anything but loopback, ECS's 169.254.170.2 and EKS's
 * 169.254.170.23 and fd00:ec2::23.
 */
bool provider_container_url(
    struct span relative, struct span full, struct buf *url, struct buf *why);
