#include "detect/pod_habit.h"

#include <stdio.h>

#include "base/ip.h"
#include "base/status.h"
#include "detect/image.h"
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

/* An image seen so on this many days, a deployer on so many, is a habit. */
#define IMAGE_DAYS 2
#define DEPLOYER_DAYS 3
/* A program seen on so many is known by its place and agent. */
#define PROGRAM_DAYS 3

#define WHOLE_CLUSTER SPAN("*")
#define TEXT_BYTES POD_HABIT_BYTES

/* Ask the profile of `entity` for `value`, then teach it. */
static void
ask_and_learn(struct detect *d, struct span entity, struct span value,
    struct usual *usual)
{
	detect_workload(d, entity);
	detect_usual_value(d, SCOPE_WORKLOAD, FEATURE_OBJECT, value, usual);
	detect_learn(d, SCOPE_WORKLOAD, FEATURE_OBJECT, value);
	/* A lesson may move all names; what is raised gets them anew. */
	usual->nnames = 0;
}

static struct span
join(char *room, struct span a, const char *between, struct span b)
{
	int len = snprintf(room, TEXT_BYTES, "%.*s%s%.*s", SPAN_ARGS(a),
	    between, SPAN_ARGS(b));

	if (len < 0)
		return (struct span){ NULL, 0 };
	return span_of(room, len < TEXT_BYTES ? (size_t)len : TEXT_BYTES - 1);
}

bool
pod_habit_known(struct detect *d, const struct pod_spec *pod, struct span trait,
    struct span image, struct pod_habit *habit)
{
	char repository[IMAGE_BYTES], who[TEXT_BYTES];
	struct span ns =
	    span_first(pod->workload, span_find(pod->workload, '/', 0));
	struct span of_image =
	    join(habit->room, trait, " ", image_repository(image, repository));

	habit->value = of_image;
	ask_and_learn(d, join(who, detect_actor(d)->name, " in ", ns), trait,
	    &habit->deployer);
	ask_and_learn(d, WHOLE_CLUSTER, of_image, &habit->cluster);
	ask_and_learn(d, pod->workload, of_image, &habit->workload);
	return habit->workload.count > 0 || habit->cluster.days >= IMAGE_DAYS ||
	       habit->deployer.days >= DEPLOYER_DAYS;
}

/* The actor wrote workloads of any kind on several days. */
static bool
is_deployer(struct detect *d)
{
	static const char *const writes[] = { "patch deployments",
		"update deployments", "create deployments", "patch daemonsets",
		"update daemonsets", "create daemonsets", "patch statefulsets",
		"update statefulsets", "create statefulsets" };
	struct usual usual;

	for (size_t i = 0; i < COUNTOF(writes); i++) {
		detect_usual_value(
		    d, SCOPE_ACTOR, FEATURE_API, span_str(writes[i]), &usual);
		if (usual.days >= PROGRAM_DAYS)
			return true;
	}
	return false;
}

double
pod_habit_severity(struct detect *d, const struct event *ev, double severity)
{
	struct usual network, agent;

	if (!span_starts(ev->audit->user, SPAN("system:serviceaccount:")) ||
	    k8s_act_by_hand(ev->audit->agent))
		return severity;
	detect_usual(d, SCOPE_ACTOR, FEATURE_NETWORK, &network);
	detect_usual(d, SCOPE_ACTOR, FEATURE_AGENT, &agent);
	/* Pods move about in private networks. */
	if (agent.days < PROGRAM_DAYS ||
	    (network.days < PROGRAM_DAYS && !ip_is_private(&ev->remote)) ||
	    !is_deployer(d))
		return severity;
	return SEVERITY_LOW;
}

static bool
is_key(struct span name, const char *const *keys)
{
	for (; *keys != NULL; keys++)
		if (span_equal(name, span_str(*keys)))
			return true;
	return false;
}

/* Any component of a JSON pointer is one of the keys. */
static bool
path_has(struct span path, const char *const *keys)
{
	while (path.at != NULL)
		if (is_key(span_cut(&path, '/'), keys))
			return true;
	return false;
}

/* Depth is bounded by the parser (JSON_DEPTH_MAX). */
bool
pod_habit_mentions(struct json_value v, const char *const *keys)
{
	struct json_iter it = json_iter(v);
	struct json_value member;
	struct span key;

	if (json_is(v, JSON_ARRAY)) {
		while (json_next_item(&it, &member))
			if (pod_habit_mentions(member, keys))
				return true;
		return false;
	}
	if (!json_is(v, JSON_OBJECT))
		return false;
	while (json_next_member(&it, &key, &member)) {
		if (is_key(key, keys) || pod_habit_mentions(member, keys))
			return true;
		if (span_equal(key, SPAN("path")) &&
		    path_has(json_string(member), keys))
			return true;
	}
	return false;
}

bool
pod_habit_is_act(
    const struct event *ev, const struct pod_spec *pod, const char *const *keys)
{
	const struct audit *a = ev->audit;
	struct json_value sent = k8s_request_sent(ev);

	if (span_equal(a->verb, SPAN("patch")) && !json_is(sent, JSON_NONE) &&
	    !pod_habit_mentions(sent, keys))
		return false;
	if (pod->controlled)
		return !span_equal(pod->owner_kind, SPAN("DaemonSet")) &&
		       !span_equal(pod->owner_kind, SPAN("Node")) &&
		       !span_equal(a->ns, SPAN("kube-system"));
	return !k8s_request_by_system(a);
}
