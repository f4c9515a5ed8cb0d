#include "detect/pod_spec.h"

#include <stdio.h>

#include "base/status.h"
#include "detect/k8s_request.h"

#define COMMAND_BYTES 2048

/* Resources that hold a pod template, and the kind they are known by. */
struct workload_kind {
	const char *resource;
	const char *kind;
};

static const struct workload_kind kinds[] = {
	{ "pods", "Pod" },
	{ "deployments", "Deployment" },
	{ "daemonsets", "DaemonSet" },
	{ "statefulsets", "StatefulSet" },
	{ "replicasets", "ReplicaSet" },
	{ "replicationcontrollers", "ReplicationController" },
	{ "jobs", "Job" },
	{ "cronjobs", "CronJob" },
};

static const char *
kind_of(struct span resource)
{
	for (size_t i = 0; i < COUNTOF(kinds); i++)
		if (span_equal(resource, span_str(kinds[i].resource)))
			return kinds[i].kind;
	return NULL;
}

bool
pod_spec_is_written(const struct audit *a)
{
	if (!span_is_empty(a->subresource) &&
	    !span_equal(a->subresource, SPAN("ephemeralcontainers")))
		return false;
	return kind_of(a->resource) != NULL && k8s_request_wrote(a);
}

/* The template's (or the pod's own) object with metadata and spec. */
static struct json_value
template_of(struct json_value object, struct span resource)
{
	struct json_value spec = json_get(object, SPAN("spec"));

	if (span_equal(resource, SPAN("pods")))
		return object;
	if (span_equal(resource, SPAN("cronjobs")))
		spec =
		    json_get(json_get(spec, SPAN("jobTemplate")), SPAN("spec"));
	return json_get(spec, SPAN("template"));
}

static bool
is_powerful_capability(struct span name)
{
	static const char *const names[] = {
		"ALL",
		"SYS_ADMIN",
		"SYS_MODULE",
		"SYS_RAWIO",
		"DAC_READ_SEARCH",
		"BPF",
	};

	if (span_starts(name, SPAN("CAP_")))
		name = span_skip(name, 4);
	for (size_t i = 0; i < COUNTOF(names); i++)
		if (span_equal_nocase(name, span_str(names[i])))
			return true;
	return false;
}

static void
read_power(struct pod_container *c, bool host_pid)
{
	struct json_value context =
	    json_get(c->object, SPAN("securityContext"));
	struct json_iter it;
	struct json_value item;

	if (host_pid)
		c->power = POD_POWER_HOST_PID;
	it = json_iter(
	    json_get(json_get(context, SPAN("capabilities")), SPAN("add")));
	while (json_next_item(&it, &item)) {
		if (!is_powerful_capability(json_string(item)))
			continue;
		c->power = POD_POWER_CAPABILITY;
		c->capability = json_string(item);
		break;
	}
	if (json_is_true(json_get(context, SPAN("privileged"))))
		c->power = POD_POWER_PRIVILEGED;
}

static size_t
add_words(struct json_value list, char *room, size_t size, size_t len)
{
	struct json_iter it = json_iter(list);
	struct json_value item;

	while (len < size && json_next_item(&it, &item)) {
		struct span word = json_string(item);

		if (len > 0)
			room[len++] = ' ';
		word = span_first(word, size - len);
		if (word.len > 0)
			memcpy(room + len, word.at, word.len);
		len += word.len;
	}
	return len;
}

struct span
pod_spec_command(const struct pod_container *c, char *room, size_t size)
{
	size_t len =
	    add_words(json_get(c->object, SPAN("command")), room, size, 0);

	len = add_words(json_get(c->object, SPAN("args")), room, size, len);
	return span_of(room, len);
}

static void
read_containers(struct pod_spec *pod, struct json_value list)
{
	struct json_iter it = json_iter(list);
	struct json_value item;

	while (pod->ncontainers < POD_SPEC_CONTAINERS_MAX &&
	       json_next_item(&it, &item)) {
		struct pod_container *c = &pod->containers[pod->ncontainers];
		char command[COMMAND_BYTES];

		if (!json_is(item, JSON_OBJECT))
			continue;
		*c = (struct pod_container){ .object = item };
		c->name = json_get_string(item, SPAN("name"));
		c->image = json_get_string(item, SPAN("image"));
		read_power(c, pod->host_pid);
		c->intent = shell_intent_of(
		    pod_spec_command(c, command, sizeof(command)));
		pod->ncontainers++;
	}
}

/* The container that mounts `volume`, and whether it only reads it. */
static bool
find_mount(
    const struct pod_spec *pod, struct span volume, struct pod_mount *mount)
{
	for (size_t i = 0; i < pod->ncontainers; i++) {
		const struct pod_container *c = &pod->containers[i];
		struct json_iter it =
		    json_iter(json_get(c->object, SPAN("volumeMounts")));
		struct json_value item;

		while (json_next_item(&it, &item)) {
			if (!span_equal(
				json_get_string(item, SPAN("name")), volume))
				continue;
			mount->container = c->name;
			mount->read_only =
			    json_is_true(json_get(item, SPAN("readOnly")));
			return true;
		}
	}
	return false;
}

