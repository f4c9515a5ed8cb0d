/*
 * Limits are those of the Security Hub API reference (AwsSecurityFinding and
 * the types below it); it counts characters as Java does, in UTF-16 units.
 */
#include "output/asff.h"

#include <math.h>
#include <stdio.h>

#include "base/escape.h"
#include "base/ip.h"
#include "output/emit.h"
#include "output/fact.h"
#include "output/guardduty_service.h"
#include "output/owner.h"
#include "playbook/playbook.h"

#define TITLE_UNITS 256
#define DESCRIPTION_UNITS 1024
#define REMEDIATION_UNITS 512
#define FIELDS_MAX 50
#define FIELD_UNITS 2048
#define REGION_UNITS 16
#define API_UNITS 128
#define ID_UNITS 512
#define OTHER_UNITS 1023
#define NAME_UNITS 256

/* --- texts of bounded length ---------------------------------------------- */

static size_t
units_of(uint32_t point)
{
	return point != ESCAPE_BROKEN && point > 0xffff ? 2 : 1;
}

/* The longest beginning of at most `most` UTF-16 units. */
static struct span
first_units(struct span s, size_t most)
{
	struct span rest = s;
	size_t used = 0;

	while (rest.len > 0) {
		struct span before = rest;
		uint32_t point;

		(void)escape_next(&rest, &point);
		used += units_of(point);
		if (used > most)
			return span_first(s, s.len - before.len);
	}
	return s;
}

/* "..." where something was cut off; nothing at all for blanks, which
 * Security Hub refuses. */
static void
text(struct emit *e, const char *key, struct span value, size_t most)
{
	struct span whole = first_units(value, most);
	struct buf cut = { 0 };

	if (span_is_empty(span_trim(value)))
		return;
	if (whole.len == value.len) {
		emit_text(e, key, value);
		return;
	}
	buf_add(&cut, first_units(value, most - 3));
	buf_add_str(&cut, "...");
	emit_text(e, key, buf_span(&cut));
	buf_done(&cut);
}

static void
v4(struct emit *e, const char *key, struct span value)
{
	struct ip ip;

	if (ip_parse(value, &ip) && ip_is_v4(&ip))
		emit_text(e, key, value);
}

/* --- identity, type, severity --------------------------------------------- */

/*
 * Namespace and category of Security Hub's taxonomy by the first word of the
 * finding's type.
 */
static const struct {
	const char *purpose, *category;
} categories[] = {
	{ "AttackSequence", "TTPs/Attack Sequence" },
	{ "Backdoor", "TTPs/Command and Control" },
	{ "Behavior", "Unusual Behaviors/Network Flow" },
	{ "CredentialAccess", "TTPs/Credential Access" },
	{ "CryptoCurrency", "Effects/Resource Consumption" },
	{ "DefenseEvasion", "TTPs/Defense Evasion" },
	{ "DefenseImpairment", "TTPs/Defense Evasion" },
	{ "Discovery", "TTPs/Discovery" },
	{ "Execution", "TTPs/Execution" },
	{ "Exfiltration", "Effects/Data Exfiltration" },
	{ "Impact", "TTPs/Impact" },
	{ "InitialAccess", "TTPs/Initial Access" },
	{ "PenTest", "TTPs/Initial Access" },
	{ "Persistence", "TTPs/Persistence" },
	{ "Policy",
	    "Software and Configuration Checks/AWS Security Best Practices" },
	{ "PrivilegeEscalation", "TTPs/Privilege Escalation" },
	{ "Recon", "TTPs/Discovery" },
	{ "Stealth", "TTPs/Defense Evasion" },
	{ "Trojan", "TTPs/Command and Control" },
	{ "UnauthorizedAccess", "TTPs/Credential Access" },
};

static const char *
category_of(struct span purpose)
{
	for (size_t i = 0; i < COUNTOF(categories); i++) {
		if (span_equal(purpose, span_str(categories[i].purpose)))
			return categories[i].category;
	}
	return "TTPs/Other";
}

/* "TTPs/Discovery/Recon:EC2-Portscan": slashes part the levels only. */
static void
types(struct emit *e, const struct finding *f)
{
	struct span type = span_str(finding_detector(f)->type);
	struct buf whole = { 0 };

	buf_add_str(
	    &whole, category_of(span_first(type, span_find(type, ':', 0))));
	buf_add_char(&whole, '/');
	for (size_t i = 0; i < type.len; i++)
		buf_add_char(&whole, type.at[i] == '/' ? '-' : type.at[i]);
	emit_array(e, "Types");
	emit_text(e, NULL, buf_span(&whole));
	emit_close(e, ']');
	buf_done(&whole);
}

