#include "detect/bucket_policy.h"

#include "base/status.h"

/* Conditions that say who or from where.  aws:Referer and aws:UserAgent are
 * not among them: the caller writes those himself. */
static const struct span narrowing_keys[] = {
	SPAN_INIT("aws:PrincipalOrgID"),
	SPAN_INIT("aws:PrincipalOrgPaths"),
	SPAN_INIT("aws:PrincipalAccount"),
	SPAN_INIT("aws:PrincipalArn"),
	SPAN_INIT("aws:PrincipalServiceName"),
	SPAN_INIT("aws:PrincipalIsAWSService"),
	SPAN_INIT("aws:ResourceAccount"),
	SPAN_INIT("aws:SourceAccount"),
	SPAN_INIT("aws:SourceArn"),
	SPAN_INIT("aws:SourceOwner"),
	SPAN_INIT("aws:SourceOrgID"),
	SPAN_INIT("aws:SourceOrgPaths"),
	SPAN_INIT("aws:SourceVpc"),
	SPAN_INIT("aws:SourceVpce"),
	SPAN_INIT("aws:SourceIp"),
	SPAN_INIT("aws:VpcSourceIp"),
	SPAN_INIT("aws:userid"),
	SPAN_INIT("aws:username"),
	SPAN_INIT("s3:DataAccessPointAccount"),
	SPAN_INIT("s3:DataAccessPointArn"),
};

/* A value that every caller meets. */
static bool
is_everything(struct span value)
{
	return span_equal(value, SPAN("*")) ||
	       span_equal(value, SPAN("0.0.0.0/0")) ||
	       span_equal(value, SPAN("::/0")) ||
	       span_equal(value, SPAN("arn:aws:iam::*:*")) ||
	       span_equal(value, SPAN("arn:aws:iam::*:root"));
}

/* A string, or any string of an array, that everybody meets. */
static bool
holds_everything(struct json_value v)
{
	struct json_iter it = json_iter(v);
	struct json_value item;

	if (json_is(v, JSON_STRING))
		return is_everything(json_string(v));
	if (!json_is(v, JSON_ARRAY))
		return false;
	while (json_next_item(&it, &item)) {
		if (is_everything(json_string(item)))
			return true;
	}
	return false;
}

/* Operators that hold only for whom the values name.  Negations do not; nor
 * does IfExists, which an anonymous caller passes for want of the key. */
static bool
operator_narrows(struct span op)
{
	if (span_contains_nocase(op, SPAN("Not")) ||
	    span_contains_nocase(op, SPAN("IfExists")) ||
	    span_contains_nocase(op, SPAN("ForAllValues")))
		return false;
	return span_contains_nocase(op, SPAN("StringEquals")) ||
	       span_contains_nocase(op, SPAN("StringLike")) ||
	       span_contains_nocase(op, SPAN("ArnEquals")) ||
	       span_contains_nocase(op, SPAN("ArnLike")) ||
	       span_contains_nocase(op, SPAN("IpAddress")) ||
	       span_contains_nocase(op, SPAN("Bool"));
}

static bool
key_narrows(struct span key)
{
	for (size_t i = 0; i < COUNTOF(narrowing_keys); i++) {
		if (span_equal_nocase(key, narrowing_keys[i]))
			return true;
	}
	return false;
}

static bool
condition_narrows(struct json_value condition)
{
	struct json_iter ops = json_iter(condition);
	struct json_value tests, values;
	struct span op, key;

	while (json_is(condition, JSON_OBJECT) &&
	       json_next_member(&ops, &op, &tests)) {
		struct json_iter it = json_iter(tests);

		if (!json_is(tests, JSON_OBJECT) || !operator_narrows(op))
			continue;
		while (json_next_member(&it, &key, &values)) {
			if (key_narrows(key) && !holds_everything(values))
				return true;
		}
	}
	return false;
}

