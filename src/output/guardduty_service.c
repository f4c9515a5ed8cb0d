#include "output/guardduty_service.h"

#include <math.h>

#include "base/ip.h"
#include "output/fact.h"
#include "output/guardduty_sequence.h"
#include "output/owner.h"

const char *
guardduty_service_partition(struct span region)
{
	if (span_starts(region, SPAN("cn-")))
		return "aws-cn";
	return span_starts(region, SPAN("us-gov-")) ? "aws-us-gov" : "aws";
}

/* --- resource ------------------------------------------------------------- */

static void
access_key(struct emit *e, const struct finding *f)
{
	emit_object(e, "accessKeyDetails");
	emit_text(e, "accessKeyId", fact(f, "access_key"));
	emit_text(e, "principalId", fact(f, "principal_id"));
	emit_text(e, "userName",
	    fact_or(f, "user_name", fact_or(f, "role_name", f->first->actor)));
	emit_text(e, "userType", fact_or(f, "identity_type", SPAN("unknown")));
	emit_close(e, '}');
}

static void
cluster(struct emit *e, const struct finding *f, const struct config *c)
{
	struct span region = owner_region(f, c);
	struct buf arn = { 0 };

	buf_printf(&arn, "arn:%s:eks:%.*s:%.*s:cluster/%.*s",
	    guardduty_service_partition(region), SPAN_ARGS(region),
	    SPAN_ARGS(owner_account(f, c)), SPAN_ARGS(f->first->cluster));
	emit_object(e, "eksClusterDetails");
	emit_text(e, "name", f->first->cluster);
	emit_text(e, "arn", buf_span(&arn));
	emit_text_if(e, "vpcId", fact(f, "vpc"));
	emit_text(e, "status", SPAN("ACTIVE"));
	emit_array(e, "tags");
	emit_close(e, ']');
	emit_close(e, '}');
	buf_done(&arn);
}

/* One text a piece of a list separated by commas. */
static void
pieces(struct emit *e, const char *key, struct span list)
{
	emit_array(e, key);
	while (list.len > 0)
		emit_text(e, NULL, span_trim(span_cut(&list, ',')));
	emit_close(e, ']');
}

static void
kubernetes(struct emit *e, const struct finding *f)
{
	struct span image = fact(f, "image");

	emit_object(e, "kubernetesDetails");
	emit_object(e, "kubernetesUserDetails");
	emit_text(e, "username", fact_or(f, "user", f->first->actor));
	pieces(e, "groups", fact(f, "groups"));
	if (!span_is_empty(fact(f, "impersonated"))) {
		emit_object(e, "impersonatedUser");
		emit_text(e, "username", fact(f, "impersonated"));
		emit_close(e, '}');
	}
	emit_close(e, '}');
	emit_object(e, "kubernetesWorkloadDetails");
	emit_text(e, "name", fact(f, "name"));
	emit_text(e, "type", fact(f, "resource_type"));
	emit_text(e, "namespace", fact(f, "namespace"));
	if (!span_is_empty(image)) {
		emit_array(e, "containers");
		emit_object(e, NULL);
		emit_text(e, "image", image);
		emit_close(e, '}');
		emit_close(e, ']');
	}
	emit_close(e, '}');
	emit_close(e, '}');
}

/* The pod that has the instance's address, in GuardDuty's form for what a
 * runtime sees of a container. */
static void
pod(struct emit *e, const struct finding *f)
{
	struct span path = fact(f, "pod"), ns = span_cut(&path, '/');

	if (span_is_empty(fact(f, "pod")))
		return;
	emit_object(e, "kubernetesDetails");
	emit_object(e, "kubernetesWorkloadDetails");
	emit_text(e, "name", path);
	emit_text(e, "type", SPAN("pods"));
	emit_text(e, "namespace", ns);
	emit_text_if(e, "serviceAccountName",
	    span_skip(fact(f, "pod_account"),
		span_find(fact(f, "pod_account"), '/', 0) + 1));
	emit_array(e, "containers");
	if (!span_is_empty(fact(f, "image"))) {
		emit_object(e, NULL);
		emit_text(e, "image", fact(f, "image"));
		emit_close(e, '}');
	}
	emit_close(e, ']');
	emit_close(e, '}');
	emit_close(e, '}');
}

