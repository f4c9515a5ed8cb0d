/*
 * Persistence:Kubernetes/CommandDrift - a running workload is made to run
 * another command than it always did, with the image it always had.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         workload (in the baseline): the commands of its containers, also
 *             learned from the pods its controllers make
 * Rule        an update or patch by hand gives a container a command that is
 *             new to the workload, of which only one was known on two days and
 *             more.  Low; weighed by who does it (k8s_act.h).  Commands that
 *             read like an attack, and other images, have detectors of their
 *             own (workload_unusual, image_drift)
 * References  https://attack.mitre.org/techniques/T1554/
 *             https://attack.mitre.org/techniques/T1546/
 */
#include <stdio.h>

#include "detect/k8s_act.h"
#include "detect/k8s_request.h"
#include "detect/pod_habit.h"
#include "detect/pod_spec.h"

#define COMMAND_BYTES 512
#define NAME_BYTES 400
#define KNOWN_DAYS 2

/* Where a container's commands are kept. */
static void
set_scope(
    struct detect *d, const struct pod_spec *pod, const struct pod_container *c)
{
	char room[NAME_BYTES];

	(void)snprintf(room, sizeof(room), "commands of %.*s of %.*s",
	    SPAN_ARGS(span_first(c->name, 64)),
	    SPAN_ARGS(span_first(pod->workload, 300)));
	detect_workload(d, span_str(room));
}

/* The command, or the sign that the image decides. */
static struct span
command_of(const struct pod_container *c, char room[COMMAND_BYTES])
{
	struct span command = pod_spec_command(c, room, COMMAND_BYTES);

	return span_is_empty(command) ? SPAN("(the image's own)") : command;
}

static bool
is_drift(struct detect *d, const struct pod_spec *pod,
    const struct pod_container *c, struct span command, struct usual *usual)
{
	set_scope(d, pod, c);
	detect_usual_value(d, SCOPE_WORKLOAD, FEATURE_OBJECT, command, usual);
	return usual->count <= 0 && usual->known_days >= KNOWN_DAYS &&
	       usual->distinct < 1.5;
}

static void
tell(struct detect *d, const struct event *ev, const struct pod_spec *pod,
    const struct pod_container *c, const struct usual *usual)
{
	char room[COMMAND_BYTES];
	struct span command = command_of(c, room);
	struct span known =
	    usual->nnames > 0 ? usual->names[0] : SPAN("another command");
	char before[COMMAND_BYTES]; /* names die with the next lesson */

	(void)snprintf(before, sizeof(before), "%.*s",
	    SPAN_ARGS(span_first(known, COMMAND_BYTES - 1)));
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "changes the commands of workloads",
		.severity = SEVERITY_LOW,
		.resource_kind = ENTITY_WORKLOAD,
		.resource = pod->workload,
		.detail = command,
		.facts =
		    (struct fact[]){
			{ "workload", pod->workload },
			{ "command", command },
			{ "change", span_str(before) },
			{ "container", c->name },
		    },
		.nfacts = 4,
	    });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	static const char *const keys[] = { "command", "args", "containers",
		NULL };
	struct pod_spec *pod = detect_pod(d);
	bool act, told = false;

	(void)state;
	if (pod == NULL)
		return;
	act = !span_equal(ev->audit->verb, SPAN("create")) &&
	      !pod->controlled && k8s_act_done(ev->audit) &&
	      k8s_act_by_hand(ev->audit->agent) &&
	      pod_habit_is_act(ev, pod, keys);
	for (size_t i = 0; i < pod->ncontainers; i++) {
		const struct pod_container *c = &pod->containers[i];
		char room[COMMAND_BYTES];
		struct span command = command_of(c, room);
		struct usual usual;

		if (act && !told && is_drift(d, pod, c, command, &usual)) {
			tell(d, ev, pod, c, &usual);
			told = true;
		}
		set_scope(d, pod, c);
		detect_learn(d, SCOPE_WORKLOAD, FEATURE_OBJECT, command);
	}
}

DETECTOR(command_drift) = {
	.type = "Persistence:Kubernetes/CommandDrift",
	.title = "{user} changed what {workload} runs",
	.story = "{user} from {remote} with {user_agent} made container "
		 "{container} of {workload} in cluster {cluster} run: "
		 "{command}. Until now it always ran: {change}. {usual}.",
	.mitre = "T1554 T1546",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_LOW,
	.confidence = 0.6,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = pod_spec_of_kind,
	.match = k8s_request_match,
	.observe = observe,
};