static struct span
label_of(double severity)
{
	if (severity >= 9)
		return SPAN("CRITICAL");
	if (severity >= 7)
		return SPAN("HIGH");
	return severity >= 4 ? SPAN("MEDIUM") : SPAN("LOW");
}

/* Ten times ours falls into Security Hub's bands: 1, 40, 70, 90. */
static void
severity(struct emit *e, const struct finding *f)
{
	struct buf original = { 0 };

	buf_printf(&original, "%.1f", f->severity);
	emit_text(e, "Label", label_of(f->severity));
	emit_text(e, "Original", buf_span(&original));
	buf_done(&original);
}

static struct span
region_of(const struct finding *f, const struct config *c)
{
	return first_units(owner_region(f, c), REGION_UNITS);
}

static void
product(struct emit *e, const struct finding *f, const struct config *c)
{
	struct span region = region_of(f, c), account = owner_account(f, c);
	struct buf arn = { 0 };

	buf_printf(&arn, "arn:%s:securityhub:%.*s:%.*s:product/%.*s/default",
	    guardduty_service_partition(region), SPAN_ARGS(region),
	    SPAN_ARGS(account), SPAN_ARGS(account));
	emit_text(e, "ProductArn", buf_span(&arn));
	buf_reset(&arn);
	emit_text(e, "ProductName", SPAN("nephoscope"));
	emit_text(e, "CompanyName", SPAN("nephoscope"));
	emit_text(e, "Region", region);
	buf_printf(&arn, "nephoscope/%s", f->first->row->name);
	text(e, "GeneratorId", buf_span(&arn), ID_UNITS);
	emit_text(e, "AwsAccountId", account);
	buf_done(&arn);
}

static void
head(struct emit *e, const struct finding *f, const struct config *c)
{
	struct buf what = { 0 };

	emit_text(e, "SchemaVersion", SPAN("2018-10-08"));
	emit_text(e, "Id", span_str(f->id));
	product(e, f, c);
	types(e, f);
	fact_moment(e, "FirstObservedAt", f->first_us);
	fact_moment(e, "LastObservedAt", f->last_us);
	fact_moment(e, "CreatedAt", f->first_us);
	fact_moment(e, "UpdatedAt", f->last_us);
	emit_object(e, "Severity");
	severity(e, f);
	emit_number(e, "Normalized", floor(f->severity * 10));
	emit_close(e, '}');
	emit_number(e, "Confidence", round(f->confidence * 100));
	finding_expand(f, finding_detector(f)->title, &what);
	text(e, "Title", buf_span(&what), TITLE_UNITS);
	buf_reset(&what);
	finding_describe(f, &what);
	text(e, "Description", buf_span(&what), DESCRIPTION_UNITS);
	buf_done(&what);
}

/* --- resources ------------------------------------------------------------ */

struct place {
	const struct finding *f;
	struct span region, account;
	const char *partition;
};

static void
resource(struct emit *e, const char *type, const struct buf *id,
    const struct place *p)
{
	emit_object(e, NULL);
	emit_text(e, "Type", span_str(type));
	text(e, "Id", id->len > 0 ? buf_span(id) : SPAN("unknown"), ID_UNITS);
	emit_text(e, "Partition", span_str(p->partition));
	emit_text(e, "Region", p->region);
}

static void
access_key(struct emit *e, const struct place *p)
{
	struct span key = fact(p->f, "access_key");
	struct buf id = { 0 };

	buf_printf(&id, "AWS::IAM::AccessKey:%.*s", SPAN_ARGS(key));
	resource(e, "AwsIamAccessKey", &id, p);
	emit_object(e, "Details");
	emit_object(e, "AwsIamAccessKey");
	text(e, "AccessKeyId", key, NAME_UNITS);
	text(e, "AccountId", p->account, NAME_UNITS);
	text(e, "PrincipalId", fact(p->f, "principal_id"), NAME_UNITS);
	text(e, "PrincipalType", fact(p->f, "identity_type"), NAME_UNITS);
	text(e, "PrincipalName",
	    fact_or(p->f, "user_name", fact(p->f, "role_name")), NAME_UNITS);
	emit_close(e, '}');
	emit_close(e, '}');
	emit_close(e, '}');
	buf_done(&id);
}

