/* CloudTrail records: management, data, network activity and insight. */
#include "base/ip.h"
#include "decode/decoder.h"
#include "event/normalise.h"

struct reading {
	struct cloudtrail ct;
	struct span time, id, region;
	struct json_value read_only, identity, request, response, additional;
	struct json_value session, web, attributes, issuer, delivery, mfa;
	struct json_value insight, scope, console;
};

#define STRING(name, member)                                                   \
	FIELD_AT(struct reading, name, member, FIELD_STRING)
#define VALUE(name, member) FIELD_AT(struct reading, name, member, FIELD_VALUE)

static const struct field record_fields[] = {
	STRING("eventName", ct.name),
	STRING("eventSource", ct.service),
	STRING("userAgent", ct.agent),
	STRING("errorCode", ct.error),
	STRING("errorMessage", ct.error_message),
	STRING("sourceIPAddress", ct.remote),
	STRING("eventCategory", ct.category),
	STRING("eventType", ct.event_type),
	STRING("recipientAccountId", ct.recipient_account),
	STRING("vpcEndpointId", ct.vpc_endpoint),
	STRING("eventTime", time),
	STRING("eventID", id),
	STRING("awsRegion", region),
	VALUE("readOnly", read_only),
	VALUE("userIdentity", identity),
	VALUE("requestParameters", request),
	VALUE("responseElements", response),
	VALUE("additionalEventData", additional),
	VALUE("insightDetails", insight),
	VALUE("sessionCredentialFromConsole", console),
};

static const struct field identity_fields[] = {
	STRING("type", ct.identity_type),
	STRING("arn", ct.arn),
	STRING("principalId", ct.principal_id),
	STRING("accountId", ct.identity_account),
	STRING("userName", ct.user_name),
	STRING("accessKeyId", ct.access_key),
	STRING("invokedBy", ct.invoked_by),
	VALUE("sessionContext", session),
	VALUE("inScopeOf", scope),
};

static const struct field session_fields[] = {
	VALUE("sessionIssuer", issuer),
	VALUE("webIdFederationData", web),
	VALUE("attributes", attributes),
	VALUE("ec2RoleDelivery", delivery),
};

void
cloudtrail_maps(struct decoder *d)
{
	fields_index(&d->cloudtrail_map, record_fields, COUNTOF(record_fields));
	fields_index(
	    &d->identity_map, identity_fields, COUNTOF(identity_fields));
	fields_index(&d->session_map, session_fields, COUNTOF(session_fields));
}

static bool
is_yes(struct json_value v)
{
	return json_is_true(v) ||
	       span_equal_nocase(json_string(v), SPAN("true")) ||
	       span_equal_nocase(json_string(v), SPAN("yes"));
}

static void
read_session(struct decoder *d, struct reading *r)
{
	struct json_iter it;
	struct json_value member;
	struct span key;

	fields_read(&d->session_map, r->session, r);
	it = json_iter(r->issuer);
	while (json_is(r->issuer, JSON_OBJECT) &&
	       json_next_member(&it, &key, &member)) {
		if (span_equal(key, SPAN("type")))
			r->ct.issuer_type = json_string(member);
		else if (span_equal(key, SPAN("arn")))
			r->ct.issuer_arn = json_string(member);
		else if (span_equal(key, SPAN("userName")))
			r->ct.issuer_name = json_string(member);
	}
	r->ct.web_provider = json_get_string(r->web, SPAN("federatedProvider"));
	r->mfa = json_get(r->attributes, SPAN("mfaAuthenticated"));
}

