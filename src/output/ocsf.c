#include "output/ocsf.h"

#include <math.h>
#include <stdio.h>

#include "base/ip.h"
#include "output/emit.h"
#include "output/fact.h"
#include "output/guardduty_service.h"
#include "output/owner.h"
#include "playbook/playbook.h"

#define VERSION "1.5.0"
#define CATEGORY 2
#define CLASS 2004

/* A number of the schema and the caption that belongs to it. */
struct word {
	int id;
	const char *text;
};

static void
coded(struct emit *e, const char *key, const char *key_id, struct word w)
{
	emit_number(e, key_id, w.id);
	emit_text(e, key, span_str(w.text));
}

static void
time_ms(struct emit *e, const char *key, int64_t time_us)
{
	emit_number(e, key, floor((double)time_us / 1000));
}

/* --- classification ------------------------------------------------------- */

static struct word
severity_of(double severity)
{
	if (severity >= 9)
		return (struct word){ 5, "Critical" };
	if (severity >= 7)
		return (struct word){ 4, "High" };
	return severity >= 4 ? (struct word){ 3, "Medium" }
			     : (struct word){ 2, "Low" };
}

static struct word
confidence_of(double confidence)
{
	if (confidence >= 0.8)
		return (struct word){ 3, "High" };
	return confidence >= 0.5 ? (struct word){ 2, "Medium" }
				 : (struct word){ 1, "Low" };
}

static void
classify(struct emit *e, const struct finding *f, uint64_t revision)
{
	struct word activity = revision > 0 ? (struct word){ 2, "Update" }
					    : (struct word){ 1, "Create" };
	struct buf type = { 0 };

	coded(e, "activity_name", "activity_id", activity);
	emit_number(e, "category_uid", CATEGORY);
	emit_text(e, "category_name", SPAN("Findings"));
	emit_number(e, "class_uid", CLASS);
	emit_text(e, "class_name", SPAN("Detection Finding"));
	emit_number(e, "type_uid", CLASS * 100 + activity.id);
	buf_printf(&type, "Detection Finding: %s", activity.text);
	emit_text(e, "type_name", buf_span(&type));
	buf_done(&type);
	coded(e, "severity", "severity_id", severity_of(f->severity));
	coded(e, "status", "status_id",
	    f->archived	    ? (struct word){ 5, "Archived" }
	    : f->suppressed ? (struct word){ 3, "Suppressed" }
			    : (struct word){ 1, "New" });
	coded(e, "confidence", "confidence_id", confidence_of(f->confidence));
	emit_number(e, "confidence_score", round(f->confidence * 100));
	time_ms(e, "time", revision > 0 ? f->last_us : f->first_us);
	time_ms(e, "start_time", f->first_us);
	time_ms(e, "end_time", f->last_us);
	emit_number(e, "count", (double)f->count);
}

static bool
has_account(const struct finding *f, const struct config *c)
{
	return !span_equal(owner_account(f, c), SPAN("000000000000"));
}

static void
metadata(struct emit *e, const struct finding *f, const struct config *c)
{
	emit_object(e, "metadata");
	emit_text(e, "version", SPAN(VERSION));
	emit_object(e, "product");
	emit_text(e, "name", SPAN("nephoscope"));
	emit_text(e, "vendor_name", SPAN("nephoscope"));
	emit_text(e, "version", SPAN(NEPHOSCOPE_VERSION));
	emit_close(e, '}');
	if (has_account(f, c)) {
		emit_array(e, "profiles");
		emit_text(e, NULL, SPAN("cloud"));
		emit_close(e, ']');
	}
	emit_text_if(e, "tenant_uid", f->first->tenant);
	emit_text(e, "log_name", span_str(source_text(f->first->source)));
	emit_close(e, '}');
}

static void
region(struct emit *e, const struct finding *f, const struct config *c)
{
	if (!span_equal(owner_region(f, c), SPAN("unknown")))
		emit_text(e, "region", owner_region(f, c));
}

static void
cloud(struct emit *e, const struct finding *f, const struct config *c)
{
	const struct config_account *named = NULL;

	if (!has_account(f, c))
		return;
	if (c != NULL)
		named = config_account(c, owner_account(f, c));
	emit_object(e, "cloud");
	emit_text(e, "provider", SPAN("AWS"));
	region(e, f, c);
	emit_object(e, "account");
	emit_text(e, "uid", owner_account(f, c));
	emit_text_if(e, "name", span_str(named != NULL ? named->name : NULL));
	coded(e, "type", "type_id", (struct word){ 10, "AWS Account" });
	emit_close(e, '}');
	emit_close(e, '}');
}

