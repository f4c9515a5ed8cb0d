/*
 * Execution:Kubernetes/SuspiciousCommand - a command run in a pod reads like
 * an attack: a reverse shell, downloaded text that is run, the way out of the
 * container, the reading of credentials.
 *
 * Sources     Kubernetes audit log, any level: the command is in the URL
 * Key         actor: which requests were counted, as one is logged when its
 *             stream starts and when it ends
 * Rule        shell.h.  Reading credentials: Medium, or Low from somebody
 *             whose request is in all else usual (k8s_judge.h); the rest High.
 *             Fetching a file from a bare address or installing packages,
 *             which people who debug do as well: Low.  kube-system has a
 *             detector of its own, commands that are only unusual as well
 * References  https://attack.mitre.org/techniques/T1609/
 *             https://attack.mitre.org/techniques/T1059/004/
 */
#include "base/ip.h"
#include "detect/k8s_act.h"
#include "detect/k8s_exec.h"
#include "detect/k8s_judge.h"
#include "detect/k8s_request.h"
#include "detect/shell.h"

enum { P_USUAL };

static const struct param params[] = {
	[P_USUAL] = { "p_usual", 0.1, 1e-6, 1,
	    "how common a request is that may read a credential" },
};

struct reading {
	double severity; /* 0: nothing to say */
	const char *what;
};

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->subresource, SPAN("exec")) && k8s_exec_of_kind(ev);
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return !span_equal(a->ns, SPAN("kube-system")) && k8s_act_done(a);
}

/* "http://203.0.113.9/x": who ships software has a name for where it is. */
static bool
fetches_from_address(struct span command)
{
	size_t at = span_search(command, SPAN("://"));

	if (!span_contains_nocase(command, SPAN("curl")) &&
	    !span_contains_nocase(command, SPAN("wget")))
		return false;
	while (at < command.len) {
		struct span rest = span_skip(command, at + 3);
		size_t len = 0;
		unsigned dots = 0;

		for (; len < rest.len && len < 16; len++) {
			char c = rest.at[len];

			if (c == '.')
				dots++;
			else if (c < '0' || c > '9')
				break;
		}
		if (dots == 3 && len >= 7)
			return true;
		at += 3 + span_search(rest, SPAN("://"));
	}
	return false;
}

static bool
installs(struct span command)
{
	static const char *const ways[] = { "apt-get install", "apt install",
		"apt-get -y install", "apk add", "yum install",
		"yum -y install", "dnf install", "microdnf install",
		"pip install", "pip3 install" };

	for (size_t i = 0; i < COUNTOF(ways); i++)
		if (span_contains_nocase(command, span_str(ways[i])))
			return true;
	return false;
}

static struct reading
read_command(struct span command)
{
	enum shell_intent intent = shell_intent_of(command);

	if (intent == SHELL_CREDENTIALS)
		return (struct reading){ SEVERITY_MEDIUM,
			shell_intent_text(intent) };
	if (intent != SHELL_ORDINARY)
		return (
		    struct reading){ SEVERITY_HIGH, shell_intent_text(intent) };
	if (fetches_from_address(command))
		return (struct reading){ SEVERITY_LOW,
			"fetches a file from a bare address" };
	if (installs(command))
		return (struct reading){ SEVERITY_LOW,
			"installs programs in the container" };
	return (struct reading){ 0, "" };
}

/* Somebody at work in their pods, where they always work, may look at their
 * token. */
static bool
is_at_work(struct detect *d, const struct event *ev)
{
	struct usual cluster, place;
	struct k8s_judge j;

	detect_usual(d, SCOPE_TENANT, FEATURE_API, &cluster);
	if (cluster.known_days < DETECT_KNOWN_DAYS)
		return false;
	detect_usual(d, SCOPE_ACTOR, FEATURE_NETWORK, &place);
	if (!(place.count > 0) && !ip_is_private(&ev->remote))
		return false;
	k8s_judge_request(d, &j);
	return k8s_judge_p(&j) > detect_param(d, P_USUAL);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	char room[K8S_EXEC_COMMAND_BYTES], target[256];
	struct span command = k8s_exec_command(ev->audit->uri, room);
	struct reading r = read_command(command);

	if (r.severity <= 0 || !k8s_exec_is_first(state, ev->id))
		return;
	if (r.severity == SEVERITY_MEDIUM && is_at_work(d, ev))
		r.severity = SEVERITY_LOW;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = r.what,
		.severity = r.severity,
		.resource_kind = ENTITY_POD,
		.resource = k8s_request_target(ev, target, sizeof(target)),
		/* One round through the pods is one thing to look at. */
		.joins = ev->cluster,
		.detail = command,
		.facts =
		    (struct fact[]){
			{ "command", command },
			{ "behaviour", span_str(r.what) },
			{ "container", k8s_exec_container(ev->audit->uri) },
			{ "pod", ev->audit->name },
		    },
		.nfacts = 4,
	    });
}

DETECTOR(exec_hostile) = {
	.type = "Execution:Kubernetes/SuspiciousCommand",
	.title = "A command that {user} ran in {namespace}/{pod} {behaviour}",
	.story = "{user} from {remote} with {user_agent} ran in pod {pod} of "
		 "{namespace}, cluster {cluster}: {command}. It {behaviour}. "
		 "{usual}.",
	.mitre = "T1609 T1059.004",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.85,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct k8s_exec_seen),
	.state_version = 1,
	.state_ttl_s = 6 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};
