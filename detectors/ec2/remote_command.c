/*
 * Execution:EC2/RemoteCommand - commands or shells are opened on machine after
 * machine.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   distinct machines in an hour, or a command for all that have a
 *             tag; a band lower for who does so every week
 * References  https://attack.mitre.org/techniques/T1059/
 *             https://attack.mitre.org/techniques/T1021/007/
 *             https://attack.mitre.org/techniques/T1651/
 */
#include <stdio.h>

#include "base/hash.h"
#include "detect/iam_act.h"
#include "detect/sweep.h"

enum { MACHINES };

static const struct param params[] = {
	[MACHINES] = { "machines", 3, 2, 1000,
	    "distinct machines in an hour that are told" },
};

/* As fast as this, shells are opened by a program. */
#define FAST_US ((int64_t)300 * 1000000)

struct state {
	struct sweep sweep;
	int64_t first_us; /* of the hour's first machine */
};

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("SendCommand")) ||
	       span_equal(ct->name, SPAN("StartSession")) ||
	       (span_equal(ct->name, SPAN("ExecuteCommand")) &&
		   span_equal(ct->service, SPAN("ecs")));
}

static bool
match(const struct event *ev)
{
	return iam_act_by_someone(ev);
}

static void
raise(struct detect *d, const struct event *ev, const char *machines, bool fast)
{
	const struct fact facts[] = {
		{ "attempts", span_str(machines) },
	};
	bool shell = span_equal(ev->cloudtrail->name, SPAN("StartSession"));
	struct usual account;

	/* Who opens shells in the first days may well do so always. */
	detect_usual(d, SCOPE_TENANT, FEATURE_API, &account);
	if (shell && !fast && account.known_days < DETECT_KNOWN_DAYS)
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){
		.severity = shell && account.known_days < DETECT_KNOWN_DAYS
				? SEVERITY_LOW
				: SEVERITY_MEDIUM,
		.what = SPAN("it opened shells or ran commands"),
		.feature = "machines reached in an hour",
		.observed = facts[0].value,
		.facts = facts,
		.nfacts = COUNTOF(facts) });
}

/* Machines by name; false when none is new in this hour. */
static bool
note(struct state *st, const struct event *ev, struct json_value request)
{
	static const struct span keys[] = { SPAN_INIT("target"),
		SPAN_INIT("task") };
	struct json_value list = json_get(request, SPAN("instanceIds"));
	struct json_iter it = json_iter(list);
	struct json_value item;
	bool fresh = false;

	while (json_is(list, JSON_ARRAY) && json_next_item(&it, &item))
		fresh |= sweep_add(&st->sweep, ev->time_us,
		    hash_span(&HASH_KEY_DEFAULT, json_string(item)));
	for (size_t i = 0; i < COUNTOF(keys); i++) {
		struct span name = json_get_string(request, keys[i]);

		if (!span_is_empty(name))
			fresh |= sweep_add(&st->sweep, ev->time_us,
			    hash_span(&HASH_KEY_DEFAULT, name));
	}
	return fresh;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);
	struct state *st = state;
	char text[16];

	if (!note(st, ev, request)) {
		if (json_is(iam_act_at(request, SPAN("targets")), JSON_OBJECT))
			raise(d, ev, "all tagged", true);
		return;
	}
	if (st->sweep.distinct == 1)
		st->first_us = ev->time_us;
	if (!sweep_is_much(&st->sweep, detect_param(d, MACHINES), 3))
		return;
	(void)snprintf(text, sizeof(text), "%u", st->sweep.distinct);
	raise(d, ev, text, ev->time_us - st->first_us <= FAST_US);
}

DETECTOR(remote_command) = {
	.type = "Execution:EC2/RemoteCommand",
	.title = "{actor} opens shells or runs commands on "
		 "{attempts} machines",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. It reached {attempts} machines within an "
		 "hour as root, without any key of theirs.",
	.mitre = "T1059 T1021.007 T1651",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_CLOUDTRAIL,
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
