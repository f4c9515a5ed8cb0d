/*
 * owner.h - what every output says about a finding beside its facts: whose
 * it is, how bad in words, where.  Spans borrow from the config and the
 * finding.  Any thread.
 */
#pragma once

#include "base/span.h"
#include "config/config.h"
#include "finding/finding.h"

struct owner {
	struct span name, contact;
	/* "labels of the workload", "labels of the namespace", "tag of the
	 * instance", "clusters", "accounts"; NULL: unknown */
	const char *source;
};

/* The owner that the logs name, else that of the finding's cluster in the
 * config, else of its account. */
struct owner owner_of(const struct finding *f, const struct config *c);

/* 12 digits; "000000000000" when the log names no account and the config
 * gives the cluster none. */
struct span owner_account(const struct finding *f, const struct config *c);

/* A region, of letters, digits and dashes; "unknown" when there is none. */
struct span owner_region(const struct finding *f, const struct config *c);

/* "critical", "high", "medium", "low": GuardDuty's bands. */
const char *owner_severity(double severity);
