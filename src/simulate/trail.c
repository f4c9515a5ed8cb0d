#include "simulate/trail.h"

#include <stdio.h>

#include "base/hash.h"
#include "simulate/text.h"

static bool
starts(const char *s, const char *prefix)
{
	return span_starts(span_str(s), span_str(prefix));
}

static bool
is_read_only(const char *name)
{
	static const char *const verbs[] = { "Get", "List", "Describe", "Head",
		"Lookup", "Search", "Assume", "BatchGet", "Decrypt", "Generate",
		"Select", "View", "Filter", "StartQuery" };

	for (size_t i = 0; i < COUNTOF(verbs); i++)
		if (starts(name, verbs[i]))
			return true;
	return false;
}

static bool
is_global(const char *service)
{
	return !strcmp(service, "iam") || !strcmp(service, "signin") ||
	       !strcmp(service, "ce") || !strcmp(service, "route53") ||
	       !strcmp(service, "organizations");
}

static void
add_session(struct buf *out, const struct identity *who)
{
	buf_printf(out,
	    ",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\","
	    "\"principalId\":\"%s\",\"arn\":\"arn:aws:iam::%s:role/%s%s\","
	    "\"accountId\":\"%s\",\"userName\":\"%s\"},",
	    who->id, who->account->id,
	    starts(who->name, "AWSReserved")
		? "aws-reserved/sso.amazonaws.com/" WORLD_REGION "/"
		: "",
	    who->name, who->account->id, who->name);
	buf_add_str(out, "\"attributes\":{\"creationDate\":\"");
	text_time(out, who->since_us);
	buf_printf(out, "\",\"mfaAuthenticated\":\"%s\"}%s}",
	    who->mfa ? "true" : "false",
	    who->from_ec2 ? ",\"ec2RoleDelivery\":\"2.0\"" : "");
}

static void
add_user(struct buf *out, const struct identity *who)
{
	buf_printf(out,
	    "\"type\":\"IAMUser\",\"principalId\":\"%s\",\"arn\":"
	    "\"arn:aws:iam::%s:user/%s\",\"accountId\":\"%s\"",
	    who->id, who->account->id, who->name, who->account->id);
	if (who->key[0] != '\0')
		buf_printf(out, ",\"accessKeyId\":\"%s\"", who->key);
	buf_printf(out, ",\"userName\":\"%s\"", who->name);
	if (!starts(who->key, "ASIA"))
		return;
	buf_add_str(
	    out, ",\"sessionContext\":{\"attributes\":{\"creationDate\":\"");
	text_time(out, who->since_us);
	buf_printf(out, "\",\"mfaAuthenticated\":\"%s\"}}",
	    who->mfa ? "true" : "false");
}

static void
add_identity(struct buf *out, const struct trail_call *c)
{
	const struct identity *who = c->who;

	buf_add_str(out, "\"userIdentity\":{");
	switch (who->kind) {
	case IDENTITY_USER:
		add_user(out, who);
		break;
	case IDENTITY_ROLE:
		buf_printf(out,
		    "\"type\":\"AssumedRole\",\"principalId\":\"%s:%s\","
		    "\"arn\":\"arn:aws:sts::%s:assumed-role/%s/%s\","
		    "\"accountId\":\"%s\",\"accessKeyId\":\"%s\"",
		    who->id, who->session, who->account->id, who->name,
		    who->session, who->account->id, who->key);
		add_session(out, who);
		break;
	case IDENTITY_ROOT:
		buf_printf(out,
		    "\"type\":\"Root\",\"principalId\":\"%s\",\"arn\":"
		    "\"arn:aws:iam::%s:root\",\"accountId\":\"%s\","
		    "\"accessKeyId\":\"%s\"",
		    who->account->id, who->account->id, who->account->id,
		    who->key);
		break;
	case IDENTITY_SERVICE:
		buf_printf(out, "\"type\":\"AWSService\",\"invokedBy\":\"%s\"",
		    who->name);
		break;
	}
	if (c->invoked_by != NULL)
		buf_printf(out, ",\"invokedBy\":\"%s\"", c->invoked_by);
	buf_add_str(out, "},");
}

/* Web identities call STS before they are anybody. */
static bool
add_web_identity(struct buf *out, const struct trail_call *c)
{
	if (strcmp(c->name, "AssumeRoleWithWebIdentity") != 0)
		return false;
	buf_printf(out,
	    "\"userIdentity\":{\"type\":\"WebIdentityUser\",\"principalId\":"
	    "\"%s\",\"userName\":\"%s\",\"identityProvider\":\"%s\"},",
	    c->who->id, c->who->session, c->who->name);
	return true;
}

static void
add_call(struct buf *out, const struct trail_call *c)
{
	const char *agent = c->agent ? c->agent : c->who->agent;
	const char *source = c->who->address;

	buf_add_str(out, "\"eventTime\":\"");
	text_time(out, c->time_us);
	buf_printf(out,
	    "\",\"eventSource\":\"%s.amazonaws.com\",\"eventName\":\"%s\","
	    "\"awsRegion\":\"%s\",\"sourceIPAddress\":\"%s\",\"userAgent\":\"",
	    c->service, c->name,
	    is_global(c->service) ? "us-east-1" : WORLD_REGION,
	    c->invoked_by ? c->invoked_by : source);
	text_json(out, span_str(c->invoked_by ? c->invoked_by : agent));
	buf_add_str(out, "\",");
	if (c->error != NULL) {
		buf_printf(
		    out, "\"errorCode\":\"%s\",\"errorMessage\":\"", c->error);
		text_json(out, span_str(c->error_message));
		buf_add_str(out, "\",");
	}
	buf_printf(out, "\"requestParameters\":%s,\"responseElements\":%s",
	    c->params ? c->params : "null",
	    c->response && !c->error ? c->response : "null");
	if (c->extra != NULL)
		buf_add_str(out, c->extra);
}

