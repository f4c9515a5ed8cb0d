#include "finding/vocabulary.h"

#include "base/civil.h"

#define VOCABULARY_MARGIN_US CIVIL_US_PER_HOUR
#define BUILT_IN true

const struct fact_name vocabulary_table[] = {
	/* of the finding */
	{ "account", "AWS account id", BUILT_IN },
	{ "actor", "who did it, normalised (the role, not the session)",
	    BUILT_IN },
	{ "actor.kind", "kind of the actor: principal, user, ...", BUILT_IN },
	{ "cluster", "cluster name", BUILT_IN },
	{ "count", "how many events", BUILT_IN },
	{ "id", "the finding's id", BUILT_IN },
	{ "incident", "a short name made from the id, safe in file names",
	    BUILT_IN },
	{ "last", "time of the last event", BUILT_IN },
	{ "p", "probability by chance", BUILT_IN },
	{ "pod_name", "the pod that acts or is acted on", BUILT_IN },
	{ "pod_namespace", "its namespace", BUILT_IN },
	{ "region", "AWS region", BUILT_IN },
	{ "resource", "what it was done to", BUILT_IN },
	{ "resource.kind", "kind of the resource", BUILT_IN },
	{ "since", "one hour before the first event", BUILT_IN },
	{ "tenant", "tenant the state belongs to", BUILT_IN },
	{ "time", "time of the first event", BUILT_IN },
	{ "type", "finding type", BUILT_IN },
	{ "until", "one hour after the last event", BUILT_IN },
	/* all sources */
	{ "actor_kind", "kind of the actor", false },
	{ "event_id", "id of the raw record", false },
	{ "parcel", "file or object that holds the record", false },
	{ "source", "cloudtrail, vpcflow, dns, k8s-audit or notice", false },
	/* where the remote address is, with `geo:` */
	{ "asn", "number of the remote address's network (AS)", false },
	{ "aws_region", "AWS region whose address it is", false },
	{ "city", "city of the remote address", false },
	{ "country", "its country, two letters", false },
	{ "country_name", "the country's name", false },
	{ "latitude", "degrees north", false },
	{ "longitude", "degrees east", false },
	{ "organisation", "who has the network", false },
	/* CloudTrail */
	{ "access_key", "access key id", false },
	{ "api", "API called", false },
	{ "arn", "ARN of the caller", false },
	{ "bucket", "S3 bucket", false },
	{ "category", "Management, Data, ...", false },
	{ "error", "error code", false },
	{ "identity_type", "IAMUser, AssumedRole, Root, ...", false },
	{ "invoked_by", "AWS service that made the call", false },
	{ "issuer_arn", "ARN of the role behind a session", false },
	{ "mfa", "whether MFA was used", false },
	{ "principal_id", "unique id of the principal", false },
	{ "proxy", "address that made the connection for `{remote}`", false },
	{ "remote", "address or host the call came from", false },
	{ "role_name", "role behind a session", false },
	{ "service", "AWS service called", false },
	{ "session", "role session name", false },
	{ "user_agent", "user agent", false },
	{ "user_name", "IAM user name", false },
	/* Kubernetes audit */
	{ "code", "HTTP status of the answer", false },
	{ "command", "command of an exec, decoded", false },
	{ "decision", "allow or forbid", false },
	{ "groups", "groups of the user", false },
	{ "image", "container image", false },
	{ "impersonated", "user that was impersonated", false },
	{ "mount", "path of the node that is mounted", false },
	{ "name", "name of the object", false },
	{ "namespace", "namespace of the object", false },
	{ "privileged", "which privilege the container has", false },
	{ "reason", "why the authoriser allowed it", false },
	{ "resource_type", "pods, secrets, ...", false },
	{ "role", "role that a binding grants", false },
	{ "service_account", "name of the acting service account", false },
	{ "service_account_namespace", "its namespace", false },
	{ "subresource", "exec, log, ...", false },
	{ "uri", "request URI", false },
	{ "user", "Kubernetes user name", false },
	{ "verb", "get, create, ...", false },
	{ "workload", "namespace/kind/name", false },
	/* flows */
	{ "action", "ACCEPT or REJECT", false },
	{ "bytes", "bytes", false },
	{ "direction", "outbound or inbound, as seen from local", false },
	{ "instance", "EC2 instance id", false },
	{ "interface", "network interface id", false },
	{ "local", "our address", false },
	{ "local_port", "our port", false },
	{ "packets", "packets", false },
	{ "peer", "the other address", false },
	{ "peer_port", "the other port", false },
	{ "port", "service port", false },
	{ "protocol", "tcp, udp, ...", false },
	{ "subnet", "subnet id", false },
	{ "vpc", "VPC id", false },
	/* DNS */
	{ "answers", "what the name resolved to", false },
	{ "client", "address that asked", false },
	{ "domain", "full name asked for", false },
	{ "query_type", "A, TXT, ...", false },
	{ "rcode", "NOERROR, NXDOMAIN, ...", false },
	{ "registered_domain", "the part that someone registered", false },
	/* notices of collectors: of the logs themselves */
	{ "digest", "digest file that lists the log file", false },
	{ "expected", "hash of the log file as it was written", false },
	{ "found", "hash of the log file as it is", false },
	{ "hours_heard", "in how many past hours there was a log", false },
	{ "log", "the log file, or the stream that is silent", false },
	{ "of_hours", "how many past hours were looked at", false },
	/* of the inventory */
	{ "assumed_by", "who took the role that the session is of", false },
	{ "cluster_kind", "who runs the cluster: eks, gke or aks", false },
	{ "contact", "how to reach the owner", false },
	{ "deployer", "who changed the workload last", false },
	{ "image_digest", "digest of the image that runs", false },
	{ "instance_started_by", "who started the instance", false },
	{ "known_from", "id of the record that told of the pod or the role",
	    false },
	{ "known_sure",
	    "how sure that is: said by the log, inferred or guessed", false },
	{ "node", "node the pod runs on", false },
	{ "owner", "owner by labels, annotations or tags", false },
	{ "owner_source", "where the owner is written", false },
	{ "peer_name", "name for which the client got the other address",
	    false },
	{ "peer_pod", "pod that has the other address", false },
	{ "peer_user", "who was seen calling from the other address", false },
	{ "pod", "the pod, with its namespace", false },
	{ "pod_account", "service account that the pod runs as", false },
	{ "started_by", "who started what a controller does", false },
	/* of single detectors */
	{ "access", "whether a mount can be written", false },
	{ "attacker", "address that guesses", false },
	{ "attempts", "how many were tried, read or reached", false },
	{ "behaviour", "what of a workload is not usual", false },
	{ "binding", "the binding that was made", false },
	{ "carried", "how much the names carried", false },
	{ "change", "what was changed", false },
	{ "container", "name of the container", false },
	{ "domain_count", "how many domains", false },
	{ "domains", "some of the domains", false },
	{ "elsewhere", "other place of AWS", false },
	{ "grant", "what was opened, and how", false },
	{ "harm", "what is no longer recorded", false },
	{ "host_count", "how many addresses", false },
	{ "hours", "how many hours it has lasted", false },
	{ "image_before", "the image before", false },
	{ "interval", "time between two calls", false },
	{ "list", "name of the user's list", false },
	{ "list_entry", "the entry of it that holds", false },
	{ "list_expires", "until when the entry holds", false },
	{ "observations", "how many observations", false },
	{ "odd", "what is not usual about the call", false },
	{ "outcome", "whether a guess was right, as far as that is known",
	    false },
	{ "port_count", "how many ports", false },
	{ "ports", "some of the ports", false },
	{ "query_count", "how many queries", false },
	{ "refused_apis", "APIs that were refused", false },
	{ "sample", "some of the names", false },
	{ "sent", "how much was sent", false },
	{ "signal_count", "how many signals a sequence has", false },
	{ "subject", "who a binding gives rights to", false },
	{ "tactics", "what the acts of a sequence serve", false },
	{ "threat", "what the list says its entries are", false },
	{ "trail", "the trail", false },
	{ "usual", "what is usual instead", false },
	{ "victim", "address that is guessed at", false },
	{ "way", "way by which it happened", false },
	{ "what", "what the name stands for", false },
	{ "where", "where it happened", false },
	{ "within", "time that the acts took together", false },
};
const size_t vocabulary_count = COUNTOF(vocabulary_table);