static void
address(struct emit *e, const char *v4, const char *v6, struct span text)
{
	struct ip ip;

	if (ip_parse(text, &ip))
		emit_text(e, ip_is_v4(&ip) ? v4 : v6, text);
}

static void
instance(struct emit *e, const struct finding *f)
{
	struct span local = fact_or(f, "local", fact(f, "client"));

	emit_object(e, "instanceDetails");
	emit_text(e, "instanceId", fact_or(f, "instance", SPAN("unknown")));
	emit_array(e, "networkInterfaces");
	emit_object(e, NULL);
	emit_text_if(e, "networkInterfaceId", fact(f, "interface"));
	address(e, "privateIpAddress", "ipv6Address", local);
	emit_text_if(e, "subnetId", fact(f, "subnet"));
	emit_text_if(e, "vpcId", fact(f, "vpc"));
	emit_close(e, '}');
	emit_close(e, ']');
	emit_array(e, "tags");
	emit_close(e, ']');
	emit_close(e, '}');
}

static void
bucket(struct emit *e, const struct finding *f, const struct config *c)
{
	struct span name = fact_or(f, "bucket", f->first->resource);
	struct buf arn = { 0 };

	buf_printf(&arn, "arn:%s:s3:::%.*s",
	    guardduty_service_partition(owner_region(f, c)), SPAN_ARGS(name));
	emit_array(e, "s3BucketDetails");
	emit_object(e, NULL);
	emit_text(e, "arn", buf_span(&arn));
	emit_text(e, "name", name);
	emit_text(e, "type", SPAN("Destination"));
	emit_close(e, '}');
	emit_close(e, ']');
	buf_done(&arn);
}

static bool
is_sequence(const struct finding *f)
{
	return f->chain != NULL;
}

void
guardduty_service_resource(
    struct emit *e, const struct finding *f, const struct config *c)
{
	struct span word = fact_resource_word(f);

	emit_object(e, "resource");
	if (is_sequence(f))
		emit_text(e, "resourceType", SPAN("AttackSequence"));
	else if (span_equal(word, SPAN("Kubernetes"))) {
		emit_text(e, "resourceType", SPAN("EKSCluster"));
		cluster(e, f, c);
		kubernetes(e, f);
	} else if (span_equal(word, SPAN("EC2"))) {
		emit_text(e, "resourceType", SPAN("Instance"));
		instance(e, f);
		pod(e, f);
	} else if (f->first->source == SOURCE_NOTICE) {
		emit_text(e, "resourceType", SPAN("S3Bucket"));
		bucket(e, f, c);
	} else if (span_equal(word, SPAN("S3"))) {
		emit_text(e, "resourceType", SPAN("S3Bucket"));
		bucket(e, f, c);
		access_key(e, f);
	} else {
		emit_text(e, "resourceType", SPAN("AccessKey"));
		access_key(e, f);
	}
	emit_close(e, '}');
}

/* --- service.action ------------------------------------------------------- */

static void
degrees(struct emit *e, const char *key, struct span text)
{
	double number;

	if (fact_degrees(text, &number))
		emit_number(e, key, number);
}

/* Where it is, as far as `geo:` tells. */
static void
place(struct emit *e, const struct finding *f)
{
	if (!span_is_empty(fact(f, "asn"))) {
		emit_object(e, "organization");
		emit_text(e, "asn", fact(f, "asn"));
		emit_text_if(e, "asnOrg", fact(f, "organisation"));
		emit_text_if(e, "org", fact(f, "organisation"));
		emit_close(e, '}');
	}
	if (!span_is_empty(fact(f, "country"))) {
		emit_object(e, "country");
		emit_text_if(e, "countryName", fact(f, "country_name"));
		emit_text(e, "countryCode", fact(f, "country"));
		emit_close(e, '}');
	}
	if (!span_is_empty(fact(f, "city"))) {
		emit_object(e, "city");
		emit_text(e, "cityName", fact(f, "city"));
		emit_close(e, '}');
	}
	if (!span_is_empty(fact(f, "latitude"))) {
		emit_object(e, "geoLocation");
		degrees(e, "lat", fact(f, "latitude"));
		degrees(e, "lon", fact(f, "longitude"));
		emit_close(e, '}');
	}
}

