#include "detect/bucket_policy.h"

#include "detect/policy.h"

enum bucket_access
bucket_policy_access(struct json_value policy)
{
	return policy_reach(policy, span_of(NULL, 0), NULL) == POLICY_ANYONE
		   ? BUCKET_ANYONE
		   : BUCKET_NAMED;
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

bool
bucket_policy_unblocks(struct json_value request)
{
	struct json_value block =
	    json_get(request, SPAN("PublicAccessBlockConfiguration"));
	struct json_iter it = json_iter(block);
	struct json_value v;
	struct span key;

	while (json_is(block, JSON_OBJECT) && json_next_member(&it, &key, &v)) {
		if (json_is(v, JSON_FALSE))
			return true;
	}
	return false;
}
