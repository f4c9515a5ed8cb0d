/*
 * Discovery:IAMUser/AbuseProbing - somebody asks what an account is good for:
 * mail, text messages, models, machines.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   kinds of such questions within an hour by one actor that does
 *             not ask them on other days; medium from a place and program
 *             that the account never saw
 * References  https://attack.mitre.org/techniques/T1526/
 *             https://attack.mitre.org/techniques/T1580/
 */
#include <stdio.h>

#include "detect/iam_act.h"

enum { KINDS };

static const struct param params[] = {
	[KINDS] = { "kinds", 3, 2, 6, "kinds of questions within an hour" },
};

#define WINDOW_US ((int64_t)3600 * 1000000)

/* What stolen keys are sold for, and how one asks for it. */
static const struct {
	struct span service, name;
	unsigned kind;
} questions[] = {
	{ SPAN_INIT("ses"), SPAN_INIT("GetSendQuota"), 1 },
	{ SPAN_INIT("ses"), SPAN_INIT("GetAccount"), 1 },
	{ SPAN_INIT("ses"), SPAN_INIT("ListIdentities"), 1 },
	{ SPAN_INIT("ses"), SPAN_INIT("ListEmailIdentities"), 1 },
	{ SPAN_INIT("ses"), SPAN_INIT("GetIdentityVerificationAttributes"), 1 },
	{ SPAN_INIT("sns"), SPAN_INIT("GetSMSAttributes"), 2 },
	{ SPAN_INIT("sns"), SPAN_INIT("GetSMSSandboxAccountStatus"), 2 },
	{ SPAN_INIT("sns"), SPAN_INIT("ListOriginationNumbers"), 2 },
	{ SPAN_INIT("bedrock"), SPAN_INIT("ListFoundationModels"), 4 },
	{ SPAN_INIT("bedrock"), SPAN_INIT("GetFoundationModelAvailability"),
	    4 },
	{ SPAN_INIT("bedrock"), SPAN_INIT("ListInferenceProfiles"), 4 },
	{ SPAN_INIT("bedrock"),
	    SPAN_INIT("GetModelInvocationLoggingConfiguration"), 4 },
	{ SPAN_INIT("servicequotas"), SPAN_INIT("ListServiceQuotas"), 8 },
	{ SPAN_INIT("servicequotas"), SPAN_INIT("GetServiceQuota"), 8 },
	{ SPAN_INIT("ec2"), SPAN_INIT("DescribeAccountAttributes"), 8 },
	{ SPAN_INIT("organizations"), SPAN_INIT("DescribeOrganization"), 16 },
	{ SPAN_INIT("organizations"), SPAN_INIT("ListAccounts"), 16 },
	{ SPAN_INIT("iam"), SPAN_INIT("GetAccountAuthorizationDetails"), 32 },
};

struct state {
	int64_t first_us;
	uint32_t kinds; /* asked since then */
	uint32_t told;	/* how many kinds were told */
};

static unsigned
kind_of(const struct cloudtrail *ct)
{
	for (size_t i = 0; i < COUNTOF(questions); i++) {
		if (span_equal(ct->name, questions[i].name) &&
		    span_equal(ct->service, questions[i].service))
			return questions[i].kind;
	}
	return 0;
}

static bool
of_kind(const struct event *ev)
{
	return kind_of(ev->cloudtrail) != 0;
}

static bool
match(const struct event *ev)
{
	return !ev->cloudtrail->from_service && ev->outcome != OUTCOME_FAILED;
}

static unsigned
count_bits(unsigned bits)
{
	unsigned n = 0;

	for (; bits != 0; bits &= bits - 1)
		n++;
	return n;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	char text[16];
	unsigned kinds;
	struct fact fact = { "attempts", { NULL, 0 } };

	if (ev->time_us - st->first_us > WINDOW_US)
		*st = (struct state){ .first_us = ev->time_us };
	st->kinds |= kind_of(ev->cloudtrail);
	kinds = count_bits(st->kinds);
	if (kinds < detect_param(d, KINDS) || kinds <= st->told)
		return;
	st->told = kinds;
	fact.value =
	    span_of(text, (size_t)snprintf(text, sizeof(text), "%u", kinds));
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_LOW,
		.what = SPAN("it asks what the account is good for"),
		.feature = "kinds of such questions in an hour",
		.number = kinds,
		.facts = &fact,
		.nfacts = 1 });
}

DETECTOR(abuse_probing) = {
	.type = "Discovery:IAMUser/AbuseProbing",
	.title = "{actor} asks what account {account} is good for",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Within an hour it asked for {attempts} "
		 "kinds of things that stolen keys are sold for: "
		 "mail, text messages, models, capacity, other "
		 "accounts.",
	.mitre = "T1526 T1580",
	.tactic = TACTIC_DISCOVERY,
	.sources = DETECT_CLOUDTRAIL,
	.needs = CARRIED_READS,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.8,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 45 * 24 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};