static void
remote_ip(struct emit *e, const struct finding *f, struct span text)
{
	struct ip ip;

	if (!ip_parse(text, &ip))
		return;
	emit_object(e, "remoteIpDetails");
	address(e, "ipAddressV4", "ipAddressV6", text);
	place(e, f);
	emit_close(e, '}');
}

static void
local_ip(struct emit *e, const struct finding *f)
{
	emit_object(e, "localIpDetails");
	address(e, "ipAddressV4", "ipAddressV6", fact(f, "local"));
	emit_close(e, '}');
}

static void
port(struct emit *e, const struct finding *f, const char *key, const char *from)
{
	emit_object(e, key);
	emit_number(e, "port", fact_number(f, from));
	emit_text(e, "portName", SPAN("Unknown"));
	emit_close(e, '}');
}

static void
api_call(struct emit *e, const struct finding *f)
{
	struct buf host = { 0 };
	struct ip ip;

	fact_service(f, &host);
	emit_text(e, "actionType", SPAN("AWS_API_CALL"));
	emit_object(e, "awsApiCallAction");
	emit_text(e, "api", fact(f, "api"));
	emit_text(e, "serviceName", buf_span(&host));
	emit_text(e, "callerType",
	    ip_parse(fact(f, "remote"), &ip) ? SPAN("Remote IP")
					     : SPAN("Domain"));
	emit_text_if(e, "userAgent", fact(f, "user_agent"));
	emit_text_if(e, "errorCode", fact(f, "error"));
	remote_ip(e, f, fact(f, "remote"));
	if (!ip_parse(fact(f, "remote"), &ip)) {
		emit_object(e, "domainDetails");
		emit_text(e, "domain", fact(f, "remote"));
		emit_close(e, '}');
	}
	emit_empty(e, "affectedResources");
	emit_close(e, '}');
	buf_done(&host);
}

static void
kubernetes_call(struct emit *e, const struct finding *f)
{
	emit_text(e, "actionType", SPAN("KUBERNETES_API_CALL"));
	emit_object(e, "kubernetesApiCallAction");
	emit_text(e, "requestUri", fact(f, "uri"));
	emit_text(e, "verb", fact(f, "verb"));
	emit_text_if(e, "resource", fact(f, "resource_type"));
	emit_text_if(e, "subresource", fact(f, "subresource"));
	emit_text_if(e, "namespace", fact(f, "namespace"));
	emit_text_if(e, "resourceName", fact(f, "name"));
	pieces(e, "sourceIPs", fact(f, "remote"));
	emit_text_if(e, "userAgent", fact(f, "user_agent"));
	emit_number(e, "statusCode", fact_number(f, "code"));
	emit_text_if(e, "parameters", fact(f, "command"));
	remote_ip(e, f, fact(f, "remote"));
	emit_close(e, '}');
}

static struct span
upper_protocol(const struct finding *f)
{
	struct span protocol = fact(f, "protocol");

	if (span_equal(protocol, SPAN("tcp")))
		return SPAN("TCP");
	if (span_equal(protocol, SPAN("udp")))
		return SPAN("UDP");
	return span_equal(protocol, SPAN("icmp")) ? SPAN("ICMP") : protocol;
}

