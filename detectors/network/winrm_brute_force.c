/*
 * Impact:EC2/WinRMBruteForce - somebody guesses passwords of Windows Remote
 * Management: a stranger ours (low), or ours another's (high: our host is
 * compromised).
 *
 * Sources     VPC flow logs
 * Key         the pair of addresses
 * Statistic   short connections in 10 to 20 minutes, against a bound and
 *             against what this pair usually has (src/detect/guess.h).  A
 *             session that follows guesses from a place new to the
 *             account: Medium
 * References  https://attack.mitre.org/techniques/T1110/
 *
 * Tools that manage hosts talk WinRM all day: with few hosts each for long,
 * and on every day, which the usual number takes in.
 */
#include "detect/guess.h"

#define PORT 5985
#define PORT_TLS 5986

static const struct param params[GUESS_PARAMS] = {
	[GUESS_ATTEMPTS] = { "attempts", 40, 3, 1e6,
	    "login attempts within 10 to 20 minutes" },
	[GUESS_PACKETS] = { "packets", 30, 6, 1e6,
	    "packets that a failed login sends at most" },
	[GUESS_BYTES] = { "bytes", 8000, 200, 1e9,
	    "bytes that a failed login sends at most" },
};

static bool
match(const struct event *ev)
{
	return guess_match(ev, PORT) || guess_match(ev, PORT_TLS);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	guess_observe(d, ev, state, SPAN("WinRM"));
}

DETECTOR(winrm_brute_force) = {
	.type = "Impact:EC2/WinRMBruteForce",
	.title = "{attacker} guesses WinRM passwords of {victim}",
	.story = "{attacker} opened {attempts} short WinRM connections to "
		 "{victim}, each as long as a failed login. {outcome}. Our "
		 "host {local} ({instance}) is the {role}.",
	.mitre = "T1110 T1021.006",
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
