/*
 * UnauthorizedAccess:EC2/RDPBruteForce - somebody guesses RDP passwords: a
 * stranger ours (low: the internet does it all day), or ours another's
 * (high: our host is compromised).
 *
 * Sources     VPC flow logs
 * Key         the pair of addresses
 * Statistic   short connections in 10 to 20 minutes, against a bound and
 *             against what this pair usually has (src/detect/guess.h).  A
 *             session that follows guesses from a place new to the
 *             account: Medium
 * References  https://attack.mitre.org/techniques/T1110/
 */
#include "detect/guess.h"

#define PORT 3389

static const struct param params[GUESS_PARAMS] = {
	[GUESS_ATTEMPTS] = { "attempts", 30, 3, 1e6,
	    "login attempts within 10 to 20 minutes" },
	[GUESS_PACKETS] = { "packets", 60, 6, 1e6,
	    "packets that a failed login sends at most" },
	[GUESS_BYTES] = { "bytes", 12000, 200, 1e9,
	    "bytes that a failed login sends at most" },
};

static bool
match(const struct event *ev)
{
	return guess_match(ev, PORT);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	guess_observe(d, ev, state, SPAN("RDP"));
}

DETECTOR(rdp_brute_force) = {
	.type = "UnauthorizedAccess:EC2/RDPBruteForce",
	.title = "{attacker} guesses RDP passwords of {victim}",
	.story = "{attacker} opened {attempts} short RDP connections to "
		 "{victim}, each as long as a failed login. {outcome}. Our "
		 "host {local} ({instance}) is the {role}.",
	.mitre = "T1110",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_VPCFLOW,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_COUNTS,
	.severity = SEVERITY_LOW,
	.confidence = 0.7,
	.when = DETECT_EACH,
	.match = match,
	.key = DETECT_KEY_ACTOR_PEER,
	.state_size = sizeof(struct guess),
	.state_version = 2,
	.state_ttl_s = 14 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};
