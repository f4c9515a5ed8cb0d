/*
 * Persistence:EC2/BootOrLogonInitializationScripts - what an instance runs as
 * root when it starts was changed.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the call with the userData attribute, a band lower for
 *             who makes it every week
 * References  https://attack.mitre.org/techniques/T1037/
 *             https://attack.mitre.org/techniques/T1578/005/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("ModifyInstanceAttribute"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);

	(void)state;
	if (json_is(json_get(request, SPAN("userData")), JSON_NONE) &&
	    !span_equal(
		json_get_string(request, SPAN("attribute")), SPAN("userData")))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_HIGH,
		.what = SPAN("the start script of an instance was changed"),
		.target = json_get_string(request, SPAN("instanceId")),
		.target_kind = ENTITY_INSTANCE });
}

DETECTOR(user_data_modified) = {
	.type = "Persistence:EC2/BootOrLogonInitializationScripts",
	.title = "The start script of instance {resource} was "
		 "changed",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. It runs as root at the next start, with "
		 "the role of the instance.",
	.mitre = "T1037 T1578.005",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};