const struct fact_name *
vocabulary_find(struct span name)
{
	for (size_t i = 0; i < vocabulary_count; i++) {
		if (span_equal(span_str(vocabulary_table[i].name), name))
			return &vocabulary_table[i];
	}
	return NULL;
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '.';
}

size_t
vocabulary_placeholder(struct span text, struct span *name)
{
	size_t end = 1;

	if (text.len < 3 || text.at[0] != '{' || text.at[1] < 'a' ||
	    text.at[1] > 'z')
		return 0;
	while (end < text.len && is_name_char(text.at[end]))
		end++;
	if (end == text.len || text.at[end] != '}')
		return 0;
	*name = span_of(text.at + 1, end - 1);
	return end + 1;
}

static bool
add(struct span value, struct buf *out)
{
	if (span_is_empty(value))
		return false;
	buf_add(out, value);
	return true;
}

static bool
add_time(int64_t time_us, struct buf *out)
{
	char text[CIVIL_TEXT_BYTES];

	time_us -= time_us % CIVIL_US_PER_S;
	return add(span_str(civil_format(time_us, text)), out);
}

static bool
add_number(double number, const char *format, struct buf *out)
{
	if (format[0] == 'g')
		buf_printf(out, "%.3g", number);
	else
		buf_printf(out, "%.0f", number);
	return true;
}

