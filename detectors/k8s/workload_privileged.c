/*
 * PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed!PrivilegedContainer
 * - a container that is as good as root on its node is deployed, and neither
 * its workload nor its image nor its deployer is known for that.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none; what is a habit is in the baseline (pod_habit.h)
 * Rule        privileged: High.  SYS_ADMIN and its like, the node's process
 *             namespace, or a pod whose template was never seen: Medium.
 *             From a program that deploys on most days, from where and with
 *             what it always does: Low
 * References  https://attack.mitre.org/techniques/T1610/
 *             https://attack.mitre.org/techniques/T1611/
 */
#include <math.h>

#include "detect/detector.h"
#include "detect/k8s_request.h"
#include "detect/pod_habit.h"

static void
tell(struct detect *d, const struct event *ev, const struct pod_spec *pod,
    const struct pod_container *c, const struct pod_habit *habit)
{
	char room[64];
	struct span power = pod_spec_power_text(c, room, sizeof(room));
	struct usual deployer = habit->deployer;
	struct evidence why[] = {
		{ .feature = "container privilege",
		    .observed = power,
		    .expected = (double)NAN },
		{ .feature = "power and image",
		    .observed = habit->value,
		    .expected = (double)NAN,
		    .usual = &habit->cluster },
		{ .feature = "deployer of privileged containers here",
		    .observed = detect_actor(d)->name,
		    .expected = (double)NAN,
		    .usual = &deployer },
	};
	struct fact facts[] = {
		{ "image", c->image },
		{ "container", c->name },
		{ "privileged", power },
		{ "workload", pod->workload },
	};

	/* What it knows are the actor's traits, not other deployers. */
	deployer.nnames = 0;
	deployer.profile = 0;
	detect_raise(
	    d, &(struct raise){
		   .severity = pod_habit_severity(d, ev,
		       c->power == POD_POWER_PRIVILEGED && !pod->controlled
			   ? SEVERITY_HIGH
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
	static const char *const keys[] = { "securityContext", "hostPID",
		"ephemeralContainers", "privileged", NULL };
	struct pod_spec *pod = detect_pod(d);
	struct pod_habit habit;
	const struct pod_container *c;

	(void)state;
	if (pod == NULL)
		return;
	c = pod_spec_powerful(pod);
	if (c == NULL)
		return;
	if (!pod_habit_known(d, pod, SPAN("privileged"), c->image, &habit) &&
	    pod_habit_is_act(ev, pod, keys))
		tell(d, ev, pod, c, &habit);
}

DETECTOR(workload_privileged) = {
	.type = "PrivilegeEscalation:Kubernetes/AnomalousBehavior."
		"WorkloadDeployed!PrivilegedContainer",
	.title = "{user} deployed a container with power over its node: "
		 "{workload}",
	.story =
	    "Container {container} of {workload} in cluster {cluster} runs "
	    "image {image} with {privileged}. Whoever is inside it owns "
	    "the node and every pod on it; nothing here was known to need "
	    "that.",
	.mitre = "T1610 T1611",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
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