static void
port_probe(struct emit *e, const struct finding *f)
{
	emit_text(e, "actionType", SPAN("PORT_PROBE"));
	emit_object(e, "portProbeAction");
	emit_bool(e, "blocked", fact_is_blocked(f));
	emit_array(e, "portProbeDetails");
	emit_object(e, NULL);
	port(e, f, "localPortDetails", "local_port");
	local_ip(e, f);
	remote_ip(e, f, fact(f, "peer"));
	emit_close(e, '}');
	emit_close(e, ']');
	emit_close(e, '}');
}

static void
connection(struct emit *e, const struct finding *f)
{
	bool outbound = fact_is_outbound(f);

	emit_text(e, "actionType", SPAN("NETWORK_CONNECTION"));
	emit_object(e, "networkConnectionAction");
	emit_bool(e, "blocked", fact_is_blocked(f));
	emit_text(e, "connectionDirection",
	    outbound ? SPAN("OUTBOUND") : SPAN("INBOUND"));
	emit_text(e, "protocol", upper_protocol(f));
	port(e, f, "localPortDetails", "local_port");
	local_ip(e, f);
	emit_text_if(e, "localNetworkInterface", fact(f, "interface"));
	remote_ip(e, f, fact(f, "peer"));
	port(e, f, "remotePortDetails", "peer_port");
	emit_close(e, '}');
}

static void
dns_request(struct emit *e, const struct finding *f)
{
	emit_text(e, "actionType", SPAN("DNS_REQUEST"));
	emit_object(e, "dnsRequestAction");
	emit_text(e, "domain", fact(f, "domain"));
	emit_text_if(e, "domainWithSuffix", fact(f, "registered_domain"));
	emit_text(e, "protocol", SPAN("UDP"));
	emit_bool(e, "blocked", false);
	emit_close(e, '}');
}

static void
action(struct emit *e, const struct finding *f)
{
	if (f->first->source == SOURCE_NOTICE)
		return; /* seen in the logs' files, not in what they say */
	emit_object(e, "action");
	switch (f->first->source) {
	case SOURCE_CLOUDTRAIL:
		api_call(e, f);
		break;
	case SOURCE_K8S_AUDIT:
		kubernetes_call(e, f);
		break;
	case SOURCE_DNS:
		dns_request(e, f);
		break;
	case SOURCE_VPCFLOW:
	case SOURCE_NOTICE:
	case SOURCE_COUNT:
		if (fact_is_port_probe(f))
			port_probe(e, f);
		else
			connection(e, f);
		break;
	}
	emit_close(e, '}');
}

/* --- service.detection ---------------------------------------------------- */

/* True for the first line of its feature; JSON keys must not repeat. */
static bool
is_first_of_feature(const struct signal *s, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (span_equal(s->why[j].feature, s->why[i].feature))
			return false;
	}
	return true;
}

static void
number_text(struct emit *e, double number)
{
	struct buf text = { 0 };

	if (number == floor(number) && fabs(number) < 1e15)
		buf_printf(&text, "%.0f", number);
	else
		buf_printf(&text, "%.3g", number);
	emit_text(e, NULL, buf_span(&text));
	buf_done(&text);
}

static void
anomaly_head(struct emit *e, const struct signal_why *w, struct span subtype)
{
	emit_text(
	    e, "profileType", w->profiled ? SPAN("FREQUENCY") : SPAN("VOLUME"));
	emit_text(e, "profileSubtype", subtype);
	emit_object(e, "observations");
	emit_array(e, "text");
}

static void
anomaly_end(struct emit *e)
{
	emit_close(e, ']');
	emit_close(e, '}');
	emit_close(e, '}');
}

/* What is usual for the feature: a value each, or the expected number. */
static void
usual(struct emit *e, const struct signal_why *w)
{
	if (w->profiled ? w->nusual == 0 : isnan(w->expected))
		return;
	emit_object(e, NULL);
	anomaly_head(e, w, SPAN("FREQUENT"));
	for (size_t i = 0; w->profiled && i < w->nusual; i++)
		emit_text(e, NULL, w->usual[i]);
	if (!w->profiled)
		number_text(e, w->expected);
	anomaly_end(e);
}

static struct span
subtype_of(const struct signal_why *w)
{
	return w->profiled ? span_str(frequency_text(w->frequency))
			   : SPAN("RARE");
}

