/*
 * Persistence:Kubernetes/AnomalousBehavior.WorkloadDeployed!ContainerWithSensitiveMount
 * - a container gets a path of its node that gives away the node, and neither
 * its workload nor its image nor its deployer is known for that.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none; what is a habit is in the baseline (pod_habit.h)
 * Rule        a hostPath of host_path.h, mounted.  Writable or a container
 *             runtime's socket: High.  Read-only, or a pod whose template was
 *             never seen: Medium.  From a program that deploys on most days,
 *             from where and with what it always does: Low
 * References  https://attack.mitre.org/techniques/T1611/
 */
#include <math.h>
#include <stdio.h>

#include "detect/detector.h"
#include "detect/host_path.h"
#include "detect/k8s_request.h"
#include "detect/pod_habit.h"

struct found {
	const struct pod_mount *mount;
	struct span path; /* clean, in room */
	struct span image;
	bool writable; /* or a socket, where reading is commanding */
	char room[HOST_PATH_BYTES];
};

static struct span
image_of(const struct pod_spec *pod, struct span container)
{
	for (size_t i = 0; i < pod->ncontainers; i++)
		if (span_equal(pod->containers[i].name, container))
			return pod->containers[i].image;
	return (struct span){ NULL, 0 };
}

/* The worst mount: a writable one before a read-only one. */
static bool
find(const struct pod_spec *pod, struct found *f)
{
	f->mount = NULL;
	f->writable = false;
	for (size_t i = 0; i < pod->nmounts; i++) {
		const struct pod_mount *m = &pod->mounts[i];
		char room[HOST_PATH_BYTES];
		struct span path = host_path_clean(m->path, room);
		bool writable = !m->read_only || host_path_is_socket(path);

		if (!host_path_is_sensitive(path) ||
		    (f->mount != NULL && (f->writable || !writable)))
			continue;
		f->mount = m;
		f->writable = writable;
		f->image = image_of(pod, m->container);
		memcpy(f->room, path.at, path.len);
		f->path = span_of(f->room, path.len);
	}
	return f->mount != NULL;
}

static void
tell(struct detect *d, const struct event *ev, const struct pod_spec *pod,
    const struct found *f, const struct pod_habit *habit)
{
	struct evidence why[] = {
		{ .feature = "host path",
		    .observed = f->path,
		    .expected = (double)NAN },
		{ .feature = "host path and image",
		    .observed = habit->value,
		    .expected = (double)NAN,
		    .usual = &habit->cluster },
	};
	struct fact facts[] = {
		{ "image", f->image },
		{ "container", f->mount->container },
		{ "mount", f->path },
		{ "access", f->mount->read_only ? SPAN("read-only")
						: SPAN("writable") },
		{ "workload", pod->workload },
	};

	detect_raise(
	    d, &(struct raise){
		   .severity = pod_habit_severity(d, ev,
		       f->writable && !pod->controlled ? SEVERITY_HIGH
						       : SEVERITY_MEDIUM),
		   .resource_kind = ENTITY_WORKLOAD,
		   .resource = pod->workload,
		   .why = why,
		   .nwhy = COUNTOF(why),
		   .facts = facts,
		   .nfacts = COUNTOF(facts),
	       });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	static const char *const keys[] = { "volumes", "volumeMounts",
		"hostPath", NULL };
	struct pod_spec *pod = detect_pod(d);
	struct pod_habit habit;
	struct found f;
	char trait[HOST_PATH_BYTES + 8];
	int len;

	(void)state;
	if (pod == NULL || !find(pod, &f))
		return;
	len = snprintf(trait, sizeof(trait), "mounts %.*s", SPAN_ARGS(f.path));
	if (len < 0)
		return;
	if (!pod_habit_known(d, pod, span_str(trait), f.image, &habit) &&
	    pod_habit_is_act(ev, pod, keys))
		tell(d, ev, pod, &f, &habit);
}

DETECTOR(workload_sensitive_mount) = {
	.type = "Persistence:Kubernetes/AnomalousBehavior."
		"WorkloadDeployed!ContainerWithSensitiveMount",
	.title = "{user} gave {workload} the node's {mount}",
	.story = "Container {container} of {workload} in cluster {cluster} "
		 "(image {image}) mounts {mount} of its node, {access}. From "
		 "there it can take the node's credentials or plant what "
		 "outlives the pod; nothing here was known to need that.",
	.mitre = "T1610 T1611",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = pod_spec_of_kind,
	.match = k8s_request_match,
	.observe = observe,
};
