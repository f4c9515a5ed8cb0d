/*
 * Persistence:IAM/AccountManipulation - a way to sign in was made for somebody
 * else: a key, a password, a certificate.
 *
 * Sources     CloudTrail
 * Key         account: users that were made lately
 * Statistic   none: the user is not the caller. Medium and high for a user
 *             that was there before, a band lower for one that was made in
 *             the same hour, as when a colleague joins.
 * References  https://attack.mitre.org/techniques/T1098/001/
 *             https://attack.mitre.org/techniques/T1136/003/
 */
#include "base/hash.h"
#include "detect/iam_act.h"

#define USERS_KEPT 16
/* Who is made and gets a key within this time is new. */
#define NEW_US ((int64_t)3600 * 1000000)

struct state {
	uint64_t user[USERS_KEPT]; /* hashes of names of users just made */
	int64_t made_us[USERS_KEPT];
	uint32_t count; /* ever added; a ring */
};

static const struct iam_act acts[] = {
	{ SPAN_INIT("iam"), SPAN_INIT("CreateUser"), SEVERITY_LOW,
	    SPAN_INIT("a user was made"), SPAN_INIT("userName") },
	{ SPAN_INIT("iam"), SPAN_INIT("CreateAccessKey"), SEVERITY_MEDIUM,
	    SPAN_INIT("A key was made for another user"),
	    SPAN_INIT("userName") },
	{ SPAN_INIT("iam"), SPAN_INIT("CreateLoginProfile"), SEVERITY_HIGH,
	    SPAN_INIT("A console password was made for another user"),
	    SPAN_INIT("userName") },
	{ SPAN_INIT("iam"), SPAN_INIT("UpdateLoginProfile"), SEVERITY_MEDIUM,
	    SPAN_INIT("The console password of another user was replaced"),
	    SPAN_INIT("userName") },
	{ SPAN_INIT("iam"), SPAN_INIT("UploadSSHPublicKey"), SEVERITY_MEDIUM,
	    SPAN_INIT("An SSH key was added for another user"),
	    SPAN_INIT("userName") },
	{ SPAN_INIT("iam"), SPAN_INIT("UploadSigningCertificate"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("A signing certificate was added for another user"),
	    SPAN_INIT("userName") },
	{ SPAN_INIT("iam"), SPAN_INIT("CreateServiceSpecificCredential"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("A password for one service was made for another user"),
	    SPAN_INIT("userName") },
	{ SPAN_INIT("iam"), SPAN_INIT("ResetServiceSpecificCredential"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("A password for one service was replaced for another "
		      "user"),
	    SPAN_INIT("userName") },
	{ SPAN_INIT("transfer"), SPAN_INIT("ImportSshPublicKey"), SEVERITY_LOW,
	    SPAN_INIT("An SSH key was added for a file transfer user"),
	    SPAN_INIT("userName") },
};

static bool
of_kind(const struct event *ev)
{
	return iam_act_find(acts, COUNTOF(acts), ev->cloudtrail) != NULL;
}

static bool
is_new(const struct state *st, uint64_t user, int64_t now_us)
{
	for (uint32_t i = 0; i < USERS_KEPT && i < st->count; i++) {
		if (st->user[i] == user && now_us - st->made_us[i] < NEW_US)
			return true;
	}
	return false;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct iam_act *act =
	    iam_act_find(acts, COUNTOF(acts), ev->cloudtrail);
	struct span whose = iam_act_text(iam_act_request(ev), act->key);
	uint64_t user = hash_span(&HASH_KEY_DEFAULT, whose);
	struct state *st = state;

	if (act == acts) {
		st->user[st->count % USERS_KEPT] = user;
		st->made_us[st->count++ % USERS_KEPT] = ev->time_us;
		return;
	}
	if (span_is_empty(whose) ||
	    span_equal(whose, ev->cloudtrail->user_name))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){
		.severity = act->severity -
			    (is_new(st, user, ev->time_us) ? IAM_ACT_BAND : 0),
		.what = act->what,
		.target = whose,
		.target_kind = ENTITY_USER });
}

DETECTOR(credentials_for_other) = {
	.type = "Persistence:IAM/AccountManipulation",
	.title = "{what}: {resource}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever holds it acts as {resource}, with "
		 "all rights of {resource}, until it is taken away.",
	.mitre = "T1098.001 T1136.003",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.key = DETECT_KEY_TENANT,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 45 * 24 * 3600,
	.observe = observe,
};