static void
add_tail(struct buf *out, const struct trail_call *c)
{
	buf_printf(
	    out, "\"readOnly\":%s", is_read_only(c->name) ? "true" : "false");
	if (c->resources != NULL)
		buf_printf(out, ",\"resources\":%s", c->resources);
	buf_printf(out,
	    ",\"eventType\":\"%s\",\"managementEvent\":%s,"
	    "\"recipientAccountId\":\"%s\",\"eventCategory\":\"%s\"",
	    c->type ? c->type : "AwsApiCall", c->data_event ? "false" : "true",
	    c->who->account->id, c->data_event ? "Data" : "Management");
	if (c->invoked_by == NULL && c->who->kind != IDENTITY_SERVICE)
		buf_printf(out,
		    ",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\","
		    "\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\","
		    "\"clientProvidedHostHeader\":\"%s%s.amazonaws.com\"}",
		    c->service, is_global(c->service) ? "" : "." WORLD_REGION);
	buf_add_char(out, '}');
}

void
trail_call(struct world *w, const struct trail_call *c)
{
	/* The trails are the world's, who only borrows its account. */
	struct account *a = &w->accounts[c->who->account - w->accounts];
	struct sink *s = is_global(c->service) ? &a->trail_global : &a->trail;
	struct buf *out;
	struct rng r;
	char id[37];

	if (c->time_us < w->start_us || c->time_us >= w->end_us)
		return;
	rng_seed(&r,
	    hash_mix(hash_seeded(&HASH_KEY_DEFAULT, w->seed, span_str(c->name)),
		hash_seeded(&HASH_KEY_DEFAULT, (uint64_t)c->time_us,
		    span_str(
			c->who->session[0] ? c->who->session : c->who->name))));
	out = sink_begin(s);
	buf_add_str(out, "{\"eventVersion\":\"1.11\",");
	if (!add_web_identity(out, c))
		add_identity(out, c);
	add_call(out, c);
	buf_add_str(out, ",\"requestID\":\"");
	text_uuid(out, rng_next(&r), rng_next(&r));
	text_uuid_of(id, rng_next(&r), rng_next(&r));
	buf_printf(out, "\",\"eventID\":\"%s\",", id);
	add_tail(out, c);
	/* CloudTrail delivers within about five minutes, mostly. */
	sink_end(s,
	    c->time_us + 90 * CIVIL_US_PER_S +
		(int64_t)(rng_exponential(&r, 60.0) * 1e6),
	    c->step);
	truth_proof(w->truth, c->step, c->time_us, id);
}

static void
expand_one(
    const struct identity *who, char code, struct rng *r, struct buf *out)
{
	static const char *const buckets[] = { "tidewater-prod-invoices",
		"tidewater-prod-uploads", "tidewater-prod-assets",
		"tidewater-prod-reports" };
	static const char *const groups[] = {
		"/aws/containerinsights/prod-eu/application",
		"/aws/eks/prod-eu/cluster", "/aws/lambda/invoice-render",
		"/aws/rds/cluster/orders/postgresql"
	};
	static const char *const secrets[] = { "shop/session",
		"payments/gateway", "data/warehouse" };
	uint64_t pick = rng_next(r);

	switch (code) {
	case 'a':
		buf_add_str(out, who->account->id);
		break;
	case 'b':
		buf_add_str(out, buckets[pick % COUNTOF(buckets)]);
		break;
	case 'k':
		buf_printf(out, "2026/%02u/%02u/part-%05u.parquet",
		    (unsigned)(1 + pick % 11), (unsigned)(1 + pick / 16 % 28),
		    (unsigned)(pick >> 32) % 4000);
		break;
	case 'i':
		buf_printf(out, "i-0%016llx",
		    0xa1b2c3d4e5f6000 + (unsigned long long)(pick % 9));
		break;
	case 'l':
		buf_add_str(out, groups[pick % COUNTOF(groups)]);
		break;
	case 's':
		buf_add_str(out, secrets[pick % COUNTOF(secrets)]);
		break;
	case 'u':
		buf_printf(out, "svc-%c", 'a' + (char)(pick % 6));
		break;
	case 'n':
		buf_printf(out, "%u", (unsigned)(10 + pick % 90));
		break;
	case 'h':
		text_hex(out, pick, 8);
		break;
	case 'c':
		buf_add_str(out, "prod-eu");
		break;
	case '\0':
		break;
	default:
		buf_add_char(out, code);
		break;
	}
}

void
trail_expand(const struct identity *who, const char *text, struct rng *r,
    struct buf *out)
{
	buf_reset(out);
	for (; *text != '\0'; text++) {
		if (*text != '$') {
			buf_add_char(out, *text);
			continue;
		}
		text++;
		expand_one(who, *text, r, out);
		if (*text == '\0')
			break;
	}
}
