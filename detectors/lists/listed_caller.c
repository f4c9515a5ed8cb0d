/*
 * UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom and what belongs to it -
 * an AWS API called from an address on a list of the user's.
 *
 * Sources     CloudTrail; `lists:` of kind ip
 * Statistic   none: the list decides, what the call is for chooses the type.
 *             A failed call counts too: keys are tried before they are used.
 *             Calls that a service makes on somebody's behalf have no address.
 * References  detection.md 1.2 and 1.3;
 * https://attack.mitre.org/techniques/T1078/004/
 */
#include "detect/listed.h"

/* What all types of the family are. */
#define LISTED_CALLER                                                          \
	.story = "{actor} called {api} of {service} from {remote}. The list "  \
		 "{list} says that {list_entry} is {threat}. Whoever sits "    \
		 "there holds the credentials.",                               \
	.sources = DETECT_CLOUDTRAIL, .needs = DETECT_NEEDS_ADDRESSES,         \
	.wants = CARRIED_READS | CARRIED_OBJECTS, .confidence = 0.9,           \
	.lists = true, .when = DETECT_EACH, .key = DETECT_KEY_NONE

DETECTOR(listed_caller_recon) = {
	.type = "Recon:IAMUser/MaliciousIPCaller",
	.title = "{actor} looks around from {remote}, a listed address",
	.mitre = "T1580",
	.tactic = TACTIC_DISCOVERY,
	.severity = SEVERITY_MEDIUM,
	LISTED_CALLER,
};

DETECTOR(listed_caller_recon_custom) = {
	.type = "Recon:IAMUser/MaliciousIPCaller.Custom",
	.title =
	    "{actor} looks around from {remote}, which is on the list {list}",
	.mitre = "T1580",
	.tactic = TACTIC_DISCOVERY,
	.severity = SEVERITY_MEDIUM,
	LISTED_CALLER,
};

DETECTOR(listed_caller_recon_tor) = {
	.type = "Recon:IAMUser/TorIPCaller",
	.title = "{actor} looks around through Tor from {remote}",
	.mitre = "T1090.003",
	.tactic = TACTIC_DISCOVERY,
	.severity = SEVERITY_MEDIUM,
	LISTED_CALLER,
};

DETECTOR(listed_caller_threat) = {
	.type = "UnauthorizedAccess:IAMUser/MaliciousIPCaller",
	.title = "{actor} called {api} from {remote}, a listed address",
	.mitre = "T1078.004",
	.tactic = TACTIC_INITIAL_ACCESS,
	.severity = SEVERITY_MEDIUM,
	LISTED_CALLER,
};

DETECTOR(listed_caller_tor) = {
	.type = "UnauthorizedAccess:IAMUser/TorIPCaller",
	.title = "{actor} called {api} through Tor from {remote}",
	.mitre = "T1090.003",
	.tactic = TACTIC_INITIAL_ACCESS,
	.severity = SEVERITY_MEDIUM,
	LISTED_CALLER,
};

DETECTOR(listed_caller_s3_discovery) = {
	.type = "Discovery:S3/MaliciousIPCaller",
	.title = "{actor} lists {bucket} from {remote}, a listed address",
	.mitre = "T1619",
	.tactic = TACTIC_DISCOVERY,
	.severity = SEVERITY_HIGH,
	LISTED_CALLER,
};

DETECTOR(listed_caller_s3_discovery_custom) = {
	.type = "Discovery:S3/MaliciousIPCaller.Custom",
	.title =
	    "{actor} lists {bucket} from {remote}, which is on the list {list}",
	.mitre = "T1619",
	.tactic = TACTIC_DISCOVERY,
	.severity = SEVERITY_HIGH,
	LISTED_CALLER,
};

DETECTOR(listed_caller_s3_discovery_tor) = {
	.type = "Discovery:S3/TorIPCaller",
	.title = "{actor} lists {bucket} through Tor from {remote}",
	.mitre = "T1619",
	.tactic = TACTIC_DISCOVERY,
	.severity = SEVERITY_MEDIUM,
	LISTED_CALLER,
};

