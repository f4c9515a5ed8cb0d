/*
 * Impact:EC2/ResourceHijacking - large or many machines are started, as for
 * mining.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: machines with accelerators or of the largest sizes, or
 *             many at once, of a kind that the account does not run; in a
 *             region that it does not use high, refused low. Autoscaling is
 *             AWS's own act.
 * References  https://attack.mitre.org/techniques/T1496/001/
 *             https://attack.mitre.org/techniques/T1578/002/
 */
#include <stdio.h>

#include "detect/iam_act.h"

enum { MACHINES };

static const struct param params[] = {
	[MACHINES] = { "machines", 20, 2, 10000,
	    "machines started by one call that are many" },
};

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("RunInstances")) ||
	       span_equal(ct->name, SPAN("RequestSpotInstances"));
}

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return ev->outcome != OUTCOME_FAILED && !ct->read_only;
}

/* Somebody tried; quotas and capacities refuse otherwise. */
static bool
is_refused(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return ev->outcome == OUTCOME_DENIED && !ct->from_service &&
	       !span_starts(ct->issuer_name, SPAN("AWSServiceRoleFor"));
}

static struct span
type_of(struct json_value request)
{
	static const struct span paths[] = { SPAN_INIT("instanceType"),
		SPAN_INIT("instanceType.value"),
		SPAN_INIT("launchSpecification.instanceType") };
	struct span type = span_of(NULL, 0);

	for (size_t i = 0; i < COUNTOF(paths) && span_is_empty(type); i++)
		type = iam_act_text(request, paths[i]);
	return span_first(type, 32);
}

static double
count_of(struct json_value request)
{
	double n = json_number(
	    iam_act_at(request, SPAN("instancesSet.items.maxCount")), 0);

	if (n < 1)
		n = json_number(json_get(request, SPAN("instanceCount")), 1);
	return n < 1e6 ? n : 1e6;
}

/* Families with accelerators: p4d, g5, inf2, trn1, dl1, vt1. */
static bool
has_accelerator(struct span type)
{
	static const struct span stems[] = { SPAN_INIT("inf"), SPAN_INIT("trn"),
		SPAN_INIT("dl"), SPAN_INIT("vt") };

	if (type.len > 1 && (type.at[0] == 'p' || type.at[0] == 'g') &&
	    type.at[1] >= '0' && type.at[1] <= '9')
		return true;
	for (size_t i = 0; i < COUNTOF(stems); i++) {
		if (span_starts(type, stems[i]))
			return true;
	}
	return false;
}

/* "48xlarge" and "metal" are large; "4xlarge" is not. */
static bool
is_huge(struct span size)
{
	uint64_t n;
	size_t digits = span_find(size, 'x', 0);

	if (span_starts(size, SPAN("metal")))
		return true;
	return span_to_u64(span_first(size, digits), &n) && n >= 16;
}

static double
severity_of(const struct event *ev, const struct usual *region)
{
	if (ev->outcome == OUTCOME_DENIED)
		return SEVERITY_LOW;
	return region->known_days >= DETECT_KNOWN_DAYS && !(region->count > 0)
		   ? SEVERITY_HIGH
		   : SEVERITY_MEDIUM;
}

static void
judge(struct detect *d, const struct event *ev, struct span type, double count)
{
	size_t dot = span_find(type, '.', 0);
	bool odd = has_accelerator(type) || is_huge(span_skip(type, dot + 1));
	char text[96];
	struct usual kind, region;
	int len;

	if (!odd && count < detect_param(d, MACHINES))
		return;
	detect_usual_value(
	    d, SCOPE_TENANT, FEATURE_OBJECT, span_first(type, dot), &kind);
	if (odd && kind.count > 0)
		return;
	detect_usual(d, SCOPE_TENANT, FEATURE_REGION, &region);
	len = snprintf(text, sizeof(text), "%.0f machine%s of type %.*s%s",
	    count, count > 1 ? "s" : "", SPAN_ARGS(type),
	    ev->outcome == OUTCOME_DENIED ? " and is refused" : "");
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = severity_of(ev, &region),
		.what = span_of(text, (size_t)len),
		.feature = "machines started",
		.observed = span_of(text, (size_t)len) });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);
	struct span type = type_of(request);

	(void)state;
	if (iam_act_by_someone(ev) || is_refused(ev))
		judge(d, ev, type, count_of(request));
	else if (ev->outcome == OUTCOME_OK)
		detect_learn(d, SCOPE_TENANT, FEATURE_OBJECT,
		    span_first(type, span_find(type, '.', 0)));
}

DETECTOR(compute_hijack) = {
	.type = "Impact:EC2/ResourceHijacking",
	.title = "{actor} starts {what}",
	.story = "{actor} called {service} {api} from {remote} in "
		 "{region}: {what}. The account does not run such "
		 "machines; mining at its cost looks like this.",
	.mitre = "T1496.001 T1578.002",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};
