/*
 * Policy:Kubernetes/WorkloadPosture - a workload asks for several things that
 * open it, or its node, further than a workload needs.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none; what is a habit is in the baseline (pod_habit.h)
 * Rule        the weights below; two and more from people, four from service
 *             accounts, in a workload or image that is not known for it: one
 *             Low finding that lists them all; Medium from three on when the
 *             image is new to a cluster known for three days.  What gives the
 *             whole node has detectors of its own (workload_privileged,
 *             workload_sensitive_mount)
 * References  https://attack.mitre.org/techniques/T1610/
 *             https://attack.mitre.org/techniques/T1611/
 */
#include <math.h>
#include <stdio.h>

#include "detect/detector.h"
#include "detect/image.h"
#include "detect/k8s_act.h"
#include "detect/pod_habit.h"
#include "detect/pod_spec.h"

enum { WEIGHT };

static const struct param params[] = {
	[WEIGHT] = { "weight", 2, 1, 100,
	    "weight of the traits needed; twice that from robots" },
};

#define LIST_BYTES 320
#define STRANGE_WEIGHT 3

/* The traits found, as one text. */
struct list {
	unsigned weight;
	size_t len;
	char room[LIST_BYTES];
};

static void
add(struct list *l, unsigned weight, const char *trait)
{
	int len;

	/* Once each: containers repeat each other. */
	if (span_search(span_of(l->room, l->len), span_str(trait)) < l->len)
		return;
	len = snprintf(l->room + l->len, sizeof(l->room) - l->len, "%s%s",
	    l->len ? ", " : "", trait);
	if (len > 0 && (size_t)len < sizeof(l->room) - l->len)
		l->len += (size_t)len;
	l->weight += weight;
}

static void
add_capabilities(struct list *l, struct json_value context)
{
	static const char *const strong[] = { "NET_ADMIN", "SYS_PTRACE",
		"SYS_BOOT", "SYS_TIME", "SYS_CHROOT", "DAC_OVERRIDE",
		"MAC_ADMIN", "PERFMON", "SYSLOG", NULL };
	static const char *const weak[] = { "NET_RAW", "MKNOD", "AUDIT_CONTROL",
		"IPC_LOCK", NULL };
	struct json_value added =
	    json_get(json_get(context, SPAN("capabilities")), SPAN("add"));

	if (k8s_act_lists(added, strong))
		add(l, 2, "strong capabilities");
	if (k8s_act_lists(added, weak))
		add(l, 1, "capabilities");
}

static bool
is_unconfined(struct json_value context)
{
	struct json_value seccomp = json_get(context, SPAN("seccompProfile"));
	struct json_value apparmor = json_get(context, SPAN("appArmorProfile"));

	return span_equal(json_get_string(seccomp, SPAN("type")),
		   SPAN("Unconfined")) ||
	       span_equal(
		   json_get_string(apparmor, SPAN("type")), SPAN("Unconfined"));
}

static void
add_context(struct list *l, struct json_value context)
{
	add_capabilities(l, context);
	if (is_unconfined(context))
		add(l, 1, "no filter of system calls");
	if (json_is_true(json_get(context, SPAN("allowPrivilegeEscalation"))))
		add(l, 1, "privileges may grow");
	if (json_int(json_get(context, SPAN("runAsUser")), 1) == 0)
		add(l, 1, "runs as root");
	if (span_equal(
		json_get_string(context, SPAN("procMount")), SPAN("Unmasked")))
		add(l, 2, "an unmasked /proc");
}

/* A literal value under a name that says what it is. */
static bool
has_secret_env(struct json_value container)
{
	static const char *const words[] = { "PASSWORD", "PASSWD", "SECRET_KEY",
		"SECRET_ACCESS_KEY", "API_KEY", "PRIVATE_KEY" };
	struct json_value list = json_get(container, SPAN("env"));
	struct json_iter it = json_iter(list);
	struct json_value item;

	if (!json_is(list, JSON_ARRAY))
		return false;
	while (json_next_item(&it, &item)) {
		struct span name = json_get_string(item, SPAN("name"));

		for (size_t i = 0; i < COUNTOF(words); i++)
			if (span_ends(name, span_str(words[i])) &&
			    json_get_string(item, SPAN("value")).len >= 4)
				return true;
	}
	return false;
}

