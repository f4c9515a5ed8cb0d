/*
 * UnauthorizedAccess:EC2/MetadataDNSRebind - a name of the internet leads to
 * the instance metadata service, which hands out the credentials of a host.
 *
 * Sources     DNS query logs with answers
 * Statistic   none: no name that somebody registered has a reason to point
 *             there.  The clouds' own names for it are internal ones.
 * References  https://attack.mitre.org/techniques/T1552/005/
 *
 * Of a program that may be told which URL to fetch, this is the way around a
 * filter for the address itself.
 */
#include <math.h>

#include "detect/detector.h"

static bool
is_metadata(struct span answer)
{
	return span_equal(answer, SPAN("169.254.169.254")) ||
	       span_equal(answer, SPAN("169.254.170.2")) ||
	       span_equal(answer, SPAN("fd00:ec2::254")) ||
	       span_equal(answer, SPAN("::ffff:169.254.169.254"));
}

static struct span
metadata_of(const struct dns *q)
{
	for (unsigned i = 0; i < q->nanswers && i < DNS_ANSWERS_MAX; i++) {
		if (is_metadata(q->answers[i]))
			return q->answers[i];
	}
	return SPAN("");
}

static bool
match(const struct event *ev)
{
	return ev->dns->nanswers > 0 && !ev->dns->domain.internal &&
	       !span_is_empty(ev->dns->domain.suffix) &&
	       !span_is_empty(metadata_of(ev->dns));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct evidence why[] = {
		{ "name asked for", ev->dns->name, 0, NAN, NULL },
		{ "answer", metadata_of(ev->dns), 0, NAN, NULL },
	};

	(void)state;
	detect_raise(d, &(struct raise){
			    .resource_kind = ENTITY_DOMAIN,
			    .resource = detect_feature(d, FEATURE_DOMAIN),
			    .why = why,
			    .nwhy = COUNTOF(why),
			});
}

DETECTOR(metadata_rebind) = {
	.type = "UnauthorizedAccess:EC2/MetadataDNSRebind",
	.title = "{client} is led by {domain} to the metadata service",
	.story = "{client} ({instance}) asked for {domain} and was told "
		 "{answers}, the address of the instance metadata service. A "
		 "program that fetches that URL hands out the host's "
		 "credentials.",
	.mitre = "T1552.005",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_DNS,
	.needs = CARRIED_ANSWERS,
	.severity = SEVERITY_HIGH,
	.confidence = 0.9,
	.when = DETECT_EACH,
	.match = match,
	.key = DETECT_KEY_NONE,
	.observe = observe,
};