/* --- finding_info --------------------------------------------------------- */

static const struct {
	const char *uid, *name;
} tactics[TACTIC_COUNT] = {
	[TACTIC_DISCOVERY] = { "TA0007", "Discovery" },
	[TACTIC_INITIAL_ACCESS] = { "TA0001", "Initial Access" },
	[TACTIC_CREDENTIAL_ACCESS] = { "TA0006", "Credential Access" },
	[TACTIC_EXECUTION] = { "TA0002", "Execution" },
	[TACTIC_PERSISTENCE] = { "TA0003", "Persistence" },
	[TACTIC_PRIVILEGE_ESCALATION] = { "TA0004", "Privilege Escalation" },
	[TACTIC_DEFENSE_EVASION] = { "TA0005", "Defense Evasion" },
	[TACTIC_EXFILTRATION] = { "TA0010", "Exfiltration" },
	[TACTIC_IMPACT] = { "TA0040", "Impact" },
};

static void
technique(struct emit *e, struct span whole, enum tactic tactic)
{
	struct span rest = whole, base = span_cut(&rest, '.');

	emit_object(e, NULL);
	emit_object(e, "technique");
	emit_text(e, "uid", base);
	emit_close(e, '}');
	if (base.len < whole.len) {
		emit_object(e, "sub_technique");
		emit_text(e, "uid", whole);
		emit_close(e, '}');
	}
	if (tactics[tactic].uid != NULL) {
		emit_object(e, "tactic");
		emit_text(e, "uid", span_str(tactics[tactic].uid));
		emit_text(e, "name", span_str(tactics[tactic].name));
		emit_close(e, '}');
	}
	emit_close(e, '}');
}

static void
attacks(struct emit *e, const struct finding *f)
{
	struct span rest = span_str(finding_detector(f)->mitre);

	emit_array(e, "attacks");
	while (rest.len > 0) {
		struct span one = span_trim(span_cut(&rest, ' '));

		if (!span_is_empty(one))
			technique(e, one, finding_detector(f)->tactic);
	}
	emit_close(e, ']');
}

static void
analytic(struct emit *e, const struct finding *f)
{
	struct buf version = { 0 };

	buf_printf(&version, "%u", f->first->row->detector->state_version);
	emit_object(e, "analytic");
	emit_text(e, "uid", span_str(f->first->row->name));
	emit_text(e, "name", span_str(finding_detector(f)->type));
	emit_text(e, "version", buf_span(&version));
	coded(e, "type", "type_id",
	    f->p > 0 ? (struct word){ 3, "Statistical" }
		     : (struct word){ 1, "Rule" });
	emit_close(e, '}');
	buf_done(&version);
}

static void
related_events(struct emit *e, const struct finding *f)
{
	emit_array(e, "related_events");
	for (size_t i = 0; i < f->nevents; i++) {
		const struct event_ref *ref = &f->events[i];

		if (span_is_empty(ref->id))
			continue;
		emit_object(e, NULL);
		emit_text(e, "uid", ref->id);
		emit_text(e, "type", span_str(source_text(ref->source)));
		time_ms(e, "first_seen_time", ref->time_us);
		emit_close(e, '}');
	}
	emit_close(e, ']');
}

static void
finding_info(struct emit *e, const struct finding *f)
{
	struct buf text = { 0 };

	emit_object(e, "finding_info");
	emit_text(e, "uid", span_str(f->id));
	finding_expand(f, finding_detector(f)->title, &text);
	emit_text(e, "title", buf_span(&text));
	buf_reset(&text);
	finding_describe(f, &text);
	emit_text(e, "desc", buf_span(&text));
	buf_done(&text);
	emit_array(e, "types");
	emit_text(e, NULL, span_str(finding_detector(f)->type));
	emit_close(e, ']');
	time_ms(e, "created_time", f->first_us);
	time_ms(e, "modified_time", f->last_us);
	time_ms(e, "first_seen_time", f->first_us);
	time_ms(e, "last_seen_time", f->last_us);
	emit_array(e, "data_sources");
	emit_text(e, NULL, span_str(source_text(f->first->source)));
	emit_close(e, ']');
	analytic(e, f);
	attacks(e, f);
	related_events(e, f);
	emit_close(e, '}');
}