static bool
has_host_port(struct json_value container)
{
	struct json_value list = json_get(container, SPAN("ports"));
	struct json_iter it = json_iter(list);
	struct json_value item;

	if (!json_is(list, JSON_ARRAY))
		return false;
	while (json_next_item(&it, &item))
		if (json_int(json_get(item, SPAN("hostPort")), 0) != 0)
			return true;
	return false;
}

static void
look_at(struct list *l, const struct pod_spec *pod)
{
	if (pod->host_network)
		add(l, 2, "the node's network");
	if (pod->host_ipc)
		add(l, 2, "the node's shared memory");
	if (json_is_true(json_get(pod->spec, SPAN("shareProcessNamespace"))))
		add(l, 1, "shared processes");
	add_context(l, json_get(pod->spec, SPAN("securityContext")));
	for (size_t i = 0; i < pod->ncontainers; i++) {
		struct json_value c = pod->containers[i].object;

		add_context(l, json_get(c, SPAN("securityContext")));
		if (has_host_port(c) && !pod->host_network)
			add(l, 1, "a port of the node");
		if (has_secret_env(c))
			add(l, 2, "a password in its environment");
	}
}

static void
tell(struct detect *d, const struct pod_spec *pod, const struct list *l,
    const struct usual *image)
{
	struct span list = span_of(l->room, l->len);
	bool strange =
	    image->known_days >= DETECT_KNOWN_DAYS && image->count <= 0;
	struct evidence why[] = {
		{ .feature = "asks for",
		    .observed = list,
		    .expected = (double)NAN },
		{ .feature = feature_text(FEATURE_IMAGE),
		    .observed = pod->containers[0].image,
		    .expected = (double)NAN,
		    .usual = image },
	};

	detect_raise(
	    d, &(struct raise){
		   .severity = strange ? SEVERITY_MEDIUM : SEVERITY_LOW,
		   .resource_kind = ENTITY_WORKLOAD,
		   .resource = pod->workload,
		   .why = why,
		   .nwhy = COUNTOF(why),
		   .facts =
		       (struct fact[]){
			   { "workload", pod->workload },
			   { "behaviour", list },
			   { "image", pod->containers[0].image },
		       },
		   .nfacts = 3,
	       });
}

/* Robots deploy what was reviewed. */
static double
least_weight(struct detect *d)
{
	bool robot = detect_actor(d)->kind == ENTITY_SERVICE_ACCOUNT;

	return detect_param(d, WEIGHT) * (robot ? 2 : 1);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	static const char *const keys[] = { "securityContext", "hostNetwork",
		"hostIPC", "env", "ports", "containers", NULL };
	struct list l = { 0 };
	struct pod_spec *pod = detect_pod(d);
	struct pod_habit habit;
	struct usual image;
	char room[IMAGE_BYTES];

	(void)state;
	if (pod == NULL || pod->ncontainers == 0 || pod->controlled ||
	    pod_spec_powerful(pod) != NULL)
		return;
	look_at(&l, pod);
	if (l.weight < least_weight(d))
		return;
	detect_usual_value(d, SCOPE_TENANT, FEATURE_IMAGE,
	    image_repository(pod->containers[0].image, room), &image);
	image.nnames = 0; /* they die with the next lesson */
	if (!pod_habit_known(
		d, pod, SPAN("open"), pod->containers[0].image, &habit) &&
	    pod_habit_is_act(ev, pod, keys))
		tell(d, pod, &l, &image);
}

DETECTOR(workload_posture) = {
	.type = "Policy:Kubernetes/WorkloadPosture",
	.title = "{workload} by {user} asks for more than a workload needs",
	.story = "{user} deployed {workload} in cluster {cluster} with image "
		 "{image}. It asks for: {behaviour}. Together they leave "
		 "little between the workload and its node.",
	.mitre = "T1610 T1611",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.6,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = pod_spec_of_kind,
	.match = k8s_act_match_done,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};
