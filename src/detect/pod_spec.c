#include "detect/pod_spec.h"

#include <stdio.h>

#include "base/status.h"
#include "detect/host_path.h"
#include "detect/k8s_request.h"

#define CONTAINERS_LOOKED_AT 1000 /* of each list, for one that matters */
#define MOUNTS_LOOKED_AT 256	  /* of all containers */

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
pod_spec_of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	if (!span_is_empty(a->subresource) &&
	    !span_equal(a->subresource, SPAN("ephemeralcontainers")))
		return false;
	return kind_of(a->resource) != NULL && k8s_request_writes(a);
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
read_container(struct pod_container *c, struct json_value object, bool host_pid)
{
	*c = (struct pod_container){ .object = object };
	c->name = json_get_string(object, SPAN("name"));
	c->image = json_get_string(object, SPAN("image"));
	read_power(c, host_pid);
}

static bool
is_hostile(struct pod_container *c)
{
	char command[SHELL_COMMAND_BYTES];

	if (!c->judged)
		c->intent = shell_intent_of(
		    pod_spec_command(c, command, sizeof(command)));
	c->judged = true;
	return c->intent != SHELL_ORDINARY;
}

/* What a detector looks for outranks what none does. */
static unsigned
container_rank(struct pod_container *c)
{
	return (unsigned)c->power + (is_hostile(c) ? 4 : 0);
}

/* Behind many others is where somebody would hide one: the last that matters
 * less makes room. */
static void
add_container(struct pod_spec *pod, struct pod_container *c)
{
	size_t at = pod->ncontainers;

	if (at < POD_SPEC_CONTAINERS_MAX) {
		pod->containers[pod->ncontainers++] = *c;
		return;
	}
	while (at > 0 &&
	       container_rank(&pod->containers[at - 1]) >= container_rank(c))
		at--;
	if (at > 0)
		pod->containers[at - 1] = *c;
}

static void
read_containers(struct pod_spec *pod, struct json_value list)
{
	struct json_iter it = json_iter(list);
	struct json_value item;

	for (size_t i = 0;
	     i < CONTAINERS_LOOKED_AT && json_next_item(&it, &item); i++) {
		struct pod_container c;

		if (!json_is(item, JSON_OBJECT))
			continue;
		read_container(&c, item, pod->host_pid);
		add_container(pod, &c);
	}
}

/* The volumes that containers mount, each seen once: a list of volumes is as
 * long as an attacker likes, and so is one of mounts. */
struct volume_use {
	struct span volume, container;
	bool read_only;
};

struct volume_uses {
	struct volume_use list[MOUNTS_LOOKED_AT];
	size_t count;
	bool more; /* there are uses that the list does not hold */
};

static void
read_uses(struct volume_uses *uses, const struct pod_container *c)
{
	struct json_iter it =
	    json_iter(json_get(c->object, SPAN("volumeMounts")));
	struct json_value item;

	while (json_next_item(&it, &item)) {
		struct volume_use *use = &uses->list[uses->count];

		if (uses->count == MOUNTS_LOOKED_AT) {
			uses->more = true;
			return;
		}
		use->volume = json_get_string(item, SPAN("name"));
		use->container = c->name;
		use->read_only = json_is_true(json_get(item, SPAN("readOnly")));
		uses->count++;
	}
}

/* The container that mounts `volume`, and whether it only reads it.  Of more
 * mounts than are looked at, one may be the volume's. */
static bool
find_mount(
    const struct volume_uses *uses, struct span volume, struct pod_mount *mount)
{
	for (size_t i = 0; i < uses->count; i++) {
		const struct volume_use *use = &uses->list[i];

		if (!span_equal(use->volume, volume))
			continue;
		mount->container = use->container;
		mount->read_only = use->read_only;
		return true;
	}
	return uses->more;
}

/* As for containers: a path that gives away the node makes itself room. */
static void
add_mount(struct pod_spec *pod, const struct pod_mount *m)
{
	char room[HOST_PATH_BYTES];
	size_t at = pod->nmounts;

	if (at < POD_SPEC_MOUNTS_MAX) {
		pod->mounts[pod->nmounts++] = *m;
		return;
	}
	if (!host_path_is_sensitive(host_path_clean(m->path, room)))
		return;
	while (at > 0 && host_path_is_sensitive(
			     host_path_clean(pod->mounts[at - 1].path, room)))
		at--;
	if (at > 0)
		pod->mounts[at - 1] = *m;
}

static void
read_mounts(struct pod_spec *pod, struct json_value volumes)
{
	struct json_iter it = json_iter(volumes);
	struct volume_uses uses;
	struct json_value item;

	uses.count = 0;
	uses.more = false;
	for (size_t i = 0; i < pod->ncontainers; i++)
		read_uses(&uses, &pod->containers[i]);
	while (json_next_item(&it, &item)) {
		struct json_value host = json_get(item, SPAN("hostPath"));
		struct pod_mount m = { 0 };

		m.path = json_get_string(host, SPAN("path"));
		if (!span_is_empty(m.path) &&
		    find_mount(&uses, json_get_string(item, SPAN("name")), &m))
			add_mount(pod, &m);
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
	pod->spec = spec;
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
pod_spec_hostile(struct pod_spec *pod)
{
	for (size_t i = 0; i < pod->ncontainers; i++)
		if (is_hostile(&pod->containers[i]))
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
