/*
 * CredentialAccess:EC2/UnsecuredCredentials - passwords or start scripts of
 * machines are fetched.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   none for the Windows password that was given out, a band lower
 *             for who does so every week; start scripts and refusals from
 *             several machines on within an hour
 * References  https://attack.mitre.org/techniques/T1552/005/
 *             https://attack.mitre.org/techniques/T1555/
 */
#include <stdio.h>

#include "base/hash.h"
#include "detect/iam_act.h"
#include "detect/sweep.h"

enum { MACHINES };

static const struct param params[] = {
	[MACHINES] = { "machines", 10, 2, 10000,
	    "machines in an hour whose start script is read, or whose "
	    "password is refused" },
};

struct state {
	struct sweep passwords, scripts;
};

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("GetPasswordData")) ||
	       span_equal(ct->name, SPAN("DescribeInstanceAttribute"));
}

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return !ct->from_service && ev->outcome != OUTCOME_FAILED;
}

static void
raise(struct detect *d, const struct event *ev, struct span what,
    uint32_t machines)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", machines);
	const struct fact facts[] = {
		{ "attempts", span_of(text, (size_t)len) },
	};

	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_MEDIUM,
		.what = what,
		.feature = "machines asked for in an hour",
		.number = machines,
		.facts = facts,
		.nfacts = COUNTOF(facts) });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);
	bool password =
	    span_equal(ev->cloudtrail->name, SPAN("GetPasswordData"));
	struct state *st = state;
	struct sweep *sweep = password ? &st->passwords : &st->scripts;
	bool fresh;

	if (!password &&
	    !span_equal(
		json_get_string(request, SPAN("attribute")), SPAN("userData")))
		return;
	fresh = sweep_add(sweep, ev->time_us,
	    hash_span(&HASH_KEY_DEFAULT,
		json_get_string(request, SPAN("instanceId"))));
	if (password && ev->outcome == OUTCOME_OK)
		raise(d, ev, SPAN("administrator passwords of machines"),
		    sweep->distinct);
	else if (fresh && sweep_is_much(sweep, detect_param(d, MACHINES), 3))
		raise(d, ev,
		    password ? SPAN("administrator passwords of machines, "
				    "and is refused")
			     : SPAN("start scripts of machines"),
		    sweep->distinct);
}

DETECTOR(instance_secrets) = {
	.type = "CredentialAccess:EC2/UnsecuredCredentials",
	.title = "{actor} fetches {what}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. It asked for {attempts} machines within an "
		 "hour.",
	.mitre = "T1552.005 T1555",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.needs = CARRIED_READS,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_EACH,
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
