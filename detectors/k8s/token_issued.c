/*
 * CredentialAccess:Kubernetes/ServiceAccountTokenIssued - somebody who is no
 * kubelet has a token made for a service account other than its own.
 *
 * Sources     Kubernetes audit log, any level for token requests; a Secret's
 *             type is in the log at level Request only
 * Key         none; who does so as a habit is in the baseline (k8s_act.h)
 * Rule        create of serviceaccounts/token, or of a Secret of type
 *             kubernetes.io/service-account-token, which never expires
 * References  https://attack.mitre.org/techniques/T1528/
 *             https://attack.mitre.org/techniques/T1098/
 */
#include <stdio.h>

#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

#define TWO_DAYS_S ((int64_t)2 * 86400)
#define ACCOUNT_NAME SPAN("kubernetes.io/service-account.name")

static bool
is_request(const struct audit *a)
{
	return span_equal(a->resource, SPAN("serviceaccounts")) &&
	       span_equal(a->subresource, SPAN("token"));
}

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->verb, SPAN("create")) &&
	       (is_request(a) || span_equal(a->resource, SPAN("secrets")));
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return !span_starts(a->user, SPAN("system:node:")) && k8s_act_done(a);
}

/* "30 days", "1 hour", or nothing where the log does not say. */
static struct span
lifetime(const struct event *ev, char *room, size_t size)
{
	struct json_value spec = json_get(k8s_request_sent(ev), SPAN("spec"));
	int64_t s = json_int(json_get(spec, SPAN("expirationSeconds")), 0);
	bool long_lived = s >= TWO_DAYS_S;
	long long n = s / (long_lived ? 86400 : 3600);

	if (s < 3600)
		return SPAN("a time the log does not give");
	(void)snprintf(room, size, "%lld %s%s", n, long_lived ? "day" : "hour",
	    n == 1 ? "" : "s");
	return span_str(room);
}

/* The name of the account that a token Secret is for; empty for others. */
static struct span
secret_account(const struct event *ev)
{
	struct json_value sent = k8s_request_sent(ev);
	struct json_value meta = json_get(sent, SPAN("metadata"));

	if (!span_equal(json_get_string(sent, SPAN("type")),
		SPAN("kubernetes.io/service-account-token")))
		return (struct span){ NULL, 0 };
	return json_get_string(
	    json_get(meta, SPAN("annotations")), ACCOUNT_NAME);
}

static bool
is_own(const struct audit *a, struct span account)
{
	struct span ns, name;

	return k8s_request_service_account(a->user, &ns, &name) &&
	       span_equal(ns, a->ns) && span_equal(name, account);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct audit *a = ev->audit;
	bool request = is_request(a);
	struct span account = request ? a->name : secret_account(ev);
	char room[32], who[256];

	(void)state;
	if (span_is_empty(account) || is_own(a, account))
		return;
	(void)snprintf(who, sizeof(who), "%.*s/%.*s",
	    SPAN_ARGS(span_first(k8s_request_namespace(ev), 100)),
	    SPAN_ARGS(span_first(account, 100)));
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = request ? "has tokens of other accounts made"
				: "makes token secrets that never expire",
		.severity = SEVERITY_MEDIUM,
		.resource_kind = ENTITY_SERVICE_ACCOUNT,
		.resource = span_str(who),
		.facts =
		    (struct fact[]){
			{ "subject", span_str(who) },
			{ "what", request ? lifetime(ev, room, sizeof(room))
					  : SPAN("ever, as a Secret") },
		    },
		.nfacts = 2,
	    });
}

DETECTOR(token_issued) = {
	.type = "CredentialAccess:Kubernetes/ServiceAccountTokenIssued",
	.title = "{user} had a token of service account {subject} made",
	.story =
	    "{user} from {remote} with {user_agent} had a token of service "
	    "account {subject} in cluster {cluster} made, good for {what}. "
	    "Whoever holds it is that account, from anywhere. {usual}.",
	.mitre = "T1528 T1098",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.7,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};
