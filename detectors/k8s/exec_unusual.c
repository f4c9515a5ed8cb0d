/*
 * Execution:Kubernetes/AnomalousBehavior.ExecInPod - someone runs a command in
 * a pod who usually does not, or from where or with what they usually do not.
 *
 * Sources     Kubernetes audit log, any level
 * Key         actor, its peers, the namespace (in the baseline)
 * Statistic   novelty of origin and of behaviour (k8s_judge.h).  Commands that
 *             read like an attack have a rule of their own (exec_hostile)
 * References  https://attack.mitre.org/techniques/T1609/
 */
#include <math.h>

#include "detect/detector.h"
#include "detect/k8s_exec.h"
#include "detect/k8s_judge.h"
#include "detect/k8s_request.h"
#include "detect/shell.h"

enum { P_VALUE };

static const struct param params[] = {
	[P_VALUE] = { "p_value", 1e-3, 1e-15, 0.1, "how rare is too rare" },
};

/* kube-system has a detector of its own. */
static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return k8s_request_succeeded(a) &&
	       !span_equal(a->ns, SPAN("kube-system")) &&
	       !k8s_request_by_system(a);
}

static void
tell(struct detect *d, const struct event *ev, struct k8s_judge *j, double p)
{
	char room[K8S_EXEC_COMMAND_BYTES], target[256];
	struct span command = k8s_exec_command(ev->audit->uri, room);
	struct fact facts[] = {
		{ "command", command },
		{ "container", k8s_exec_container(ev->audit->uri) },
		{ "pod", ev->audit->name },
	};

	if (!span_is_empty(command) && j->nwhy < COUNTOF(j->why))
		j->why[j->nwhy++] = (struct evidence){ .feature = "command",
			.observed = command,
			.expected = (double)NAN };
	detect_raise(
	    d, &(struct raise){
		   .p = p,
		   .resource_kind = ENTITY_POD,
		   .resource = k8s_request_target(ev, target, sizeof(target)),
		   .why = j->why,
		   .nwhy = j->nwhy,
		   .facts = facts,
		   .nfacts = COUNTOF(facts),
	       });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	char room[K8S_EXEC_COMMAND_BYTES];
	struct k8s_judge j;
	double p;

	(void)state;
	if (shell_intent_of(k8s_exec_command(ev->audit->uri, room)) !=
	    SHELL_ORDINARY)
		return;
	k8s_judge_request(d, &j);
	p = k8s_judge_p(&j);
	if (p <= detect_param(d, P_VALUE))
		tell(d, ev, &j, p);
}

DETECTOR(exec_unusual) = {
	.type = "Execution:Kubernetes/AnomalousBehavior.ExecInPod",
	.title = "{user} ran a command in {namespace}/{pod}, which is unusual",
	.story = "{user} from {remote} with {user_agent} ran in pod {pod} of "
		 "{namespace}, cluster {cluster}: {command}. Who, where and "
		 "how do not fit what is usual here.",
	.mitre = "T1609",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.statistical = true,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = k8s_exec_of_kind,
	.match = match,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};