/* Whoever acted, and the account where no key is known. */
static void
identity(struct emit *e, const struct place *p)
{
	struct buf id = { 0 };

	if (!span_is_empty(span_trim(fact(p->f, "access_key")))) {
		access_key(e, p);
		return;
	}
	buf_printf(&id, "AWS::::Account:%.*s", SPAN_ARGS(p->account));
	resource(e, "AwsAccount", &id, p);
	emit_close(e, '}');
	buf_done(&id);
}

static void
bucket(struct emit *e, const struct place *p)
{
	struct span name = fact_or(p->f, "bucket", p->f->first->resource);
	struct buf id = { 0 };

	buf_printf(&id, "arn:%s:s3:::%.*s", p->partition, SPAN_ARGS(name));
	resource(e, "AwsS3Bucket", &id, p);
	emit_object(e, "Details");
	emit_object(e, "AwsS3Bucket");
	text(e, "Name", name, NAME_UNITS);
	emit_close(e, '}');
	emit_close(e, '}');
	emit_close(e, '}');
	buf_done(&id);
}

static void
instance_details(struct emit *e, const struct place *p)
{
	struct span local = fact_or(p->f, "local", fact(p->f, "client"));
	struct ip ip;

	emit_object(e, "Details");
	emit_object(e, "AwsEc2Instance");
	if (ip_parse(local, &ip)) {
		emit_array(
		    e, ip_is_v4(&ip) ? "IpV4Addresses" : "IpV6Addresses");
		emit_text(e, NULL, local);
		emit_close(e, ']');
	}
	text(e, "VpcId", fact(p->f, "vpc"), NAME_UNITS);
	text(e, "SubnetId", fact(p->f, "subnet"), NAME_UNITS);
	emit_close(e, '}');
	emit_close(e, '}');
}

static void
host(struct emit *e, const struct place *p)
{
	struct span instance = span_trim(fact(p->f, "instance"));
	struct span interface = span_trim(fact(p->f, "interface"));
	struct buf id = { 0 };

	buf_printf(&id, "arn:%s:ec2:%.*s:%.*s:", p->partition,
	    SPAN_ARGS(p->region), SPAN_ARGS(p->account));
	if (!span_is_empty(instance)) {
		buf_printf(&id, "instance/%.*s", SPAN_ARGS(instance));
		resource(e, "AwsEc2Instance", &id, p);
		instance_details(e, p);
	} else if (!span_is_empty(interface)) {
		buf_printf(&id, "network-interface/%.*s", SPAN_ARGS(interface));
		resource(e, "AwsEc2NetworkInterface", &id, p);
	} else {
		buf_reset(&id);
		buf_add(&id, p->f->first->actor);
		resource(e, "Other", &id, p);
	}
	emit_close(e, '}');
	buf_done(&id);
}

static void
workload(struct emit *e, const struct place *p)
{
	static const char *const names[] = { "namespace", "resource_type",
		"name", "subresource", "image", "verb" };
	const struct signal *s = p->f->first;
	struct buf id = { 0 };

	buf_printf(&id, "%.*s/%.*s", SPAN_ARGS(s->cluster),
	    SPAN_ARGS(span_is_empty(s->resource) ? s->actor : s->resource));
	resource(e, "Other", &id, p);
	emit_object(e, "Details");
	emit_object(e, "Other");
	for (size_t i = 0; i < COUNTOF(names); i++)
		text(e, names[i], fact(p->f, names[i]), OTHER_UNITS);
	emit_close(e, '}');
	emit_close(e, '}');
	emit_close(e, '}');
	buf_done(&id);
}

static void
kubernetes(struct emit *e, const struct place *p)
{
	struct buf id = { 0 };

	buf_printf(&id, "arn:%s:eks:%.*s:%.*s:cluster/%.*s", p->partition,
	    SPAN_ARGS(p->region), SPAN_ARGS(p->account),
	    SPAN_ARGS(p->f->first->cluster));
	resource(e, "AwsEksCluster", &id, p);
	emit_close(e, '}');
	workload(e, p);
	buf_done(&id);
}

static void
resources(struct emit *e, const struct place *p)
{
	struct span word = fact_resource_word(p->f);

	emit_array(e, "Resources");
	if (span_equal(word, SPAN("Kubernetes"))) {
		kubernetes(e, p);
	} else if (span_equal(word, SPAN("EC2"))) {
		host(e, p);
	} else {
		if (span_equal(word, SPAN("S3")))
			bucket(e, p);
		identity(e, p);
	}
	emit_close(e, ']');
}

/* --- action --------------------------------------------------------------- */

