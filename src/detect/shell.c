#include "detect/shell.h"

#include <stdbool.h>
#include <string.h>

#include "base/status.h"

/* All of `parts` (as many as are not NULL, in lower case) occur: one sign of
 * an intent. */
struct sign {
	enum shell_intent intent;
	const char *parts[3];
};

static const struct sign signs[] = {
	{ SHELL_REVERSE, { "/dev/tcp/", NULL, NULL } },
	{ SHELL_REVERSE, { "/dev/udp/", NULL, NULL } },
	{ SHELL_REVERSE, { "nc ", " -e ", NULL } },
	{ SHELL_REVERSE, { "ncat ", " -e ", NULL } },
	{ SHELL_REVERSE, { "nc ", " -c ", "sh" } },
	{ SHELL_REVERSE, { "mkfifo", "nc ", "sh" } },
	{ SHELL_REVERSE, { "socat", "exec:", NULL } },
	{ SHELL_REVERSE, { "socket", "dup2", NULL } },
	{ SHELL_REVERSE, { "pty.spawn", "socket", NULL } },
	{ SHELL_REVERSE, { "fsockopen", "exec", NULL } },
	{ SHELL_REVERSE, { "tcpsocket", "exec", NULL } },
	{ SHELL_FETCH_RUN, { "curl ", "| sh", NULL } },
	{ SHELL_FETCH_RUN, { "curl ", "|sh", NULL } },
	{ SHELL_FETCH_RUN, { "curl ", "| bash", NULL } },
	{ SHELL_FETCH_RUN, { "curl ", "|bash", NULL } },
	{ SHELL_FETCH_RUN, { "wget ", "| sh", NULL } },
	{ SHELL_FETCH_RUN, { "wget ", "|sh", NULL } },
	{ SHELL_FETCH_RUN, { "wget ", "| bash", NULL } },
	{ SHELL_FETCH_RUN, { "wget ", "|bash", NULL } },
	{ SHELL_FETCH_RUN, { "base64", "-d", "| sh" } },
	{ SHELL_FETCH_RUN, { "base64", "-d", "|sh" } },
	{ SHELL_FETCH_RUN, { "base64", "-d", "| bash" } },
	{ SHELL_FETCH_RUN, { "base64", "-d", "|bash" } },
	{ SHELL_CREDENTIALS, { "169.254.169.254", NULL, NULL } },
	{ SHELL_CREDENTIALS, { "169.254.170.2", NULL, NULL } },
	{ SHELL_CREDENTIALS, { "fd00:ec2::254", NULL, NULL } },
	{ SHELL_CREDENTIALS, { "metadata.google.internal", NULL, NULL } },
	{ SHELL_CREDENTIALS,
	    { "secrets/kubernetes.io/serviceaccount", NULL, NULL } },
	{ SHELL_CREDENTIALS, { "secrets/eks.amazonaws.com", NULL, NULL } },
	{ SHELL_CREDENTIALS, { "/etc/shadow", NULL, NULL } },
	{ SHELL_CREDENTIALS, { "/.aws/credentials", NULL, NULL } },
	{ SHELL_CREDENTIALS, { "/etc/kubernetes/admin.conf", NULL, NULL } },
	{ SHELL_CREDENTIALS, { "/var/lib/kubelet/pki", NULL, NULL } },
	{ SHELL_MINER, { "stratum+tcp", NULL, NULL } },
	{ SHELL_MINER, { "stratum+ssl", NULL, NULL } },
	{ SHELL_MINER, { "xmrig", NULL, NULL } },
	{ SHELL_MINER, { "--donate-level", NULL, NULL } },
	{ SHELL_ESCAPE, { "nsenter", "-t 1", NULL } },
	{ SHELL_ESCAPE, { "nsenter", "--target 1", NULL } },
	{ SHELL_ESCAPE, { "nsenter", "--target=1", NULL } },
	{ SHELL_ESCAPE, { "nsenter", "-t1", NULL } },
	{ SHELL_ESCAPE, { "chroot /host", NULL, NULL } },
	{ SHELL_ESCAPE, { "release_agent", NULL, NULL } },
	{ SHELL_ESCAPE, { "/proc/1/root", NULL, NULL } },
};

/* What follows "nc " must be its own word: "rsync -e ssh" is no netcat. */
static bool
has_netcat(struct span command)
{
	struct span nc = SPAN("nc ");
	size_t at = span_search(command, nc);

	while (at < command.len) {
		if (at == 0 || memchr(" /;|", command.at[at - 1], 4) != NULL)
			return true;
		at += 1 + span_search(span_skip(command, at + 1), nc);
	}
	return false;
}

static bool
has_part(struct span command, const char *part)
{
	if (strcmp(part, "nc ") == 0)
		return has_netcat(command);
	return memmem(command.at, command.len, part, strlen(part)) != NULL;
}

static bool
has_sign(struct span command, const struct sign *sign)
{
	for (size_t i = 0; i < COUNTOF(sign->parts); i++)
		if (sign->parts[i] != NULL &&
		    !has_part(command, sign->parts[i]))
			return false;
	return true;
}

enum shell_intent
shell_intent_of(struct span command)
{
	char room[SHELL_COMMAND_BYTES];
	struct span lower;
	size_t len = 0;

	/* Once in lower case, for all the signs. */
	for (; len < command.len && len < sizeof(room); len++) {
		char c = command.at[len];

		room[len] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
	if (len == 0)
		return SHELL_ORDINARY;
	lower = span_of(room, len);
	for (size_t i = 0; i < COUNTOF(signs); i++)
		if (has_sign(lower, &signs[i]))
			return signs[i].intent;
	return SHELL_ORDINARY;
}

const char *
shell_intent_text(enum shell_intent intent)
{
	switch (intent) {
	case SHELL_ORDINARY:
		return "";
	case SHELL_REVERSE:
		return "opens a reverse shell";
	case SHELL_FETCH_RUN:
		return "runs what it has just downloaded or decoded";
	case SHELL_CREDENTIALS:
		return "reads credentials of the node, the pod or the cloud";
	case SHELL_MINER:
		return "mines cryptocurrency";
	case SHELL_ESCAPE:
		return "leaves the container for its host";
	}
	return "";
}
