/*
 * tell.h - a sequence as a finding.  Pure.
 */
#pragma once

#include "finding/finding.h"
#include "sequence/judge.h"

struct tell_options {
	const struct detector_row *row; /* of its kind */
	double severity_set;		/* the user's override; 0: none */
};

/* The detector's file name of each kind. */
extern const char *const sequence_kind_names[SEQUENCE_KINDS];

/* The caller frees the finding; `steps` are those that were judged. */
struct finding *tell_finding(const struct tell_options *options,
    const struct verdict *v, struct chain_step *const *steps);
