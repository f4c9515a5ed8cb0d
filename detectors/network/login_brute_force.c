/*
 * UnauthorizedAccess:EC2/LoginBruteForce - somebody guesses passwords at a
 * port of the user's choice: SSH elsewhere than at 22, FTP, Telnet, VNC.
 *
 * Sources     VPC flow logs
 * Key         the pair of addresses
 * Statistic   short connections in 10 to 20 minutes, against a bound and
 *             against what this pair usually has (src/detect/guess.h).  A
 *             session that follows guesses from a place new to the
 *             account: Medium
 * References  https://attack.mitre.org/techniques/T1110/
 *
 * Databases are not among the ports of the start: programs that open a
 * connection for each question look like guessing.
 */
#include "detect/guess.h"

enum { PORT_1 = GUESS_PARAMS, PORT_2, PORT_3, PORT_4, PORT_5 };

static const struct param params[] = {
	[GUESS_ATTEMPTS] = { "attempts", 30, 3, 1e6,
	    "login attempts within 10 to 20 minutes" },
	[GUESS_PACKETS] = { "packets", 40, 6, 1e6,
	    "packets that a failed login sends at most" },
	[GUESS_BYTES] = { "bytes", 8000, 200, 1e9,
	    "bytes that a failed login sends at most" },
	[PORT_1] = { "port_1", 2222, 0, 65535, "a port; 0 for none" },
	[PORT_2] = { "port_2", 21, 0, 65535, "another" },
	[PORT_3] = { "port_3", 23, 0, 65535, "another" },
	[PORT_4] = { "port_4", 5900, 0, 65535, "another" },
	[PORT_5] = { "port_5", 0, 0, 65535, "another" },
};

static bool
match(const struct event *ev)
{
	return ev->flow->service_port != 0 && ev->flow->service_port != 443 &&
	       guess_match(ev, ev->flow->service_port);
}

static bool
is_configured(struct detect *d, const struct event *ev)
{
	for (unsigned i = PORT_1; i <= PORT_5; i++) {
		if ((double)ev->flow->service_port == detect_param(d, i))
			return true;
	}
	return false;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	guess_observe(d, ev, state, SPAN("login"));
}

DETECTOR(login_brute_force) = {
	.type = "UnauthorizedAccess:EC2/LoginBruteForce",
	.title = "{attacker} guesses passwords of {victim} at port {port}",
	.story = "{attacker} opened {attempts} short connections to port "
		 "{port} of {victim}, each as long as a failed login. "
		 "{outcome}. Our host {local} ({instance}) is the {role}.",
	.mitre = "T1110",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_VPCFLOW,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_COUNTS,
	.severity = SEVERITY_LOW,
	.confidence = 0.7,
	.when = DETECT_EACH,
	.match = match,
	.select = is_configured,
	.key = DETECT_KEY_ACTOR_PEER,
	.state_size = sizeof(struct guess),
	.state_version = 2,
	.state_ttl_s = 14 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};
