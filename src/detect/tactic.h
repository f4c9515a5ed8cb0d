/*
 * tactic.h - what an API call is for, in ATT&CK's words.
 *
 * Facts about APIs, not judgements: the tables say what a call can serve,
 * the detectors decide whether it is unusual.  Pure functions, any thread.
 */
#pragma once

#include <stdbool.h>

#include "base/span.h"
#include "event/event.h"

enum tactic {
	TACTIC_NONE, /* ordinary work */
	TACTIC_DISCOVERY,
	TACTIC_INITIAL_ACCESS,
	TACTIC_CREDENTIAL_ACCESS,
	TACTIC_EXECUTION,
	TACTIC_PERSISTENCE,
	TACTIC_PRIVILEGE_ESCALATION,
	TACTIC_DEFENSE_EVASION,
	TACTIC_EXFILTRATION,
	TACTIC_IMPACT,
	TACTIC_COUNT,
};

/* "Discovery", "Credential access", ... */
const char *tactic_text(enum tactic t);

/* The tactic a CloudTrail call serves, by service and event name. */
enum tactic tactic_of_api(struct span service, struct span name);

/* The tactic a Kubernetes request serves, by verb and resource
 * (detection.md 1.4: nobody publishes a map, this is ours). */
enum tactic tactic_of_audit(const struct audit *a);

/* The name says that it watches over a cluster or ships its logs: silencing
 * it hides what comes next. */
bool tactic_is_watcher(struct span name);
