/*
 * Execution:SageMaker/CommandAndScriptingInterpreter - what a notebook runs as
 * root when it starts was made or changed.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1059/
 *             https://attack.mitre.org/techniques/T1037/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("sagemaker"),
	    SPAN_INIT("UpdateNotebookInstanceLifecycleConfig"), SEVERITY_MEDIUM,
	    SPAN_INIT("the start script of notebooks was changed"),
	    SPAN_INIT("notebookInstanceLifecycleConfigName") },
	{ SPAN_INIT("sagemaker"),
	    SPAN_INIT("CreateNotebookInstanceLifecycleConfig"), SEVERITY_MEDIUM,
	    SPAN_INIT("a start script for notebooks was made"),
	    SPAN_INIT("notebookInstanceLifecycleConfigName") },
	{ SPAN_INIT("sagemaker"), SPAN_INIT("CreateStudioLifecycleConfig"),
	    SEVERITY_MEDIUM, SPAN_INIT("a start script for Studio was made"),
	    SPAN_INIT("studioLifecycleConfigName") },
};

static bool
of_kind(const struct event *ev)
{
	return iam_act_find(acts, COUNTOF(acts), ev->cloudtrail) != NULL;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	iam_act_report_row(
	    d, ev, iam_act_find(acts, COUNTOF(acts), ev->cloudtrail));
}

DETECTOR(notebook_lifecycle) = {
	.type = "Execution:SageMaker/CommandAndScriptingInterpreter",
	.title = "SageMaker in account {account}: {what} "
		 "({resource})",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. It runs as root at the next start of each "
		 "notebook that has it, with the notebook's role.",
	.mitre = "T1059 T1037",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.observe = observe,
};
