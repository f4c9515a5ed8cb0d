#include "detect/rbac_rules.h"

#include "base/status.h"
#include "codec/json.h"
#include "detect/k8s_request.h"

bool
rbac_rules_of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return (span_equal(a->resource, SPAN("roles")) ||
		   span_equal(a->resource, SPAN("clusterroles"))) &&
	       span_is_empty(a->subresource) && k8s_request_writes(a);
}

static bool
has(struct json_value list, struct span text)
{
	struct json_iter it = json_iter(list);
	struct json_value item;

	if (!json_is(list, JSON_ARRAY))
		return false;
	while (json_next_item(&it, &item))
		if (span_equal(json_string(item), text))
			return true;
	return false;
}

/* The star stands for anything. */
static bool
allows(struct json_value list, const char *text)
{
	return has(list, SPAN("*")) || has(list, span_str(text));
}

/* Verbs with resources that are as good as what they lead to. */
static const struct {
	const char *verb, *resource;
} strong[] = {
	{ "get", "secrets" },
	{ "list", "secrets" },
	{ "watch", "secrets" },
	{ "create", "pods" },
	{ "create", "pods/exec" },
	{ "get", "pods/exec" },
	{ "create", "pods/attach" },
	{ "patch", "pods/ephemeralcontainers" },
	{ "create", "deployments" },
	{ "create", "daemonsets" },
	{ "create", "cronjobs" },
	{ "create", "serviceaccounts/token" },
	{ "get", "nodes/proxy" },
	{ "create", "nodes/proxy" },
	{ "update", "certificatesigningrequests/approval" },
	{ "create", "mutatingwebhookconfigurations" },
	{ "create", "validatingwebhookconfigurations" },
};

static enum rbac_power
power_of(struct json_value rule)
{
	struct json_value verbs = json_get(rule, SPAN("verbs"));
	struct json_value resources = json_get(rule, SPAN("resources"));

	if (has(verbs, SPAN("*")) && has(resources, SPAN("*")) &&
	    has(json_get(rule, SPAN("apiGroups")), SPAN("*")))
		return RBAC_POWER_ALL;
	if (has(verbs, SPAN("impersonate")) || has(verbs, SPAN("escalate")) ||
	    has(verbs, SPAN("bind")))
		return RBAC_POWER_GRANTS;
	if (has(resources, SPAN("*")) &&
	    allows(json_get(rule, SPAN("apiGroups")), ""))
		return RBAC_POWER_WIDE;
	for (size_t i = 0; i < COUNTOF(strong); i++)
		if (allows(verbs, strong[i].verb) &&
		    allows(resources, strong[i].resource))
			return RBAC_POWER_STRONG;
	return RBAC_POWER_PLAIN;
}

static enum rbac_power
strongest(struct json_value rules, enum rbac_power power)
{
	struct json_iter it = json_iter(rules);
	struct json_value rule;

	if (!json_is(rules, JSON_ARRAY))
		return power;
	for (size_t i = 0; i < RBAC_RULES_MAX && json_next_item(&it, &rule);
	     i++)
		if (power_of(rule) > power)
			power = power_of(rule);
	return power;
}

/* RFC 6902: a value is all the rules, or one of them. */
static enum rbac_power
read_patch(struct json_value ops)
{
	struct json_iter it = json_iter(ops);
	enum rbac_power power = RBAC_POWER_PLAIN;
	struct json_value op;

	while (json_next_item(&it, &op)) {
		struct json_value value = json_get(op, SPAN("value"));

		if (!span_starts(
			json_get_string(op, SPAN("path")), SPAN("/rules")))
			continue;
		power = strongest(value, power);
		if (power_of(value) > power)
			power = power_of(value);
	}
	return power;
}

bool
rbac_rules_read(const struct event *ev, enum rbac_power *power)
{
	struct json_value object = k8s_request_object(ev);

	*power = RBAC_POWER_PLAIN;
	if (json_is(object, JSON_ARRAY))
		*power = read_patch(object);
	else if (json_is(object, JSON_OBJECT))
		*power = strongest(
		    json_get(object, SPAN("rules")), RBAC_POWER_PLAIN);
	else
		return false;
	return true;
}

bool
rbac_rules_are_built_in(struct span role)
{
	static const char *const names[] = { "cluster-admin", "admin", "edit",
		"view", "system:basic-user", "system:discovery", "system:node",
		"system:public-info-viewer", "system:kube-scheduler",
		"system:kube-controller-manager", "system:node-proxier",
		"system:monitoring" };

	for (size_t i = 0; i < COUNTOF(names); i++)
		if (span_equal(role, span_str(names[i])))
			return true;
	return span_starts(role, SPAN("system:controller:"));
}

const char *
rbac_power_text(enum rbac_power power)
{
	switch (power) {
	case RBAC_POWER_PLAIN:
		return "rights of little reach";
	case RBAC_POWER_STRONG:
		return "rights over secrets, pods or logins";
	case RBAC_POWER_WIDE:
		return "rights on all resources, secrets among them";
	case RBAC_POWER_GRANTS:
		return "the right to take more rights or to act as others";
	case RBAC_POWER_ALL:
		return "every right on everything";
	}
	return "";
}
