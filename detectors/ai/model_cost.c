/*
 * Impact:IAMUser/CostHarvesting - somebody makes a model write far more than
 * it usually does for them.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   tokens in an hour, a normal law of their logarithm over the
 *             actor's hours; for an actor without a past a power law from a
 *             floor on
 * References  https://attack.mitre.org/techniques/T1496/004/
 */
#include <math.h>
#include <stdio.h>

#include "base/civil.h"
#include "detect/iam_act.h"
#include "stats/decay_mean.h"

enum { TOKENS, P };

static const struct param params[] = {
	[TOKENS] = { "tokens", 200000, 1000, 1e12,
	    "tokens in an hour below which nothing is told" },
	[P] = { "p", 1e-4, 1e-12, 0.1, "how unlikely is unlikely enough" },
};

#define HALF_LIFE_HOURS (14 * 24.0)
/* Hours with any tokens from which on the usual is known. */
#define HOURS_MIN 12

struct state {
	int64_t hour;
	struct decay_mean usual; /* ln(1 + tokens) of hours with any */
	double tokens;		 /* in the open hour */
	bool told;
};

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->service, SPAN("bedrock")) &&
	       (span_starts(ct->name, SPAN("InvokeModel")) ||
		   span_starts(ct->name, SPAN("Converse")));
}

static bool
match(const struct event *ev)
{
	return iam_act_by_someone(ev);
}

static void
roll(struct state *st, int64_t hour)
{
	if (hour <= st->hour)
		return;
	if (st->tokens > 0 && !st->told)
		decay_mean_add_volume(&st->usual, st->tokens,
		    exp2(-(double)(hour - st->hour) / HALF_LIFE_HOURS));
	st->hour = hour;
	st->tokens = 0;
	st->told = false;
}

static void
raise(
    struct detect *d, const struct event *ev, const struct state *st, double p)
{
	double before = decay_mean_volume(&st->usual);
	char now[24], usual[24];
	struct fact facts[] = { { "sent", { NULL, 0 } },
		{ "usual", { NULL, 0 } } };
	struct span model = iam_act_short(
	    json_get_string(iam_act_request(ev), SPAN("modelId")));
	const struct evidence why[] = {
		{ .feature = "tokens of models in an hour",
		    .number = st->tokens,
		    .expected = before },
	};

	(void)snprintf(now, sizeof(now), "%.0f", st->tokens);
	(void)snprintf(usual, sizeof(usual), "%.0f", before);
	facts[0].value = span_str(now);
	facts[1].value = span_str(usual);
	detect_raise(d, &(struct raise){ .p = p,
			    .resource = model,
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts) });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value more =
	    json_get(ev->record, SPAN("additionalEventData"));
	struct state *st = state;
	double p;

	roll(st, civil_hour(ev->time_us));
	st->tokens +=
	    fmax(json_number(json_get(more, SPAN("inputTokens")), 0), 0) +
	    fmax(json_number(json_get(more, SPAN("outputTokens")), 0), 0);
	if (st->told || st->tokens < detect_param(d, TOKENS) ||
	    st->usual.weight < HOURS_MIN)
		return;
	p = exp(decay_mean_volume_log_tail(&st->usual, st->tokens));
	if (p > detect_param(d, P))
		return;
	st->told = true;
	raise(d, ev, st, p);
}

DETECTOR(model_cost) = {
	.type = "Impact:IAMUser/CostHarvesting",
	.title = "{actor} makes models write far more than usual",
	.story = "{actor} used {sent} tokens of {resource} within an "
		 "hour from {remote}; usual are {usual}. Tokens cost "
		 "money, and stolen keys are used until somebody "
		 "looks at the bill.",
	.mitre = "T1496.004",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.statistical = true,
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
