/*
 * anonymous.h - successful requests without a name.
 *
 * What the five SuccessfulAnonymousAccess detectors share.  Kubernetes lets
 * anyone read whether it is healthy, its version, its token issuer's keys and
 * the cluster-info that kubeadm publishes for joining; nothing else is meant
 * for the unnamed.  Any thread.
 */
#pragma once

#include "detect/detector.h"

/*
 * The tactic that a successful anonymous request serves, or TACTIC_NONE when
 * it is none or is meant for anyone.  Only the five tactics that have a
 * detector: taking privileges counts as persistence, running things in pods
 * and any other change as impact.
 */
enum tactic anonymous_tactic(const struct event *ev);

/* Raise it: one finding per cluster and day. */
void anonymous_raise(struct detect *d, const struct event *ev);