DETECTOR(listed_caller_s3_exfiltration) = {
	.type = "Exfiltration:S3/MaliciousIPCaller",
	.title = "{actor} reads {bucket} from {remote}, a listed address",
	.mitre = "T1530",
	.tactic = TACTIC_EXFILTRATION,
	.severity = SEVERITY_HIGH,
	LISTED_CALLER,
};

DETECTOR(listed_caller_s3_impact) = {
	.type = "Impact:S3/MaliciousIPCaller",
	.title = "{actor} changes {bucket} from {remote}, a listed address",
	.mitre = "T1485",
	.tactic = TACTIC_IMPACT,
	.severity = SEVERITY_HIGH,
	LISTED_CALLER,
};

DETECTOR(listed_caller_s3_custom) = {
	.type = "UnauthorizedAccess:S3/MaliciousIPCaller.Custom",
	.title = "{actor} called {api} on {bucket} from {remote}, which is on "
		 "the list {list}",
	.mitre = "T1530",
	.tactic = TACTIC_INITIAL_ACCESS,
	.severity = SEVERITY_HIGH,
	LISTED_CALLER,
};

DETECTOR(listed_caller_s3_tor) = {
	.type = "UnauthorizedAccess:S3/TorIPCaller",
	.title = "{actor} called {api} on {bucket} through Tor from {remote}",
	.mitre = "T1090.003",
	.tactic = TACTIC_INITIAL_ACCESS,
	.severity = SEVERITY_HIGH,
	LISTED_CALLER,
};

extern const struct detector detector_listed_caller;

enum purpose {
	PURPOSE_LOOK,
	PURPOSE_ACT,
	PURPOSE_S3_LOOK,
	PURPOSE_S3_READ,
	PURPOSE_S3_WRITE,
	PURPOSES,
};

static const struct detector *const types[PURPOSES][LISTED_ORIGINS] = {
	[PURPOSE_LOOK] = { &detector_listed_caller_recon,
	    &detector_listed_caller_recon_custom,
	    &detector_listed_caller_recon_tor },
	[PURPOSE_ACT] = { &detector_listed_caller_threat,
	    &detector_listed_caller, &detector_listed_caller_tor },
	[PURPOSE_S3_LOOK] = { &detector_listed_caller_s3_discovery,
	    &detector_listed_caller_s3_discovery_custom,
	    &detector_listed_caller_s3_discovery_tor },
	[PURPOSE_S3_READ] = { &detector_listed_caller_s3_exfiltration,
	    &detector_listed_caller_s3_custom, &detector_listed_caller_s3_tor },
	[PURPOSE_S3_WRITE] = { &detector_listed_caller_s3_impact,
	    &detector_listed_caller_s3_custom, &detector_listed_caller_s3_tor },
};

static bool
begins_with_one_of(struct span name, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (span_starts(name, span_str(*words)))
			return true;
	}
	return false;
}

static enum purpose
purpose_of(const struct cloudtrail *ct)
{
	static const char *const look[] = { "List", "Describe", "Head", NULL };
	static const char *const read[] = { "GetObject", "CopyObject",
		"SelectObject", NULL };
	bool acl = span_ends(ct->name, SPAN("Acl"));

	if (!span_equal(ct->service, SPAN("s3")))
		return ct->read_only || begins_with_one_of(ct->name, look)
			   ? PURPOSE_LOOK
			   : PURPOSE_ACT;
	if (begins_with_one_of(ct->name, read) && !acl)
		return PURPOSE_S3_READ;
	return ct->read_only || begins_with_one_of(ct->name, look)
		   ? PURPOSE_S3_LOOK
		   : PURPOSE_S3_WRITE;
}

static bool
match(const struct event *ev)
{
	return !ip_is_none(&ev->remote) && !ev->cloudtrail->from_service;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	listed_raise_caller(
	    d, ev, ev->cloudtrail->remote, types[purpose_of(ev->cloudtrail)]);
}

DETECTOR(listed_caller) = {
	.type = "UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom",
	.title =
	    "{actor} called {api} from {remote}, which is on the list {list}",
	.mitre = "T1078.004",
	.tactic = TACTIC_INITIAL_ACCESS,
	.severity = SEVERITY_MEDIUM,
	.match = match,
	.observe = observe,
	LISTED_CALLER,
};