/* --- evidences ------------------------------------------------------------ */

/* "ip" where the text is an address, else "hostname": an API's caller is
 * named by either. */
static void
place(struct emit *e, struct span text)
{
	struct ip ip;

	if (ip_parse(text, &ip))
		emit_text(e, "ip", text);
	else
		emit_text_if(e, "hostname", text);
}

static void
caller(struct emit *e, const struct finding *f)
{
	/* An audit record may name several: the first is the client. */
	struct span rest = fact(f, "remote");
	struct span remote = span_trim(span_cut(&rest, ','));

	if (span_is_empty(remote))
		return;
	emit_object(e, "src_endpoint");
	place(e, remote);
	emit_close(e, '}');
}

static void
user_agent(struct emit *e, const struct finding *f)
{
	if (span_is_empty(fact(f, "user_agent")))
		return;
	emit_object(e, "http_request");
	emit_text(e, "user_agent", fact(f, "user_agent"));
	emit_text_if(e, "http_method", fact(f, "method"));
	emit_close(e, '}');
}

static void
groups(struct emit *e, struct span list)
{
	if (span_is_empty(list))
		return;
	emit_array(e, "groups");
	while (list.len > 0) {
		struct span one = span_trim(span_cut(&list, ','));

		if (span_is_empty(one))
			continue;
		emit_object(e, NULL);
		emit_text(e, "name", one);
		emit_close(e, '}');
	}
	emit_close(e, ']');
}

static void
actor(struct emit *e, const struct finding *f)
{
	emit_object(e, "actor");
	emit_object(e, "user");
	emit_text(e, "name",
	    fact_or(f, "user", fact_or(f, "user_name", f->first->actor)));
	emit_text_if(e, "uid", fact_or(f, "arn", fact(f, "principal_id")));
	emit_text_if(e, "credential_uid", fact(f, "access_key"));
	groups(e, fact(f, "groups"));
	emit_close(e, '}');
	if (!span_is_empty(fact(f, "session"))) {
		emit_object(e, "session");
		emit_text(e, "uid", fact(f, "session"));
		emit_close(e, '}');
	}
	emit_close(e, '}');
}

static void
api(struct emit *e, const struct finding *f)
{
	bool audit = f->first->source == SOURCE_K8S_AUDIT;
	struct buf service = { 0 };

	fact_service(f, &service);
	emit_object(e, "api");
	emit_text(e, "operation", fact(f, audit ? "verb" : "api"));
	emit_object(e, "service");
	emit_text(e, "name", audit ? SPAN("kubernetes") : buf_span(&service));
	emit_close(e, '}');
	if (!span_is_empty(fact(f, "event_id"))) {
		emit_object(e, "request");
		emit_text(e, "uid", fact(f, "event_id"));
		emit_close(e, '}');
	}
	if (!span_is_empty(fact_or(f, "error", fact(f, "code")))) {
		emit_object(e, "response");
		emit_text_if(e, "error", fact(f, "error"));
		if (!span_is_empty(fact(f, "code")))
			emit_number(e, "code", fact_number(f, "code"));
		emit_close(e, '}');
	}
	emit_close(e, '}');
	buf_done(&service);
}

static void
query(struct emit *e, const struct finding *f)
{
	emit_object(e, "query");
	emit_text(e, "hostname", fact(f, "domain"));
	emit_text_if(e, "type", fact(f, "query_type"));
	emit_close(e, '}');
	emit_object(e, "src_endpoint");
	place(e, fact_or(f, "client", f->first->actor));
	emit_text_if(e, "instance_uid", fact(f, "instance"));
	emit_text_if(e, "vpc_uid", fact(f, "vpc"));
	emit_close(e, '}');
}

static void
port(struct emit *e, double number)
{
	if (number > 0 && number <= 65535)
		emit_number(e, "port", number);
}

static void
local_end(struct emit *e, const char *key, const struct finding *f)
{
	emit_object(e, key);
	place(e, fact_or(f, "local", f->first->actor));
	port(e, fact_number(f, "local_port"));
	emit_text_if(e, "instance_uid", fact(f, "instance"));
	emit_text_if(e, "interface_uid", fact(f, "interface"));
	emit_text_if(e, "subnet_uid", fact(f, "subnet"));
	emit_text_if(e, "vpc_uid", fact(f, "vpc"));
	emit_close(e, '}');
}

