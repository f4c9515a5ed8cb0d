#include "detect/tactic.h"

#include "base/status.h"

enum { /* groups of verbs */
	READ = 1,
	CREATE = 2,
	CHANGE = 4,
	DELETE = 8,
	OTHER = 16, /* impersonate, escalate, bind, approve */
	ANY = 31,
};

/* The first rule that fits decides.  NULL fits everything. */
struct rule {
	const char *resource;
	const char *subresource;
	unsigned verbs;
	enum tactic tactic;
};

static const struct rule rules[] = {
	{ "pods", "exec", ANY, TACTIC_EXECUTION },
	{ "pods", "attach", ANY, TACTIC_EXECUTION },
	{ "pods", "portforward", ANY, TACTIC_EXECUTION },
	{ NULL, "proxy", ANY, TACTIC_EXECUTION },
	{ "pods", "ephemeralcontainers", CREATE | CHANGE,
	    TACTIC_PRIVILEGE_ESCALATION },
	{ "pods", "eviction", CREATE, TACTIC_IMPACT },
	{ "serviceaccounts", "token", CREATE, TACTIC_CREDENTIAL_ACCESS },
	{ "certificatesigningrequests", NULL, CREATE | CHANGE | OTHER,
	    TACTIC_PERSISTENCE },
	{ NULL, "scale", CHANGE, TACTIC_IMPACT },
	{ NULL, "status", CREATE | CHANGE, TACTIC_NONE },
	{ NULL, "finalize", CREATE | CHANGE, TACTIC_NONE },
	{ "pods", "binding", CREATE, TACTIC_NONE },
	{ "bindings", NULL, CREATE, TACTIC_NONE },

	{ "secrets", NULL, READ, TACTIC_CREDENTIAL_ACCESS },
	{ "secrets", NULL, CREATE | CHANGE, TACTIC_PERSISTENCE },

	{ "clusterrolebindings", NULL, CREATE | CHANGE | OTHER,
	    TACTIC_PRIVILEGE_ESCALATION },
	{ "rolebindings", NULL, CREATE | CHANGE | OTHER,
	    TACTIC_PRIVILEGE_ESCALATION },
	{ "clusterroles", NULL, CREATE | CHANGE | OTHER,
	    TACTIC_PRIVILEGE_ESCALATION },
	{ "roles", NULL, CREATE | CHANGE | OTHER, TACTIC_PRIVILEGE_ESCALATION },
	{ "users", NULL, OTHER, TACTIC_PRIVILEGE_ESCALATION },
	{ "groups", NULL, OTHER, TACTIC_PRIVILEGE_ESCALATION },
	{ "serviceaccounts", NULL, OTHER, TACTIC_PRIVILEGE_ESCALATION },

	{ "events", NULL, DELETE, TACTIC_DEFENSE_EVASION },
	{ "mutatingwebhookconfigurations", NULL, CREATE, TACTIC_PERSISTENCE },
	{ "mutatingwebhookconfigurations", NULL, CHANGE | DELETE,
	    TACTIC_DEFENSE_EVASION },
	{ "validatingwebhookconfigurations", NULL, CREATE, TACTIC_PERSISTENCE },
	{ "validatingwebhookconfigurations", NULL, CHANGE | DELETE,
	    TACTIC_DEFENSE_EVASION },
	{ "validatingadmissionpolicies", NULL, CHANGE | DELETE,
	    TACTIC_DEFENSE_EVASION },
	{ "validatingadmissionpolicybindings", NULL, CHANGE | DELETE,
	    TACTIC_DEFENSE_EVASION },
	{ "podsecuritypolicies", NULL, CHANGE | DELETE,
	    TACTIC_DEFENSE_EVASION },
	{ "networkpolicies", NULL, CHANGE | DELETE, TACTIC_DEFENSE_EVASION },

	/* What every part of a cluster does all day. */
	{ "selfsubjectaccessreviews", NULL, CREATE, TACTIC_DISCOVERY },
	{ "selfsubjectrulesreviews", NULL, CREATE, TACTIC_DISCOVERY },
	{ "selfsubjectreviews", NULL, CREATE, TACTIC_DISCOVERY },
	{ "localsubjectaccessreviews", NULL, CREATE, TACTIC_DISCOVERY },
	{ "subjectaccessreviews", NULL, CREATE, TACTIC_NONE },
	{ "tokenreviews", NULL, CREATE, TACTIC_NONE },
	{ "leases", NULL, ANY, TACTIC_NONE },
	{ "events", NULL, CREATE | CHANGE, TACTIC_NONE },
	{ "endpoints", NULL, CREATE | CHANGE, TACTIC_NONE },
	{ "endpointslices", NULL, CREATE | CHANGE, TACTIC_NONE },
	{ "nodes", NULL, CREATE | CHANGE, TACTIC_NONE },

	{ NULL, NULL, READ, TACTIC_DISCOVERY },
	{ NULL, NULL, CREATE | CHANGE, TACTIC_PERSISTENCE },
	{ NULL, NULL, DELETE, TACTIC_IMPACT },
};

