/*
 * guardduty_sequence.h - `service.detection.sequence` of a finding that is an
 * attack sequence, in GuardDuty's form.  Any thread.
 */
#pragma once

#include "finding/finding.h"
#include "output/emit.h"

/* The object "sequence"; the finding has a chain. */
void guardduty_sequence_write(struct emit *e, const struct finding *f);
