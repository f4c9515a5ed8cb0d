/*
 * Exfiltration:Kubernetes/FilesCopiedFromPod - somebody packs files of a pod
 * and lets them come out of an exec, as `kubectl cp` does.
 *
 * Sources     Kubernetes audit log, any level: the command is in the URL
 * Key         actor: which requests were counted, as one is logged when its
 *             stream starts and when it ends
 * Rule        the command is tar, creating, with its archive on standard
 *             output.  A place of credentials or the whole file system:
 *             Medium, else Low.  kube-system has a detector of its own
 * References  https://attack.mitre.org/techniques/T1005/
 *             https://attack.mitre.org/techniques/T1048/
 */
#include "detect/k8s_act.h"
#include "detect/k8s_exec.h"
#include "detect/k8s_request.h"
#include "detect/shell.h"

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

/* "tar cf - PATH", "tar -czf - PATH": the path, or empty for another
 * command. */
static struct span
packed_path(struct span command)
{
	struct span rest = command, word = span_cut(&rest, ' ');
	bool creates = false, out = false;

	if (!span_ends(word, SPAN("tar")))
		return (struct span){ NULL, 0 };
	while (rest.at != NULL) {
		word = span_cut(&rest, ' ');
		if (span_equal(word, SPAN("-")) ||
		    span_equal(word, SPAN("/dev/stdout")))
			out = true;
		else if (!creates && span_find(word, 'c', 0) < word.len &&
			 span_find(word, '/', 0) == word.len)
			creates = true;
		else if (creates && out && !span_starts(word, SPAN("-")))
			return word;
	}
	return (struct span){ NULL, 0 };
}

static bool
holds_credentials(struct span path)
{
	static const char *const places[] = { "/etc", "/root", "/home",
		"/var/run/secrets", "/run/secrets", "/var/lib/kubelet", "/host",
		"/proc" };

	if (span_equal(path, SPAN("/")))
		return true;
	for (size_t i = 0; i < COUNTOF(places); i++)
		if (span_starts(path, span_str(places[i])))
			return true;
	return span_contains_nocase(path, SPAN(".ssh")) ||
	       span_contains_nocase(path, SPAN(".aws")) ||
	       span_contains_nocase(path, SPAN(".kube")) ||
	       span_contains_nocase(path, SPAN("secret"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	char room[K8S_EXEC_COMMAND_BYTES], target[256];
	struct span command = k8s_exec_command(ev->audit->uri, room);
	struct span path = packed_path(command);

	/* What reads like an attack is told by exec_hostile. */
	if (span_is_empty(path) || shell_intent_of(command) != SHELL_ORDINARY ||
	    !k8s_exec_is_first(state, ev->id))
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "copies files out of pods",
		.severity =
		    holds_credentials(path) ? SEVERITY_MEDIUM : SEVERITY_LOW,
		.resource_kind = ENTITY_POD,
		.resource = k8s_request_target(ev, target, sizeof(target)),
		.detail = command,
		.facts =
		    (struct fact[]){
			{ "command", command },
			{ "what", path },
			{ "pod", ev->audit->name },
		    },
		.nfacts = 3,
	    });
}

DETECTOR(files_copied) = {
	.type = "Exfiltration:Kubernetes/FilesCopiedFromPod",
	.title = "{user} copied {what} out of pod {namespace}/{pod}",
	.story = "{user} from {remote} with {user_agent} packed {what} of pod "
		 "{pod} of {namespace}, cluster {cluster}, and let it come out "
		 "of the command: {command}. {usual}.",
	.mitre = "T1005 T1048",
	.tactic = TACTIC_EXFILTRATION,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.7,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct k8s_exec_seen),
	.state_version = 1,
	.state_ttl_s = 6 * 3600,
	.observe = observe,
};