static enum bucket_access
statement_access(struct json_value statement)
{
	struct json_value who = json_get(statement, SPAN("Principal"));
	bool everyone;

	if (!span_equal_nocase(
		json_get_string(statement, SPAN("Effect")), SPAN("Allow")))
		return BUCKET_NAMED;
	/* All but some is everyone. */
	everyone =
	    json_is(json_get(statement, SPAN("NotPrincipal")), JSON_OBJECT) ||
	    holds_everything(who) ||
	    holds_everything(json_get(who, SPAN("AWS"))) ||
	    holds_everything(json_get(who, SPAN("CanonicalUser")));
	if (!everyone ||
	    condition_narrows(json_get(statement, SPAN("Condition"))))
		return BUCKET_NAMED;
	return BUCKET_ANYONE;
}

enum bucket_access
bucket_policy_access(struct json_value policy)
{
	struct json_value statements = json_get(policy, SPAN("Statement"));
	struct json_iter it = json_iter(statements);
	struct json_value item;

	if (json_is(statements, JSON_OBJECT))
		return statement_access(statements);
	while (json_is(statements, JSON_ARRAY) && json_next_item(&it, &item)) {
		if (statement_access(item) == BUCKET_ANYONE)
			return BUCKET_ANYONE;
	}
	return BUCKET_NAMED;
}

static enum bucket_access
wider(enum bucket_access a, enum bucket_access b)
{
	return a > b ? a : b;
}

/* The groups that are not of this account, wherever they are spelt. */
static enum bucket_access
group_access(struct span s)
{
	if (span_contains_nocase(s, SPAN("/global/AllUsers")))
		return BUCKET_ANYONE;
	if (span_contains_nocase(s, SPAN("/global/AuthenticatedUsers")))
		return BUCKET_AUTHENTICATED;
	return BUCKET_NAMED;
}

static enum bucket_access
canned_access(struct span s)
{
	if (span_equal(s, SPAN("public-read")) ||
	    span_equal(s, SPAN("public-read-write")))
		return BUCKET_ANYONE;
	if (span_equal(s, SPAN("authenticated-read")))
		return BUCKET_AUTHENTICATED;
	return BUCKET_NAMED;
}

/* Header values come as a string or as an array of strings. */
static enum bucket_access
header_access(
    struct json_value v, enum bucket_access (*access)(struct span value))
{
	enum bucket_access widest = BUCKET_NAMED;
	struct json_iter it = json_iter(v);
	struct json_value item;

	if (json_is(v, JSON_STRING))
		return access(json_string(v));
	while (json_is(v, JSON_ARRAY) && json_next_item(&it, &item))
		widest = wider(widest, access(json_string(item)));
	return widest;
}

static enum bucket_access
grant_access(struct json_value grant)
{
	return group_access(
	    json_get_string(json_get(grant, SPAN("Grantee")), SPAN("URI")));
}

static enum bucket_access
document_access(struct json_value document)
{
	enum bucket_access widest = BUCKET_NAMED;
	struct json_value grants = json_get(
	    json_get(document, SPAN("AccessControlList")), SPAN("Grant"));
	struct json_iter it = json_iter(grants);
	struct json_value item;

	if (json_is(grants, JSON_OBJECT))
		return grant_access(grants);
	while (json_is(grants, JSON_ARRAY) && json_next_item(&it, &item))
		widest = wider(widest, grant_access(item));
	return widest;
}

enum bucket_access
bucket_policy_acl(struct json_value request)
{
	enum bucket_access widest = BUCKET_NAMED;
	struct json_iter it = json_iter(request);
	struct json_value v;
	struct span key;

	while (
	    json_is(request, JSON_OBJECT) && json_next_member(&it, &key, &v)) {
		if (span_equal_nocase(key, SPAN("x-amz-acl")))
			widest = wider(widest, header_access(v, canned_access));
		else if (span_starts(key, SPAN("x-amz-grant-")))
			widest = wider(widest, header_access(v, group_access));
		else if (span_equal(key, SPAN("AccessControlPolicy")))
			widest = wider(widest, document_access(v));
	}
	return widest;
}
