/*
 * rbac_rules.h - what a Role or ClusterRole allows, as far as it matters.
 *
 * Reads the rules of the stored object where the log has it, else of the sent
 * one, else of a JSON patch's operations.  Bounded, values borrow from the
 * event.  Any thread.
 */
#pragma once

#include <stdbool.h>

#include "base/span.h"
#include "event/event.h"

#define RBAC_RULES_MAX 256 /* of more rules the rest is not looked at */

/* What a role is good for, in order. */
enum rbac_power {
	RBAC_POWER_PLAIN,
	/* Reads secrets, makes or enters pods, makes tokens, signs. */
	RBAC_POWER_STRONG,
	/* All resources of the core, secrets among them. */
	RBAC_POWER_WIDE,
	/* Gives itself more: escalate, bind, impersonate. */
	RBAC_POWER_GRANTS,
	RBAC_POWER_ALL, /* every verb on every resource */
};

/* detector.h: of_kind.  Requests that create or change a (Cluster)Role. */
bool rbac_rules_of_kind(const struct event *ev);

/* False when the record holds no rules (level Metadata). */
bool rbac_rules_read(const struct event *ev, enum rbac_power *power);

/* The API server's own roles, which it makes when it starts and others have
 * no reason to change. */
bool rbac_rules_are_built_in(struct span role);

/* "everything", "rights to take more rights", ...; static. */
const char *rbac_power_text(enum rbac_power power);