/* Where it is, as far as `geo:` tells. */
static void
place(struct emit *e, const struct finding *f)
{
	double latitude, longitude;

	if (!span_is_empty(fact(f, "country"))) {
		emit_object(e, "Country");
		text(e, "CountryCode", fact(f, "country"), API_UNITS);
		text(e, "CountryName", fact(f, "country_name"), API_UNITS);
		emit_close(e, '}');
	}
	if (!span_is_empty(fact(f, "city"))) {
		emit_object(e, "City");
		text(e, "CityName", fact(f, "city"), API_UNITS);
		emit_close(e, '}');
	}
	if (fact_degrees(fact(f, "latitude"), &latitude) &&
	    fact_degrees(fact(f, "longitude"), &longitude)) {
		emit_object(e, "GeoLocation");
		emit_number(e, "Lat", latitude);
		emit_number(e, "Lon", longitude);
		emit_close(e, '}');
	}
	if (!span_is_empty(fact(f, "asn"))) {
		emit_object(e, "Organization");
		emit_number(e, "Asn", fact_number(f, "asn"));
		text(e, "AsnOrg", fact(f, "organisation"), API_UNITS);
		text(e, "Org", fact(f, "organisation"), API_UNITS);
		emit_close(e, '}');
	}
}

static void
remote_ip(struct emit *e, const struct finding *f, struct span value)
{
	struct ip ip;

	if (!ip_parse(value, &ip) || !ip_is_v4(&ip))
		return;
	emit_object(e, "RemoteIpDetails");
	v4(e, "IpAddressV4", value);
	place(e, f);
	emit_close(e, '}');
}

static void
port(struct emit *e, const char *key, double number)
{
	emit_object(e, key);
	emit_number(e, "Port", number <= 65535 ? number : 0);
	emit_close(e, '}');
}

static void
api_call(struct emit *e, const struct finding *f)
{
	struct span remote = fact(f, "remote");
	struct buf service = { 0 };
	struct ip ip;

	fact_service(f, &service);
	emit_text(e, "ActionType", SPAN("AWS_API_CALL"));
	emit_object(e, "AwsApiCallAction");
	text(e, "Api", fact(f, "api"), API_UNITS);
	text(e, "ServiceName", buf_span(&service), API_UNITS);
	emit_text(e, "CallerType",
	    ip_parse(remote, &ip) ? SPAN("remoteip") : SPAN("domain"));
	remote_ip(e, f, remote);
	if (!ip_parse(remote, &ip)) {
		emit_object(e, "DomainDetails");
		text(e, "Domain", remote, API_UNITS);
		emit_close(e, '}');
	}
	fact_moment(e, "FirstSeen", f->first_us);
	fact_moment(e, "LastSeen", f->last_us);
	emit_close(e, '}');
	buf_done(&service);
}

static void
port_probe(struct emit *e, const struct finding *f)
{
	struct ip ip;

	emit_text(e, "ActionType", SPAN("PORT_PROBE"));
	emit_object(e, "PortProbeAction");
	emit_array(e, "PortProbeDetails");
	emit_object(e, NULL);
	port(e, "LocalPortDetails", fact_number(f, "local_port"));
	if (ip_parse(fact(f, "local"), &ip) && ip_is_v4(&ip)) {
		emit_object(e, "LocalIpDetails");
		v4(e, "IpAddressV4", fact(f, "local"));
		emit_close(e, '}');
	}
	remote_ip(e, f, fact(f, "peer"));
	emit_close(e, '}');
	emit_close(e, ']');
	emit_bool(e, "Blocked", fact_is_blocked(f));
	emit_close(e, '}');
}

static void
connection(struct emit *e, const struct finding *f)
{
	emit_text(e, "ActionType", SPAN("NETWORK_CONNECTION"));
	emit_object(e, "NetworkConnectionAction");
	emit_text(e, "ConnectionDirection",
	    fact_is_outbound(f) ? SPAN("OUT") : SPAN("IN"));
	remote_ip(e, f, fact(f, "peer"));
	port(e, "RemotePortDetails", fact_number(f, "peer_port"));
	port(e, "LocalPortDetails", fact_number(f, "local_port"));
	text(e, "Protocol", fact(f, "protocol"), 64);
	emit_bool(e, "Blocked", fact_is_blocked(f));
	emit_close(e, '}');
}

static void
dns_request(struct emit *e, const struct finding *f)
{
	emit_text(e, "ActionType", SPAN("DNS_REQUEST"));
	emit_object(e, "DnsRequestAction");
	text(e, "Domain", fact(f, "domain"), API_UNITS);
	emit_text(e, "Protocol", SPAN("UDP"));
	emit_bool(e, "Blocked", false);
	emit_close(e, '}');
}

