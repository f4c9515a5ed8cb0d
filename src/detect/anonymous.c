#include "detect/anonymous.h"

#include <math.h>

#include "detect/k8s_request.h"

static bool
is_meant_for_anyone(const struct audit *a)
{
	return span_equal(a->resource, SPAN("configmaps")) &&
	       span_equal(a->ns, SPAN("kube-public")) &&
	       span_equal(a->name, SPAN("cluster-info")) &&
	       (span_equal(a->verb, SPAN("get")) ||
		   span_equal(a->verb, SPAN("watch")));
}

static bool
is_read(struct span verb)
{
	return span_is_empty(verb) || span_equal(verb, SPAN("get")) ||
	       span_equal(verb, SPAN("list")) ||
	       span_equal(verb, SPAN("watch")) ||
	       span_equal(verb, SPAN("head"));
}

/* Nobody asked for what not everybody is meant to have, and got it. */
static bool
is_open(const struct audit *a)
{
	return span_equal(a->user, SPAN("system:anonymous")) &&
	       span_is_empty(a->impersonated) && k8s_request_succeeded(a) &&
	       !is_meant_for_anyone(a);
}

enum tactic
anonymous_tactic(const struct event *ev)
{
	const struct audit *a = ev->audit;
	enum tactic tactic;

	if (!is_open(a))
		return TACTIC_NONE;
	tactic = tactic_of_audit(a);
	switch (tactic) {
	case TACTIC_CREDENTIAL_ACCESS:
	case TACTIC_DEFENSE_EVASION:
	case TACTIC_DISCOVERY:
	case TACTIC_IMPACT:
	case TACTIC_PERSISTENCE:
		return tactic;
	case TACTIC_PRIVILEGE_ESCALATION:
		return TACTIC_PERSISTENCE;
	case TACTIC_NONE:
		/* A log without verb still shows which object was read. */
		if (is_read(a->verb))
			return span_is_empty(a->resource) ? TACTIC_NONE
							  : TACTIC_DISCOVERY;
		return TACTIC_IMPACT;
	case TACTIC_INITIAL_ACCESS:
	case TACTIC_EXECUTION:
	case TACTIC_EXFILTRATION:
	case TACTIC_COUNT:
		return TACTIC_IMPACT;
	}
	return TACTIC_NONE;
}

void
anonymous_raise(struct detect *d, const struct event *ev)
{
	struct usual usual;
	struct evidence why[2] = {
		{ .feature = "anonymous request",
		    .observed = span_is_empty(ev->audit->uri)
				    ? ev->audit->resource
				    : ev->audit->uri,
		    .expected = (double)NAN },
		{ .feature = feature_text(FEATURE_API),
		    .observed = detect_feature(d, FEATURE_API),
		    .expected = (double)NAN,
		    .usual = &usual },
	};

	detect_usual(d, SCOPE_ACTOR, FEATURE_API, &usual);
	detect_raise(d, &(struct raise){
			    .resource_kind = ENTITY_CLUSTER,
			    .resource = ev->cluster,
			    .why = why,
			    .nwhy = COUNTOF(why),
			});
}