static void
peer_end(struct emit *e, const char *key, const struct finding *f)
{
	if (span_is_empty(fact(f, "peer")))
		return;
	emit_object(e, key);
	place(e, fact(f, "peer"));
	port(e, fact_number(f, "peer_port"));
	emit_close(e, '}');
}

static void
flow(struct emit *e, const struct finding *f)
{
	bool outbound = fact_is_outbound(f);

	local_end(e, outbound ? "src_endpoint" : "dst_endpoint", f);
	peer_end(e, outbound ? "dst_endpoint" : "src_endpoint", f);
	emit_object(e, "connection_info");
	coded(e, "direction", "direction_id",
	    outbound ? (struct word){ 2, "Outbound" }
		     : (struct word){ 1, "Inbound" });
	emit_text_if(e, "protocol_name", fact(f, "protocol"));
	emit_close(e, '}');
}

static void
facts(struct emit *e, const char *key, const struct finding *f)
{
	const struct signal *s = f->first;

	emit_object(e, key);
	for (size_t i = 0; i < s->nfacts; i++) {
		if (fact_is_first(s, i))
			emit_text(e, s->facts[i].name, s->facts[i].value);
	}
	emit_close(e, '}');
}

/* False of what is about an account as a whole: its facts are all there is. */
static bool
is_of_an_act(const struct finding *f)
{
	static const char *const names[SOURCE_COUNT] = {
		[SOURCE_CLOUDTRAIL] = "api",
		[SOURCE_K8S_AUDIT] = "verb",
		[SOURCE_DNS] = "domain",
		[SOURCE_VPCFLOW] = "peer",
	};
	const char *name = names[f->first->source];
	enum entity_kind kind = f->first->actor_kind;

	if (kind != ENTITY_ACCOUNT && kind != ENTITY_CLUSTER)
		return true;
	return name != NULL && !span_is_empty(fact(f, name));
}

static void
evidences(struct emit *e, const struct finding *f)
{
	enum source source = is_of_an_act(f) ? f->first->source : SOURCE_NOTICE;

	emit_array(e, "evidences");
	emit_object(e, NULL);
	switch (source) {
	case SOURCE_CLOUDTRAIL:
	case SOURCE_K8S_AUDIT:
		api(e, f);
		actor(e, f);
		caller(e, f);
		user_agent(e, f);
		break;
	case SOURCE_DNS:
		query(e, f);
		break;
	case SOURCE_VPCFLOW:
		flow(e, f);
		break;
	case SOURCE_NOTICE: /* its facts are all there is */
	case SOURCE_COUNT:
		break;
	}
	facts(e, "data", f);
	emit_close(e, '}');
	emit_close(e, ']');
}

/* --- resources, remediation ----------------------------------------------- */

static void
resource_owner(struct emit *e, const struct owner *o)
{
	if (o->source == NULL)
		return;
	emit_object(e, "owner");
	emit_text(e, "name", span_is_empty(o->name) ? o->contact : o->name);
	if (span_find(o->contact, '@', 0) < o->contact.len)
		emit_text(e, "email_addr", o->contact);
	emit_close(e, '}');
}

static void
resource(struct emit *e, const struct finding *f, const struct config *c,
    struct span type)
{
	const struct signal *s = f->first;
	bool known =
	    s->resource_kind != ENTITY_NONE && !span_is_empty(s->resource);
	struct owner owner = owner_of(f, c);

	emit_object(e, NULL);
	emit_text(e, "uid", known ? s->resource : s->actor);
	emit_text(e, "name", known ? s->resource : s->actor);
	emit_text(e, "type", type);
	emit_text_if(e, "namespace", fact(f, "namespace"));
	if (has_account(f, c))
		emit_text(e, "cloud_partition",
		    span_str(guardduty_service_partition(owner_region(f, c))));
	region(e, f, c);
	resource_owner(e, &owner);
	emit_close(e, '}');
}

static void
cluster(struct emit *e, const struct finding *f, const struct config *c)
{
	struct span name = f->first->cluster;

	if (span_is_empty(name) || span_equal(name, f->first->resource))
		return;
	emit_object(e, NULL);
	emit_text(e, "uid", name);
	emit_text(e, "name", name);
	emit_text(e, "type", SPAN("cluster"));
	region(e, f, c);
	emit_close(e, '}');
}