static unsigned
verb_group(struct span verb)
{
	static const struct {
		const char *verb;
		unsigned group;
	} verbs[] = {
		{ "get", READ },
		{ "list", READ },
		{ "watch", READ },
		{ "head", READ },
		{ "create", CREATE },
		{ "post", CREATE },
		{ "update", CHANGE },
		{ "patch", CHANGE },
		{ "put", CHANGE },
		{ "delete", DELETE },
		{ "deletecollection", DELETE },
	};

	for (size_t i = 0; i < COUNTOF(verbs); i++)
		if (span_equal(verb, span_str(verbs[i].verb)))
			return verbs[i].group;
	return span_is_empty(verb) ? 0 : OTHER;
}

bool
tactic_is_watcher(struct span name)
{
	static const char *const parts[] = {
		"audit",
		"falco",
		"fluent",
		"filebeat",
		"logging",
		"promtail",
		"tetragon",
		"tracee",
		"guardduty",
		"nephoscope",
	};

	for (size_t i = 0; i < COUNTOF(parts); i++)
		if (span_contains_nocase(name, span_str(parts[i])))
			return true;
	return false;
}

static bool
silences(const struct audit *a, unsigned group)
{
	return (span_equal(a->resource, SPAN("daemonsets")) ||
		   span_equal(a->resource, SPAN("configmaps"))) &&
	       (group & (CHANGE | DELETE)) != 0 && tactic_is_watcher(a->name);
}

static bool
fits(const char *pattern, struct span text)
{
	return pattern == NULL || span_equal(text, span_str(pattern));
}

/* Paths that say no more than that a server is there. */
static bool
is_health(struct span uri)
{
	static const char *const paths[] = {
		"/healthz",
		"/livez",
		"/readyz",
		"/version",
		"/ping",
		"/.well-known/openid-configuration",
		"/openid/v1/jwks",
	};
	struct span path = span_first(uri, span_find(uri, '?', 0));

	for (size_t i = 0; i < COUNTOF(paths); i++) {
		struct span known = span_str(paths[i]);

		if (span_starts(path, known) &&
		    (path.len == known.len || path.at[known.len] == '/'))
			return true;
	}
	return false;
}

enum tactic
tactic_of_audit(const struct audit *a)
{
	unsigned group = verb_group(a->verb);

	if (span_is_empty(a->resource))
		return is_health(a->uri) ? TACTIC_NONE : TACTIC_DISCOVERY;
	if (silences(a, group))
		return TACTIC_DEFENSE_EVASION;
	for (size_t i = 0; i < COUNTOF(rules); i++)
		if (fits(rules[i].resource, a->resource) &&
		    fits(rules[i].subresource, a->subresource) &&
		    (rules[i].verbs & group) != 0)
			return rules[i].tactic;
	return TACTIC_NONE;
}
