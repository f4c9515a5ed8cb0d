/*
 * What CloudTrail teaches: instances with their addresses, interfaces, tags
 * and who started them; which service account a role is for; which key came
 * from whose call.
 */
#include <stdio.h>

#include "base/status.h"
#include "detect/learn.h"

#define ITEMS_MOST 64

static void
know(const struct learn *l, enum inventory_relation relation, struct span name,
    struct span value)
{
	learn_fact(l, l->known,
	    &(struct learn_fact){
		relation, INVENTORY_SAID, true, name, value, 0 });
}

static void
pass(const struct learn *l, enum inventory_relation relation, struct span name,
    struct span value)
{
	learn_fact(l, l->passing,
	    &(struct learn_fact){
		relation, INVENTORY_SAID, true, name, value, 0 });
}

static struct json_value
request(const struct learn *l)
{
	return json_get(l->ev->record, SPAN("requestParameters"));
}

static struct json_value
response(const struct learn *l)
{
	return json_get(l->ev->record, SPAN("responseElements"));
}

/* {"SET": {"items": [...]}}, as EC2 writes lists. */
static struct json_iter
items(struct json_value of, struct span set)
{
	return json_iter(json_get(json_get(of, set), SPAN("items")));
}

/* Who acts: the session of a role, else the ARN. */
static struct span
caller(const struct learn *l)
{
	const struct cloudtrail *ct = l->ev->cloudtrail;

	return span_is_empty(ct->arn) ? ct->invoked_by : ct->arn;
}

static void
read_tags(struct learn_owner *o, struct json_iter it)
{
	struct json_value item;

	for (size_t i = 0; i < ITEMS_MOST && json_next_item(&it, &item); i++)
		learn_owner_offer(o, json_get_string(item, SPAN("key")),
		    json_get_string(item, SPAN("value")));
}

static void
instance(const struct learn *l, struct json_value v)
{
	struct span id = json_get_string(v, SPAN("instanceId"));
	struct json_iter it = items(v, SPAN("networkInterfaceSet"));
	struct learn_owner owner = { 0 };
	struct json_value item;

	know(l, INVENTORY_INSTANCE_PERSON, id, caller(l));
	know(l, INVENTORY_ADDRESS_INSTANCE,
	    json_get_string(v, SPAN("privateIpAddress")), id);
	for (size_t i = 0; i < ITEMS_MOST && json_next_item(&it, &item); i++)
		know(l, INVENTORY_INTERFACE,
		    json_get_string(item, SPAN("networkInterfaceId")), id);
	read_tags(&owner, items(v, SPAN("tagSet")));
	learn_owner_keep(l, &owner, id, true);
}

static void
run_instances(const struct learn *l)
{
	struct json_iter it = items(response(l), SPAN("instancesSet"));
	struct json_value item;

	for (size_t i = 0; i < ITEMS_MOST && json_next_item(&it, &item); i++)
		instance(l, item);
}

static void
attach_interface(const struct learn *l)
{
	struct json_value r = request(l);

	know(l, INVENTORY_INTERFACE,
	    json_get_string(r, SPAN("networkInterfaceId")),
	    json_get_string(r, SPAN("instanceId")));
}

static void
create_interface(const struct learn *l)
{
	struct json_value v = json_get(response(l), SPAN("networkInterface"));
	struct json_value attached = json_get(v, SPAN("attachment"));

	know(l, INVENTORY_INTERFACE,
	    json_get_string(v, SPAN("networkInterfaceId")),
	    json_get_string(attached, SPAN("instanceId")));
}

static void
create_tags(const struct learn *l)
{
	struct json_iter it = items(request(l), SPAN("resourcesSet"));
	struct learn_owner owner = { 0 };
	struct json_value item;

	read_tags(&owner, items(request(l), SPAN("tagSet")));
	for (size_t i = 0; i < ITEMS_MOST && json_next_item(&it, &item); i++)
		learn_owner_keep(
		    l, &owner, json_get_string(item, SPAN("resourceId")), true);
}