static void
unusual(struct emit *e, const struct signal *s, size_t first)
{
	struct span feature = s->why[first].feature;

	emit_open_key(e, feature, '{');
	anomaly_head(e, &s->why[first], subtype_of(&s->why[first]));
	for (size_t i = first; i < s->nwhy; i++) {
		const struct signal_why *w = &s->why[i];

		if (!span_equal(w->feature, feature))
			continue;
		if (span_is_empty(w->observed))
			number_text(e, w->observed_number);
		else
			emit_text(e, NULL, w->observed);
	}
	anomaly_end(e);
}

static void
detection(struct emit *e, const struct finding *f)
{
	const struct signal *s = f->first;

	if (s->nwhy == 0)
		return;
	emit_object(e, "detection");
	if (is_sequence(f)) {
		guardduty_sequence_write(e, f);
		emit_close(e, '}');
		return;
	}
	emit_object(e, "anomaly");
	emit_object(e, "profiles");
	emit_object(e, "usual");
	for (size_t i = 0; i < s->nwhy; i++) {
		if (!is_first_of_feature(s, i))
			continue;
		emit_open_key(e, s->why[i].feature, '[');
		usual(e, &s->why[i]);
		emit_close(e, ']');
	}
	emit_close(e, '}');
	emit_close(e, '}');
	emit_object(e, "unusual");
	emit_object(e, "behavior");
	emit_object(e, "observed");
	for (size_t i = 0; i < s->nwhy; i++) {
		if (is_first_of_feature(s, i))
			unusual(e, s, i);
	}
	emit_close(e, '}');
	emit_close(e, '}');
	emit_close(e, '}');
	emit_close(e, '}');
	emit_close(e, '}');
}

/* --- service -------------------------------------------------------------- */

/* All facts, as the JSON text that GuardDuty puts here. */
static void
additional(struct emit *e, const struct finding *f)
{
	struct buf text = { 0 };
	struct emit facts = { .out = &text };

	emit_object(&facts, NULL);
	for (size_t i = 0; i < f->first->nfacts; i++)
		emit_text(
		    &facts, f->first->facts[i].name, f->first->facts[i].value);
	emit_close(&facts, '}');
	emit_object(e, "additionalInfo");
	emit_text(e, "value", buf_span(&text));
	emit_text(e, "type", SPAN("default"));
	emit_close(e, '}');
	buf_done(&text);
}

static struct span
resource_role(const struct finding *f)
{
	bool actor = f->first->source == SOURCE_DNS || fact_is_outbound(f);

	return actor ? SPAN("ACTOR") : SPAN("TARGET");
}

static void
threat_intelligence(struct emit *e, const struct finding *f)
{
	struct span list = fact(f, "list");

	emit_array(e, "threatIntelligenceDetails");
	if (!span_is_empty(list)) {
		emit_object(e, NULL);
		emit_text(e, "threatListName", list);
		emit_array(e, "threatNames");
		emit_text(e, NULL, fact(f, "threat"));
		emit_close(e, ']');
		emit_close(e, '}');
	}
	emit_close(e, ']');
}

void
guardduty_service_write(struct emit *e, const struct finding *f)
{
	emit_object(e, "service");
	emit_text(e, "serviceName", SPAN("guardduty"));
	emit_text(e, "detectorId", SPAN("nephoscope"));
	if (!is_sequence(f))
		action(e, f);
	emit_text(e, "resourceRole", resource_role(f));
	emit_number(e, "count", (double)f->count);
	fact_moment(e, "eventFirstSeen", f->first_us);
	fact_moment(e, "eventLastSeen", f->last_us);
	/* As GuardDuty does with what its suppression rules match. */
	emit_bool(e, "archived", f->archived || f->suppressed != NULL);
	additional(e, f);
	emit_object(e, "evidence");
	threat_intelligence(e, f);
	emit_close(e, '}');
	detection(e, f);
	emit_close(e, '}');
}
