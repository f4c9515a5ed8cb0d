/*
 * guardduty_service.h - the parts of a GuardDuty finding that depend on the
 * log a finding comes from: resource and service.  Used by guardduty.c.
 */
#pragma once

#include "config/config.h"
#include "finding/finding.h"
#include "output/emit.h"

void guardduty_service_resource(
    struct emit *e, const struct finding *f, const struct config *c);
void guardduty_service_write(struct emit *e, const struct finding *f);

/* "aws", "aws-cn" or "aws-us-gov", by the region. */
const char *guardduty_service_partition(struct span region);
