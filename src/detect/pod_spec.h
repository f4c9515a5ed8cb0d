/*
 * pod_spec.h - the pod, or the template of pods, that a request writes.
 *
 * Finds the pod's spec in a Pod, Deployment, DaemonSet, StatefulSet,
 * ReplicaSet, ReplicationController, Job or CronJob (also in a patch of one),
 * and what in it matters.  Bounded: containers and mounts past the limits are
 * not looked at.  Values borrow from the event.  Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "codec/json.h"
#include "detect/shell.h"
#include "event/event.h"

#define POD_SPEC_CONTAINERS_MAX 24
#define POD_SPEC_MOUNTS_MAX 24
#define POD_SPEC_WORKLOAD_BYTES 320

/* What makes a container as good as root on its node. */
enum pod_power {
	POD_POWER_NONE,
	POD_POWER_HOST_PID,   /* sees and signals the node's processes */
	POD_POWER_CAPABILITY, /* ALL, SYS_ADMIN, SYS_MODULE, ... */
	POD_POWER_PRIVILEGED,
};

struct pod_container {
	struct span name, image;
	enum pod_power power;
	struct span capability; /* behind POD_POWER_CAPABILITY */
	bool judged;		/* intent was looked for */
	enum shell_intent intent;
	struct json_value object;
};

/* A path of the node mounted into a container. */
struct pod_mount {
	struct span path; /* as written */
	struct span container;
	bool read_only;
};

struct pod_spec {
	struct pod_container containers[POD_SPEC_CONTAINERS_MAX];
	size_t ncontainers;
	struct pod_mount mounts[POD_SPEC_MOUNTS_MAX];
	size_t nmounts;
	struct json_value spec; /* of the pod, whole */
	bool host_pid, host_ipc, host_network;
	struct span service_account;
	bool controlled;	/* made by a controller */
	struct span owner_kind; /* of a pod made by a controller */
	struct span workload;	/* "NAMESPACE/KIND/NAME", in room */
	char room[POD_SPEC_WORKLOAD_BYTES];
};

/* detector.h: of_kind.  Requests that write a workload or a pod. */
bool pod_spec_of_kind(const struct event *ev);

/* Fill `pod`; false when the record holds no pod's spec. */
bool pod_spec_read(const struct event *ev, struct pod_spec *pod);

/* The most powerful container, or NULL. */
const struct pod_container *pod_spec_powerful(const struct pod_spec *pod);

/* The first container whose command reads like an attack, or NULL.  Only
 * this judges commands. */
const struct pod_container *pod_spec_hostile(struct pod_spec *pod);

/* "privileged", "capability SYS_ADMIN", "host process namespace"; static or
 * in room. */
struct span pod_spec_power_text(
    const struct pod_container *c, char *room, size_t size);

/* The container's command and arguments as one line, cut to `size`. */
struct span pod_spec_command(
    const struct pod_container *c, char *room, size_t size);