static void
resources(struct emit *e, const struct finding *f, const struct config *c)
{
	const struct signal *s = f->first;
	enum entity_kind kind =
	    s->resource_kind != ENTITY_NONE && !span_is_empty(s->resource)
		? s->resource_kind
		: s->actor_kind;

	emit_array(e, "resources");
	resource(e, f, c, span_str(entity_kind_text(kind)));
	cluster(e, f, c);
	emit_close(e, ']');
}

static void
remediation(struct emit *e, const struct finding *f)
{
	struct playbook *p = playbook_of_type(f->first->row->file);
	struct playbook_steps steps;
	struct buf text = { 0 };

	if (p == NULL)
		return;
	playbook_render(p, f, &steps);
	for (size_t i = 0; i < steps.nlines; i++) {
		const struct playbook_line *line = &steps.lines[i];

		buf_printf(&text, "%s%s: ", i > 0 ? "\n" : "",
		    playbook_part_text(line->part));
		buf_add(&text, line->title);
		if (span_is_empty(line->command))
			continue;
		buf_add_str(&text, "\n    ");
		buf_add(&text, line->command);
	}
	emit_object(e, "remediation");
	emit_text(e, "desc", buf_span(&text));
	emit_array(e, "references");
	for (size_t i = 0; i < p->nreferences; i++)
		emit_text(e, NULL, span_str(p->references[i]));
	emit_close(e, ']');
	emit_close(e, '}');
	playbook_steps_done(&steps);
	playbook_free(p);
	buf_done(&text);
}

/* --- observables, unmapped ------------------------------------------------ */

static void
observable(
    struct emit *e, const char *name, struct word type, struct span value)
{
	if (span_is_empty(value))
		return;
	emit_object(e, NULL);
	emit_text(e, "name", span_str(name));
	coded(e, "type", "type_id", type);
	emit_text(e, "value", value);
	emit_close(e, '}');
}

static void
observables(struct emit *e, const struct finding *f)
{
	static const char *const addresses[] = { "remote", "peer", "local",
		"client" };
	char name[64];
	struct ip ip;

	emit_array(e, "observables");
	for (size_t i = 0; i < COUNTOF(addresses); i++) {
		struct span value = fact(f, addresses[i]);

		(void)snprintf(
		    name, sizeof(name), "evidences.data.%s", addresses[i]);
		if (ip_parse(value, &ip))
			observable(
			    e, name, (struct word){ 2, "IP Address" }, value);
	}
	observable(e, "evidences.data.domain", (struct word){ 1, "Hostname" },
	    fact(f, "domain"));
	observable(e, "evidences.data.actor", (struct word){ 4, "User Name" },
	    f->first->source == SOURCE_CLOUDTRAIL ||
		    f->first->source == SOURCE_K8S_AUDIT
		? f->first->actor
		: span_of(NULL, 0));
	observable(e, "resources.uid", (struct word){ 10, "Resource UID" },
	    f->first->resource);
	emit_close(e, ']');
}

static void
unmapped(struct emit *e, const struct finding *f)
{
	emit_object(e, "unmapped");
	emit_number(e, "severity", f->severity);
	if (f->severity_was > 0)
		emit_number(e, "severity_was", f->severity_was);
	if (f->p > 0)
		emit_number(e, "p_value", f->p);
	emit_text_if(e, "cluster", f->first->cluster);
	emit_number(e, "events_left_out", (double)f->events_left_out);
	emit_close(e, '}');
}

void
ocsf_write(const struct finding *f, const struct config *c, uint64_t revision,
    struct buf *out)
{
	struct emit e = { .out = out };
	struct buf title = { 0 };

	finding_expand(f, finding_detector(f)->title, &title);
	emit_object(&e, NULL);
	classify(&e, f, revision);
	emit_text(&e, "message", buf_span(&title));
	emit_bool(&e, "is_alert", true);
	metadata(&e, f, c);
	cloud(&e, f, c);
	finding_info(&e, f);
	evidences(&e, f);
	resources(&e, f, c);
	remediation(&e, f);
	observables(&e, f);
	unmapped(&e, f);
	emit_close(&e, '}');
	buf_add_char(out, '\n');
	buf_done(&title);
}