static void
read_mounts(struct pod_spec *pod, struct json_value volumes)
{
	struct json_iter it = json_iter(volumes);
	struct json_value item;

	while (
	    pod->nmounts < POD_SPEC_MOUNTS_MAX && json_next_item(&it, &item)) {
		struct json_value host = json_get(item, SPAN("hostPath"));
		struct pod_mount *m = &pod->mounts[pod->nmounts];

		*m = (struct pod_mount){ 0 };
		m->path = json_get_string(host, SPAN("path"));
		if (!span_is_empty(m->path) &&
		    find_mount(pod, json_get_string(item, SPAN("name")), m))
			pod->nmounts++;
	}
}

/*
 * The controller of a pod: a ReplicaSet named by its Deployment and a hash is
 * the Deployment, a Job named by its CronJob and a time the CronJob.
 */
static void
read_owner(struct pod_spec *pod, struct json_value meta, struct span *kind,
    struct span *name)
{
	struct json_iter it =
	    json_iter(json_get(meta, SPAN("ownerReferences")));
	struct json_value item, labels = json_get(meta, SPAN("labels"));
	struct span hash = json_get_string(labels, SPAN("pod-template-hash"));
	size_t dash;

	while (json_next_item(&it, &item)) {
		if (!json_is_true(json_get(item, SPAN("controller"))))
			continue;
		pod->controlled = true;
		*kind = json_get_string(item, SPAN("kind"));
		*name = json_get_string(item, SPAN("name"));
		pod->owner_kind = *kind;
	}
	dash = span_rfind(*name, '-');
	if (span_equal(*kind, SPAN("ReplicaSet")) && dash < name->len &&
	    !span_is_empty(hash)) {
		*kind = SPAN("Deployment");
		*name = span_first(*name, dash);
	} else if (span_equal(*kind, SPAN("Job")) && dash < name->len &&
		   span_to_u64(span_skip(*name, dash + 1), &(uint64_t){ 0 })) {
		*kind = SPAN("CronJob");
		*name = span_first(*name, dash);
	}
}

static void
read_workload(struct pod_spec *pod, const struct event *ev)
{
	struct json_value meta =
	    json_get(k8s_request_object(ev), SPAN("metadata"));
	struct span kind = span_str(kind_of(ev->audit->resource));
	struct span ns = k8s_request_namespace(ev);
	struct span name = k8s_request_name(ev);
	int len;

	read_owner(pod, meta, &kind, &name);
	len = snprintf(pod->room, sizeof(pod->room), "%.*s/%.*s/%.*s",
	    SPAN_ARGS(ns), SPAN_ARGS(kind), SPAN_ARGS(name));
	if (len < 0)
		len = 0;
	if ((size_t)len >= sizeof(pod->room))
		len = sizeof(pod->room) - 1;
	pod->workload = span_of(pod->room, (size_t)len);
}

bool
pod_spec_read(const struct event *ev, struct pod_spec *pod)
{
	struct json_value spec;

	pod->ncontainers = 0;
	pod->nmounts = 0;
	pod->controlled = false;
	pod->owner_kind = (struct span){ NULL, 0 };
	if (kind_of(ev->audit->resource) == NULL)
		return false;
	spec =
	    json_get(template_of(k8s_request_object(ev), ev->audit->resource),
		SPAN("spec"));
	if (!json_is(spec, JSON_OBJECT))
		return false;
	pod->host_pid = json_is_true(json_get(spec, SPAN("hostPID")));
	pod->host_ipc = json_is_true(json_get(spec, SPAN("hostIPC")));
	pod->host_network = json_is_true(json_get(spec, SPAN("hostNetwork")));
	pod->service_account =
	    json_get_string(spec, SPAN("serviceAccountName"));
	read_containers(pod, json_get(spec, SPAN("containers")));
	read_containers(pod, json_get(spec, SPAN("initContainers")));
	read_containers(pod, json_get(spec, SPAN("ephemeralContainers")));
	read_mounts(pod, json_get(spec, SPAN("volumes")));
	read_workload(pod, ev);
	return true;
}

const struct pod_container *
pod_spec_powerful(const struct pod_spec *pod)
{
	const struct pod_container *best = NULL;

	for (size_t i = 0; i < pod->ncontainers; i++)
		if (pod->containers[i].power >
		    (best ? best->power : POD_POWER_NONE))
			best = &pod->containers[i];
	return best;
}

const struct pod_container *
pod_spec_hostile(const struct pod_spec *pod)
{
	for (size_t i = 0; i < pod->ncontainers; i++)
		if (pod->containers[i].intent != SHELL_ORDINARY)
			return &pod->containers[i];
	return NULL;
}

struct span
pod_spec_power_text(const struct pod_container *c, char *room, size_t size)
{
	int len = 0;

	switch (c->power) {
	case POD_POWER_NONE:
		return SPAN("none");
	case POD_POWER_HOST_PID:
		return SPAN("host process namespace");
	case POD_POWER_PRIVILEGED:
		return SPAN("privileged");
	case POD_POWER_CAPABILITY:
		len = snprintf(
		    room, size, "capability %.*s", SPAN_ARGS(c->capability));
	}
	if (len < 0)
		return (struct span){ NULL, 0 };
	return span_of(room, (size_t)len < size ? (size_t)len : size - 1);
}