/* Security Hub knows no call of Kubernetes' API: ProductFields have it; and
 * what was seen in the logs' files nobody is known to have done. */
static void
action(struct emit *e, const struct finding *f)
{
	if (f->first->source == SOURCE_K8S_AUDIT ||
	    f->first->source == SOURCE_NOTICE)
		return;
	emit_object(e, "Action");
	if (f->first->source == SOURCE_CLOUDTRAIL)
		api_call(e, f);
	else if (f->first->source == SOURCE_DNS)
		dns_request(e, f);
	else if (fact_is_port_probe(f))
		port_probe(e, f);
	else
		connection(e, f);
	emit_close(e, '}');
}

/* --- the rest ------------------------------------------------------------- */

struct fields {
	struct emit *e;
	size_t count;
};

static void
field(struct fields *to, const char *name, struct span value)
{
	char key[128];

	if (to->count >= FIELDS_MAX || span_is_empty(span_trim(value)))
		return;
	to->count++;
	(void)snprintf(key, sizeof(key), "nephoscope/%s", name);
	text(to->e, key, value, FIELD_UNITS);
}

static void
product_fields(struct emit *e, const struct finding *f, const struct config *c)
{
	const struct signal *s = f->first;
	struct owner o = owner_of(f, c);
	struct fields to = { e, 0 };
	struct buf number = { 0 };

	emit_object(e, "ProductFields");
	field(&to, "type", span_str(finding_detector(f)->type));
	buf_printf(&number, "%llu", (unsigned long long)f->count);
	field(&to, "count", buf_span(&number));
	buf_reset(&number);
	if (f->p > 0)
		buf_printf(&number, "%.3g", f->p);
	field(&to, "pValue", buf_span(&number));
	field(&to, "mitre", span_str(finding_detector(f)->mitre));
	field(&to, "owner", o.name);
	field(&to, "contact", o.contact);
	for (size_t i = 0; i < s->nfacts; i++) {
		char name[96];

		(void)snprintf(name, sizeof(name), "fact/%s", s->facts[i].name);
		if (fact_is_first(s, i))
			field(&to, name, s->facts[i].value);
	}
	emit_close(e, '}');
	buf_done(&number);
}

static void
remediation(struct emit *e, const struct finding *f)
{
	struct playbook *p = playbook_of_type(f->first->row->file);
	struct playbook_steps steps;
	struct buf advice = { 0 };

	if (p == NULL)
		return;
	playbook_render(p, f, &steps);
	for (size_t i = 0; i < steps.nlines; i++) {
		const struct playbook_line *line = &steps.lines[i];

		if (i > 0)
			buf_add_str(&advice, "; ");
		if (i == 0 || line->part != line[-1].part)
			buf_printf(
			    &advice, "%s: ", playbook_part_text(line->part));
		buf_add(&advice, line->title);
	}
	emit_object(e, "Remediation");
	emit_object(e, "Recommendation");
	text(e, "Text", buf_span(&advice), REMEDIATION_UNITS);
	if (p->nreferences > 0)
		emit_text(e, "Url", span_str(p->references[0]));
	emit_close(e, '}');
	emit_close(e, '}');
	playbook_steps_done(&steps);
	playbook_free(p);
	buf_done(&advice);
}

/* What a provider may change when it sends a finding again. */
static void
provider_fields(struct emit *e, const struct finding *f)
{
	emit_object(e, "FindingProviderFields");
	emit_number(e, "Confidence", round(f->confidence * 100));
	emit_object(e, "Severity");
	severity(e, f);
	emit_close(e, '}');
	types(e, f);
	emit_close(e, '}');
}

void
asff_write(const struct finding *f, const struct config *c, struct buf *out)
{
	struct place p = {
		.f = f,
		.region = region_of(f, c),
		.account = owner_account(f, c),
	};
	struct emit e = { .out = out };

	p.partition = guardduty_service_partition(p.region);
	emit_object(&e, NULL);
	head(&e, f, c);
	remediation(&e, f);
	product_fields(&e, f, c);
	resources(&e, &p);
	action(&e, f);
	provider_fields(&e, f);
	emit_text(
	    &e, "RecordState", f->archived ? SPAN("ARCHIVED") : SPAN("ACTIVE"));
	if (f->suppressed != NULL) {
		emit_object(&e, "Workflow");
		emit_text(&e, "Status", SPAN("SUPPRESSED"));
		emit_close(&e, '}');
	}
	emit_close(&e, '}');
	buf_add_char(out, '\n');
}
