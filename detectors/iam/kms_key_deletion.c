/*
 * Impact:KMS/KeyDeletionScheduled - a key that data is encrypted with is to be
 * deleted or was switched off.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week. Most keys go with the stack that they belong to.
 * References  https://attack.mitre.org/techniques/T1485/
 *             https://attack.mitre.org/techniques/T1486/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("kms"), SPAN_INIT("ScheduleKeyDeletion"), SEVERITY_MEDIUM,
	    SPAN_INIT("a key is to be deleted"), SPAN_INIT("keyId") },
	{ SPAN_INIT("kms"), SPAN_INIT("DeleteImportedKeyMaterial"),
	    SEVERITY_MEDIUM, SPAN_INIT("the material of a key was deleted"),
	    SPAN_INIT("keyId") },
	{ SPAN_INIT("kms"), SPAN_INIT("DisableKey"), SEVERITY_LOW,
	    SPAN_INIT("a key was switched off"), SPAN_INIT("keyId") },
	{ SPAN_INIT("kms"), SPAN_INIT("DisconnectCustomKeyStore"),
	    SEVERITY_MEDIUM, SPAN_INIT("a store of keys was disconnected"),
	    SPAN_INIT("customKeyStoreId") },
	{ SPAN_INIT("kms"), SPAN_INIT("DeleteCustomKeyStore"), SEVERITY_MEDIUM,
	    SPAN_INIT("a store of keys was deleted"),
	    SPAN_INIT("customKeyStoreId") },
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

DETECTOR(kms_key_deletion) = {
	.type = "Impact:KMS/KeyDeletionScheduled",
	.title = "KMS in account {account}: {what} ({resource})",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. What is encrypted with a deleted key is "
		 "lost for good, backups among it.",
	.mitre = "T1485 T1486",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.observe = observe,
};
