/*
 * Exfiltration:IAMUser/DataExported - a database, a machine or a table is
 * written out as files.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1537/
 *             https://attack.mitre.org/techniques/T1005/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("rds"), SPAN_INIT("StartExportTask"), SEVERITY_MEDIUM,
	    SPAN_INIT("a database snapshot is written out as files"),
	    SPAN_INIT("sourceArn") },
	{ SPAN_INIT("ec2"), SPAN_INIT("CreateInstanceExportTask"),
	    SEVERITY_MEDIUM, SPAN_INIT("a machine is written out as a file"),
	    SPAN_INIT("instanceId") },
	{ SPAN_INIT("ec2"), SPAN_INIT("CreateStoreImageTask"), SEVERITY_MEDIUM,
	    SPAN_INIT("a machine image is written out as a file"),
	    SPAN_INIT("ImageId") },
	{ SPAN_INIT("ec2"), SPAN_INIT("ExportImage"), SEVERITY_MEDIUM,
	    SPAN_INIT("a machine image is written out as a file"),
	    SPAN_INIT("ImageId") },
	{ SPAN_INIT("dynamodb"), SPAN_INIT("ExportTableToPointInTime"),
	    SEVERITY_MEDIUM, SPAN_INIT("a table is written out as files"),
	    SPAN_INIT("tableArn") },
	{ SPAN_INIT("redshift"), SPAN_INIT("AuthorizeSnapshotAccess"),
	    SEVERITY_MEDIUM, SPAN_INIT("a snapshot of a warehouse was shared"),
	    SPAN_INIT("snapshotIdentifier") },
	{ SPAN_INIT("logs"), SPAN_INIT("CreateExportTask"), SEVERITY_LOW,
	    SPAN_INIT("a log group is written out as files"),
	    SPAN_INIT("logGroupName") },
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

DETECTOR(data_exported) = {
	.type = "Exfiltration:IAMUser/DataExported",
	.title = "In account {account} {what} ({resource})",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Files are carried away more easily than "
		 "what they were.",
	.mitre = "T1537 T1005",
	.tactic = TACTIC_EXFILTRATION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.observe = observe,
};
