/*
 * Persistence:EC2/ExternalRemoteServices - a port by which machines are
 * administered or data is kept is opened to the whole internet.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: a rule for 0.0.0.0/0 or ::/0 that covers such a port, or
 *             all of them
 * References  https://attack.mitre.org/techniques/T1133/
 *             https://attack.mitre.org/techniques/T1562/007/
 */
#include "detect/iam_act.h"

struct range {
	double low, high;
};

/* Ports by which machines are administered or data is kept. */
static const struct {
	double port;
	const char *what;
	double severity;
} doors[] = {
	{ 22, "SSH (port 22)", SEVERITY_MEDIUM },
	{ 3389, "remote desktop (port 3389)", SEVERITY_MEDIUM },
	{ 5985, "WinRM (port 5985)", SEVERITY_MEDIUM },
	{ 445, "file sharing (port 445)", SEVERITY_MEDIUM },
	{ 23, "telnet (port 23)", SEVERITY_MEDIUM },
	{ 5900, "VNC (port 5900)", SEVERITY_MEDIUM },
	{ 2375, "Docker (port 2375)", SEVERITY_HIGH },
	{ 10250, "the kubelet (port 10250)", SEVERITY_HIGH },
	{ 2379, "etcd (port 2379)", SEVERITY_HIGH },
	{ 3306, "MySQL (port 3306)", SEVERITY_MEDIUM },
	{ 5432, "PostgreSQL (port 5432)", SEVERITY_MEDIUM },
	{ 1433, "SQL Server (port 1433)", SEVERITY_MEDIUM },
	{ 1521, "Oracle (port 1521)", SEVERITY_MEDIUM },
	{ 6379, "Redis (port 6379)", SEVERITY_HIGH },
	{ 27017, "MongoDB (port 27017)", SEVERITY_HIGH },
	{ 9200, "Elasticsearch (port 9200)", SEVERITY_HIGH },
	{ 11211, "memcached (port 11211)", SEVERITY_HIGH },
};

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("AuthorizeSecurityGroupIngress"));
}

static bool
is_world(struct span cidr)
{
	return span_equal(cidr, SPAN("0.0.0.0/0")) ||
	       span_equal(cidr, SPAN("::/0"));
}

/* One of `ranges.items` has the world under `key`. */
static bool
lists_world(struct json_value rule, struct span ranges, struct span key)
{
	struct json_value items =
	    json_get(json_get(rule, ranges), SPAN("items"));
	struct json_iter it = json_iter(items);
	struct json_value item;

	while (json_is(items, JSON_ARRAY) && json_next_item(&it, &item)) {
		if (is_world(json_get_string(item, key)))
			return true;
	}
	return false;
}

static bool
admits_world(struct json_value rule)
{
	return is_world(json_get_string(rule, SPAN("cidrIp"))) ||
	       is_world(json_get_string(rule, SPAN("cidrIpv6"))) ||
	       lists_world(rule, SPAN("ipRanges"), SPAN("cidrIp")) ||
	       lists_world(rule, SPAN("ipv6Ranges"), SPAN("cidrIpv6"));
}

/* The first such port that the rule covers; empty: none. */
static struct span
door_of(struct json_value rule, double *severity)
{
	struct span protocol = json_get_string(rule, SPAN("ipProtocol"));
	double low = json_number(json_get(rule, SPAN("fromPort")), -1);
	double high = json_number(json_get(rule, SPAN("toPort")), low);

	*severity = SEVERITY_MEDIUM;
	if (span_equal(protocol, SPAN("-1")) || (low <= 0 && high >= 65535))
		return SPAN("all ports");
	if (!span_equal(protocol, SPAN("tcp")) &&
	    !span_equal(protocol, SPAN("6")))
		return span_of(NULL, 0);
	for (size_t i = 0; i < COUNTOF(doors); i++) {
		if (doors[i].port < low || doors[i].port > high)
			continue;
		*severity = doors[i].severity;
		return span_str(doors[i].what);
	}
	return span_of(NULL, 0);
}

static void
judge(struct detect *d, const struct event *ev, struct json_value rule)
{
	struct json_value request = iam_act_request(ev);
	struct span group = json_get_string(request, SPAN("groupId"));
	double severity;
	struct span door = door_of(rule, &severity);

	if (span_is_empty(door) || !admits_world(rule))
		return;
	if (span_is_empty(group))
		group = json_get_string(request, SPAN("groupName"));
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = severity,
		.what = door,
		.target = group,
		.feature = "opened to every address",
		.observed = door });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);
	struct json_value items =
	    json_get(json_get(request, SPAN("ipPermissions")), SPAN("items"));
	struct json_iter it = json_iter(items);
	struct json_value rule;

	(void)state;
	judge(d, ev, request); /* the old form has the rule beside the group */
	while (json_is(items, JSON_ARRAY) && json_next_item(&it, &rule))
		judge(d, ev, rule);
}

DETECTOR(security_group_open) = {
	.type = "Persistence:EC2/ExternalRemoteServices",
	.title = "Security group {resource} opens {what} to the "
		 "internet",
	.story = "{actor} called {service} {api} from {remote} and "
		 "opened {what} of security group {resource} to "
		 "every address. Scanners find it within minutes and "
		 "guess passwords from then on.",
	.mitre = "T1133 T1562.007",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};
