/*
 * Persistence:Kubernetes/ClientCertificateIssued - somebody asks for, or
 * approves, a certificate with which to log in.  It works until it expires:
 * Kubernetes cannot revoke one.
 *
 * Sources     Kubernetes audit log; at level Metadata neither signer nor
 *             subject is known, only that something was approved
 * Key         none; who does so as a habit is in the baseline (k8s_act.h)
 * Rule        subject in system:masters, even if refused: High when approved,
 *             else Medium.  Approved for clients: Medium.  A kubelet's own, or
 *             only asked for: Low
 * References  https://attack.mitre.org/techniques/T1098/
 *             https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
 */
#include <stdio.h>

#include "detect/csr.h"
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static bool
is_approval(const struct audit *a)
{
	return span_equal(a->subresource, SPAN("approval"));
}

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("certificatesigningrequests"));
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	if (!span_equal(a->resource, SPAN("certificatesigningrequests")) ||
	    span_starts(a->user, SPAN("system:node:")) ||
	    span_starts(a->user, SPAN("system:bootstrap:")) ||
	    k8s_request_by_system(a) || span_is_empty(a->user))
		return false;
	if (is_approval(a))
		return a->code != 0;
	return span_equal(a->verb, SPAN("create")) &&
	       span_is_empty(a->subresource) && a->code != 0;
}

struct request {
	bool known;   /* the log holds it */
	bool masters; /* asks for system:masters */
	bool kubelet; /* a node's own certificate */
	bool denial;
};

static bool
is_denial(struct json_value object)
{
	struct json_value list =
	    json_get(json_get(object, SPAN("status")), SPAN("conditions"));
	struct json_iter it = json_iter(list);
	struct json_value one;

	while (json_next_item(&it, &one))
		if (span_equal(
			json_get_string(one, SPAN("type")), SPAN("Denied")))
			return true;
	return false;
}

static struct request
read_request(const struct event *ev)
{
	struct json_value object = k8s_request_object(ev);
	struct json_value spec = json_get(object, SPAN("spec"));
	struct span signer = json_get_string(spec, SPAN("signerName"));

	return (struct request){
		.known = !span_is_empty(signer),
		.masters = csr_mentions(json_get_string(spec, SPAN("request")),
		    SPAN("system:masters")),
		/* kubelets' requests are named csr-XXXXX by the client */
		.kubelet = span_is_empty(signer)
			       ? span_starts(ev->audit->name, SPAN("csr-"))
			       : span_ends(signer, SPAN("kubelet")) ||
				     span_ends(signer, SPAN("kubelet-serving")),
		.denial = is_denial(object),
	};
}

/* Where refusals are remembered: by request, in the baseline. */
static void
of_refusals(struct detect *d)
{
	detect_workload(d, SPAN("certificates refused"));
}

static void
note_refusal(struct detect *d, struct span name)
{
	of_refusals(d);
	detect_learn(d, SCOPE_WORKLOAD, FEATURE_OBJECT, name);
}

static bool
was_refused(struct detect *d, struct span name)
{
	struct usual usual;

	of_refusals(d);
	detect_usual_value(d, SCOPE_WORKLOAD, FEATURE_OBJECT, name, &usual);
	return usual.count > 0;
}

static struct span
say_what(const struct request *r, bool refused, char *room, size_t size)
{
	int len = snprintf(room, size, "%s%s",
	    r->masters	 ? "It is for a member of system:masters, whom nothing "
			   "is refused"
	    : r->kubelet ? "It is a node's own"
	    : r->known	 ? "It lets its holder log in until it expires"
			 : "The log does not say for whom it is",
	    refused ? ", and was refused before" : "");

	return len > 0 ? span_str(room) : SPAN("");
}

static double
severity_of(const struct request *r, bool approved)
{
	if (r->masters)
		return approved ? SEVERITY_HIGH : SEVERITY_MEDIUM;
	return approved && !r->kubelet ? SEVERITY_MEDIUM : SEVERITY_LOW;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct audit *a = ev->audit;
	struct request r = read_request(ev);
	bool approved = is_approval(a), refused;
	char what[128];

	(void)state;
	if (approved && (r.denial || !k8s_request_wrote(a))) {
		note_refusal(d, a->name);
		return;
	}
	if (r.denial || (!approved && !r.masters &&
			    (r.kubelet || !k8s_request_succeeded(a))))
		return;
	refused = approved && was_refused(d, a->name);
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = approved ? "approves certificates"
				 : "asks for client certificates",
		.severity = severity_of(&r, approved),
		.resource_kind = ENTITY_CLUSTER,
		.resource = ev->cluster,
		.detail = k8s_request_name(ev),
		.facts =
		    (struct fact[]){
			{ "name", k8s_request_name(ev) },
			{ "change",
			    approved ? SPAN("approved") : SPAN("asked for") },
			{ "what", say_what(&r, refused, what, sizeof(what)) },
		    },
		.nfacts = 3,
	    });
}

DETECTOR(certificate_issued) = {
	.type = "Persistence:Kubernetes/ClientCertificateIssued",
	.title = "{user} {change} the certificate {name} of cluster {cluster}",
	.story = "{user} from {remote} with {user_agent} {change} the "
		 "certificate {name} in cluster {cluster}. {what}; it cannot "
		 "be revoked. {usual}.",
	.mitre = "T1098 T1550",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.75,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};
