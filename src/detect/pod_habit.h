/*
 * pod_habit.h - is such a pod a habit here?
 *
 * Some software must be privileged: network plugins, storage drivers, node
 * agents.  It is told from an attack by having been so before: this workload
 * ever, this image in the cluster on an earlier day, or this deployer in this
 * namespace on many days.  Kept in the baseline under names of its own, so
 * that no other profile is touched.  The shard's thread.
 */
#pragma once

#include <stdbool.h>

#include "detect/detector.h"
#include "detect/pod_spec.h"

#define POD_HABIT_BYTES 512

struct pod_habit {
	/* The trait and image as remembered, as its names read. */
	struct span value;
	char room[POD_HABIT_BYTES];
	struct usual workload; /* the trait in this workload */
	struct usual cluster;  /* ... of this image in the cluster */
	struct usual deployer; /* ... by this actor in this namespace */
};

/*
 * Ask whether `trait` ("privileged", "mounts /proc") of `image` is known, then
 * learn it.  True when it is a habit and not worth a finding.  Sets the scope
 * entity of SCOPE_WORKLOAD to the pod's workload.
 */
bool pod_habit_known(struct detect *d, const struct pod_spec *pod,
    struct span trait, struct span image, struct pod_habit *habit);

/*
 * How bad such a pod is, when it is `severity` from somebody it is new to.  A
 * program that writes workloads on most days, from where and with what it
 * always does, brings what was agreed on before: that is low, and a pipeline
 * that was taken over shows at its origin.
 */
double pod_habit_severity(
    struct detect *d, const struct event *ev, double severity);

/*
 * Whether a request that carries this pod is one to judge for `keys` (NULL
 * ends the list; names of JSON members).  Not: patches that touch none of
 * them, the control plane's own, and pods of DaemonSets or of kube-system that
 * a controller made, whose template was the act.
 */
bool pod_habit_is_act(const struct event *ev, const struct pod_spec *pod,
    const char *const *keys);

/* The value, or one inside it, is called by one of the keys (NULL ends the
 * list), or is an operation of a JSON patch whose path has one. */
bool pod_habit_mentions(struct json_value v, const char *const *keys);
