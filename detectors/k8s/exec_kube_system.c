/*
 * Execution:Kubernetes/ExecInKubeSystemPod - a command was run in a pod of
 * kube-system, where the cluster's own components live.
 *
 * Sources     Kubernetes audit log, any level
 * Key         actor: which requests were counted, as one is logged when its
 *             stream starts and when it ends
 * Rule        pods/exec or pods/attach answered with 101 or 2xx; quiet for a
 *             service account that does so on most days.  High for commands
 *             that read like an attack (shell.h)
 * References  https://attack.mitre.org/techniques/T1609/
 */
#include <math.h>

#include "detect/detector.h"
#include "detect/k8s_exec.h"
#include "detect/k8s_request.h"
#include "detect/shell.h"

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->ns, SPAN("kube-system")) &&
	       k8s_request_succeeded(a) && !k8s_request_by_system(a);
}

static bool
is_habit(struct detect *d)
{
	struct usual ns, api;

	if (detect_actor(d)->kind != ENTITY_SERVICE_ACCOUNT)
		return false;
	detect_usual(d, SCOPE_ACTOR, FEATURE_RESOURCE, &ns);
	detect_usual(d, SCOPE_ACTOR, FEATURE_API, &api);
	return ns.frequency == FREQUENCY_FREQUENT &&
	       api.frequency == FREQUENCY_FREQUENT;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	char room[K8S_EXEC_COMMAND_BYTES], target[256];
	struct usual usual;
	bool hostile;
	struct evidence why[2] = {
		{ .feature = "command",
		    .observed = k8s_exec_command(ev->audit->uri, room),
		    .expected = (double)NAN },
		{ .feature = feature_text(FEATURE_API),
		    .observed = detect_feature(d, FEATURE_API),
		    .expected = (double)NAN,
		    .usual = &usual },
	};
	struct fact facts[] = {
		{ "command", why[0].observed },
		{ "container", k8s_exec_container(ev->audit->uri) },
		{ "pod", ev->audit->name },
	};

	if (!k8s_exec_is_first(state, ev->id) || is_habit(d))
		return;
	detect_usual(d, SCOPE_ACTOR, FEATURE_API, &usual);
	hostile = shell_intent_of(why[0].observed) != SHELL_ORDINARY;
	if (span_is_empty(why[0].observed))
		why[0].observed = SPAN("(attached)");
	detect_raise(
	    d, &(struct raise){
		   .severity = hostile ? SEVERITY_HIGH : SEVERITY_MEDIUM,
		   .resource_kind = ENTITY_POD,
		   .resource = k8s_request_target(ev, target, sizeof(target)),
		   /* Who debugs looks into one pod after the other. */
		   .joins = ev->audit->ns,
		   .why = why,
		   .nwhy = COUNTOF(why),
		   .facts = facts,
		   .nfacts = COUNTOF(facts),
	       });
}

DETECTOR(exec_kube_system) = {
	.type = "Execution:Kubernetes/ExecInKubeSystemPod",
	.title = "{user} ran a command in {pod} of kube-system",
	.story = "{user} from {remote} opened a command in pod {pod} of "
		 "kube-system, cluster {cluster}: {command}. The cluster's own "
		 "components live there; their credentials reach far.",
	.mitre = "T1609",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.9,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = k8s_exec_of_kind,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct k8s_exec_seen),
	.state_version = 2,
	.state_ttl_s = 6 * 3600,
	.observe = observe,
};