static struct span
key_of(struct json_value answer)
{
	return json_get_string(
	    json_get(answer, SPAN("credentials")), SPAN("accessKeyId"));
}

/* system:serviceaccount:NAMESPACE:NAME took a role. */
static void
assume_by_token(const struct learn *l)
{
	struct span rest = l->ev->cloudtrail->user_name, ns;
	char text[INVENTORY_NAME_BYTES];
	int len;

	if (!span_starts(rest, SPAN("system:serviceaccount:"))) {
		pass(l, INVENTORY_KEY_PERSON, key_of(response(l)), rest);
		return;
	}
	rest = span_skip(rest, sizeof("system:serviceaccount:") - 1);
	ns = span_cut(&rest, ':');
	len = snprintf(
	    text, sizeof(text), "%.*s/%.*s", SPAN_ARGS(ns), SPAN_ARGS(rest));
	if (len <= 0 || (size_t)len >= sizeof(text))
		return;
	know(l, INVENTORY_ROLE_ACCOUNT,
	    json_get_string(request(l), SPAN("roleArn")), span_str(text));
	pass(l, INVENTORY_KEY_ACCOUNT, key_of(response(l)), span_str(text));
}

static void
assume(const struct learn *l)
{
	if (!l->ev->cloudtrail->from_service)
		pass(l, INVENTORY_KEY_PERSON, key_of(response(l)), caller(l));
}

static void
pod_identity(const struct learn *l)
{
	struct json_value r = request(l);
	struct span cluster = json_get_string(r, SPAN("clusterName"));
	char text[INVENTORY_NAME_BYTES];
	int len = snprintf(text, sizeof(text), "%.*s/%.*s",
	    SPAN_ARGS(json_get_string(r, SPAN("namespace"))),
	    SPAN_ARGS(json_get_string(r, SPAN("serviceAccount"))));

	if (len <= 0 || (size_t)len >= sizeof(text))
		return;
	if (span_is_empty(cluster))
		cluster = json_get_string(r, SPAN("name"));
	know(l, INVENTORY_ROLE_ACCOUNT, json_get_string(r, SPAN("roleArn")),
	    span_str(text));
	know(l, INVENTORY_ACCOUNT_CLUSTER, span_str(text), cluster);
}

/* EKS is asked for a cluster, or for something of one. */
static void
eks_cluster(const struct learn *l)
{
	struct span name = json_get_string(request(l), SPAN("name"));

	if (!span_equal(l->ev->cloudtrail->service, SPAN("eks.amazonaws.com")))
		return;
	if (span_is_empty(name))
		name = json_get_string(request(l), SPAN("clusterName"));
	know(l, INVENTORY_CLUSTER_KIND, name, SPAN("eks"));
}

void
learn_trail_event(const struct learn *l)
{
	static const struct {
		const char *name;
		void (*learn)(const struct learn *l);
	} calls[] = {
		{ "RunInstances", run_instances },
		{ "CreateCluster", eks_cluster },
		{ "CreateNodegroup", eks_cluster },
		{ "CreateAccessEntry", eks_cluster },
		{ "AttachNetworkInterface", attach_interface },
		{ "CreateNetworkInterface", create_interface },
		{ "CreateTags", create_tags },
		{ "AssumeRole", assume },
		{ "AssumeRoleWithSAML", assume },
		{ "AssumeRoleWithWebIdentity", assume_by_token },
		{ "CreatePodIdentityAssociation", pod_identity },
	};
	struct span name = l->ev->cloudtrail->name;

	if (name.len == 0 || memchr("RAC", name.at[0], 3) == NULL)
		return;
	for (size_t i = 0; i < COUNTOF(calls); i++) {
		if (span_equal(name, span_str(calls[i].name)))
			calls[i].learn(l);
	}
}