/* "i-" and 8 to 17 hexadecimal digits end the session's ARN. */
static bool
is_instance_session(struct span arn)
{
	size_t at = span_rfind(arn, '/');
	struct span name = span_skip(arn, at + 1);

	if (at == arn.len || name.len < 10 || name.len > 19 ||
	    !span_starts(name, SPAN("i-")))
		return false;
	for (size_t i = 2; i < name.len; i++) {
		char c = name.at[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return true;
}

static bool
is_service_host(struct span s)
{
	return span_ends(s, SPAN(".amazonaws.com")) ||
	       span_equal(s, SPAN("AWS Internal"));
}

/*
 * The console makes some calls for the person who clicks, with the person's
 * session and from "AWS Internal"; nobody else invoked them.
 */
static bool
is_by_console(const struct reading *r)
{
	return span_is_empty(r->ct.invoked_by) &&
	       span_equal(r->ct.remote, SPAN("AWS Internal")) &&
	       is_yes(r->console);
}

static void
read_identity(struct decoder *d, struct reading *r)
{
	struct cloudtrail *ct = &r->ct;

	fields_read(&d->identity_map, r->identity, r);
	if (r->session.tape != NULL)
		read_session(d, r);
	ct->from_function =
	    r->scope.tape != NULL &&
	    span_equal(json_get_string(r->scope, SPAN("issuerType")),
		SPAN("AWS::Lambda::Function"));
	if (ct->from_function)
		ct->function =
		    json_get_string(r->scope, SPAN("credentialsIssuedTo"));
	ct->mfa = is_yes(r->mfa);
	ct->from_instance =
	    r->delivery.tape != NULL || is_instance_session(ct->arn);
	ct->from_service = is_service_host(ct->invoked_by) ||
			   (is_service_host(ct->remote) && !is_by_console(r)) ||
			   span_equal(ct->identity_type, SPAN("AWSService"));
}

static bool
name_only_reads(struct span name)
{
	static const struct span stems[] = { SPAN_INIT("Get"),
		SPAN_INIT("List"), SPAN_INIT("Describe"), SPAN_INIT("Head"),
		SPAN_INIT("Lookup"), SPAN_INIT("BatchGet"), SPAN_INIT("Search"),
		SPAN_INIT("Query"), SPAN_INIT("Scan"), SPAN_INIT("Check"),
		SPAN_INIT("Select") };

	for (size_t i = 0; i < COUNTOF(stems); i++) {
		if (span_starts(name, stems[i]))
			return true;
	}
	return false;
}

static void
read_insight(struct reading *r)
{
	if (r->ct.name.len == 0)
		r->ct.name = json_get_string(r->insight, SPAN("eventName"));
	if (r->ct.service.len == 0)
		r->ct.service =
		    json_get_string(r->insight, SPAN("eventSource"));
}

static void
read_details(struct reading *r)
{
	struct cloudtrail *ct = &r->ct;
	int64_t bytes;

	if (span_ends(ct->service, SPAN(".amazonaws.com")))
		ct->service.len -= SPAN(".amazonaws.com").len;
	if (r->read_only.tape != NULL && !json_is(r->read_only, JSON_NULL))
		ct->read_only = is_yes(r->read_only);
	else
		ct->read_only = name_only_reads(ct->name);
	if (span_equal(ct->service, SPAN("s3")))
		ct->resource = json_get_string(r->request, SPAN("bucketName"));
	if (!json_is(r->additional, JSON_OBJECT))
		return;
	bytes =
	    json_int(json_get(r->additional, SPAN("bytesTransferredOut")), 0);
	ct->bytes_out = bytes > 0 ? (uint64_t)bytes : 0;
	if (is_yes(json_get(r->additional, SPAN("MFAUsed"))))
		ct->mfa = true;
}

static enum outcome
outcome_of(const struct reading *r)
{
	static const struct span refusals[] = { SPAN_INIT("denied"),
		SPAN_INIT("unauthorized"), SPAN_INIT("notauthorized"),
		SPAN_INIT("forbidden"), SPAN_INIT("authorizationerror"),
		SPAN_INIT("explicitdeny") };
	struct span error = r->ct.error;

	for (size_t i = 0; error.len > 0 && i < COUNTOF(refusals); i++) {
		if (span_contains_nocase(error, refusals[i]))
			return OUTCOME_DENIED;
	}
	if (error.len > 0)
		return OUTCOME_FAILED;
	/* A console sign-in says so in its answer only. */
	if (span_equal(json_get_string(r->response, SPAN("ConsoleLogin")),
		SPAN("Failure")))
		return OUTCOME_FAILED;
	return OUTCOME_OK;
}

/* Who, what, from where, with what result; not the session's name or key,
 * which change with every login, unless the name is a person's. */
static void
set_activity(const struct decoder *d, const struct reading *r, struct event *ev)
{
	const struct cloudtrail *ct = &r->ct;
	struct span who = ct->issuer_arn;
	struct hash_state sum = decode_activity(d, SOURCE_CLOUDTRAIL);

	hash_more(&sum, ct->name);
	hash_more(&sum, ct->service);
	ev->kind = decode_kind(sum);
	if (who.len == 0 || normalise_is_person(ct))
		who = ct->arn;
	if (who.len == 0)
		who = ct->principal_id.len > 0 ? ct->principal_id
					       : ct->invoked_by;
	hash_more(&sum, who);
	hash_more(&sum, ct->agent);
	hash_more(&sum, ct->remote);
	hash_more(&sum, r->region);
	hash_more(&sum, ct->error);
	hash_more(&sum, ct->resource);
	ev->activity = hash_end(&sum);
}

static bool
is_record(uint64_t found, const struct reading *r)
{
	(void)found;
	return r->ct.name.len > 0 || r->ct.service.len > 0 ||
	       span_equal(r->ct.event_type, SPAN("AwsCloudTrailInsight"));
}

bool
cloudtrail_read(
    struct decoder *d, struct json_value v, const struct decode_context *cx)
{
	struct reading r = { 0 };
	uint64_t found = fields_read(&d->cloudtrail_map, v, &r);
	struct cloudtrail *ct;
	struct event *ev;

	if (!is_record(found, &r))
		return false;
	if (r.insight.tape != NULL)
		read_insight(&r);
	read_identity(d, &r);
	read_details(&r);
	ct = arena_alloc(d->batch->arena, sizeof(*ct));
	if (ct == NULL) {
		decode_reject_value(d, v, "no memory for the record");
		return true;
	}
	*ct = r.ct;
	ev = decode_event(d, SOURCE_CLOUDTRAIL);
	ev->cloudtrail = ct;
	ev->record = v;
	ev->region = r.region.len > 0	  ? r.region
		     : cx->region.len > 0 ? cx->region
					  : d->place.region;
	ev->outcome = outcome_of(&r);
	set_activity(d, &r, ev);
	if (ct->remote.len > 0)
		(void)ip_parse(ct->remote, &ev->remote);
	decode_id(d, ev, r.id, SPAN(""));
	decode_set_time(d, ev, decode_time_of(d, r.time, cx));
	decode_tenant(d, ev,
	    ct->recipient_account.len > 0 ? ct->recipient_account
					  : ct->identity_account,
	    cx);
	return true;
}