/* Built-in values that are computed; *known says whether name is one. */
static bool
computed(
    const struct finding *f, struct span name, bool *known, struct buf *out)
{
	*known = true;
	if (span_equal(name, SPAN("time")))
		return add_time(f->first_us, out);
	if (span_equal(name, SPAN("last")))
		return add_time(f->last_us, out);
	if (span_equal(name, SPAN("since")))
		return add_time(f->first_us - VOCABULARY_MARGIN_US, out);
	if (span_equal(name, SPAN("until")))
		return add_time(f->last_us + VOCABULARY_MARGIN_US, out);
	if (span_equal(name, SPAN("count")))
		return add_number((double)f->count, "f", out);
	if (span_equal(name, SPAN("p")))
		return f->p > 0 && add_number(f->p, "g", out);
	if (span_equal(name, SPAN("incident"))) {
		buf_printf(out, "incident-%.8s", f->id);
		return true;
	}
	*known = false;
	return false;
}

static struct span
plain(const struct finding *f, struct span name)
{
	const struct signal *s = f->first;
	const struct {
		const char *name;
		struct span value;
	} rows[] = {
		{ "account", s->account },
		{ "actor", s->actor },
		{ "actor.kind", span_str(entity_kind_text(s->actor_kind)) },
		{ "cluster", s->cluster },
		{ "id", span_str(f->id) },
		{ "region", s->region },
		{ "resource", s->resource },
		{ "resource.kind",
		    span_str(entity_kind_text(s->resource_kind)) },
		{ "tenant", s->tenant },
		{ "type", span_str(finding_detector(f)->type) },
	};

	for (size_t i = 0; i < COUNTOF(rows); i++) {
		if (span_equal(span_str(rows[i].name), name) &&
		    !span_is_empty(rows[i].value))
			return rows[i].value;
	}
	for (size_t i = 0; i < s->nfacts; i++) {
		if (span_equal(span_str(s->facts[i].name), name))
			return s->facts[i].value;
	}
	return span_of(NULL, 0);
}

/* Half of NAMESPACE/POD as the inventory or the record says it. */
static bool
add_pod(const struct finding *f, bool name, struct buf *out)
{
	struct span rest = signal_fact(f->first, "pod"), ns;

	if (!span_is_empty(rest)) {
		ns = span_cut(&rest, '/');
		return add(name ? rest : ns, out);
	}
	if (!span_equal(plain(f, SPAN("resource_type")), SPAN("pods")))
		return false;
	return add(plain(f, name ? SPAN("name") : SPAN("namespace")), out);
}

bool
vocabulary_value(const struct finding *f, struct span name, struct buf *out)
{
	bool known;
	bool done = computed(f, name, &known, out);

	if (known)
		return done;
	if (span_equal(name, SPAN("pod_name")))
		return add_pod(f, true, out);
	if (span_equal(name, SPAN("pod_namespace")))
		return add_pod(f, false, out);
	return add(plain(f, name), out);
}
