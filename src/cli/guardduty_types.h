/*
 * guardduty_types.h - the finding types that GuardDuty has on these sources.
 *
 * From its user guide as of November 2026: EC2, IAM, S3, EKS, attack
 * sequences, AI Protection and Custom Detection Rules; not those of its
 * agents, of malware scans and of RDS logins.  Sorted.  Constant; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct guardduty_type {
	const char *type;
	const char *unreachable; /* why no log can show it; or NULL */
};

extern const struct guardduty_type guardduty_types[];
extern const size_t guardduty_types_count;

bool guardduty_types_has(const char *type);
