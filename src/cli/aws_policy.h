/*
 * aws_policy.h - what IAM must allow for the configured sources, and no more.
 *
 * Pure.
 */
#pragma once

#include "base/buf.h"
#include "config/config.h"

/*
 * The policies of `sources` (of kind s3) as JSON, a line feed at its end.  One
 * policy document when all read with the same identity; else an object of
 * documents: a role's under its ARN, that of the keys which the chain finds
 * under "keys".
 */
void aws_policy_write(
    const struct config_source *const *sources, size_t count, struct buf *out);

/* What a policy cannot know, one line each; empty when there is nothing. */
void aws_policy_notes(
    const struct config_source *const *sources, size_t count, struct buf *out);
