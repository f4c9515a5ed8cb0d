/*
 * UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS - the
 * credentials of a machine are used from another place than the machine
 * itself.
 *
 * Sources     CloudTrail
 * Key         role of the machine: its temporary keys
 * Statistic   none: one temporary key, used from a second public network of
 *             the same address family within its life. A network that the
 *             role came from on earlier days, private addresses and other
 *             families are the machine's own ways out. A program that the key
 *             or the role is known for is medium: it may be a second way out.
 *             When a second machine of the role comes from there, too, with
 *             such a program, it is one.
 *             A program of a laptop's system, new to the role, says the
 *             same at once. With AWS's ranges (`geo: {aws_ranges}`) an
 *             address that is not AWS's is outside at the first call, high
 *             when the same key was seen inside; and a second one of EC2 in
 *             another region or a network new to the role is somebody
 *             else's machine: the type InsideAWS.
 * References  https://attack.mitre.org/techniques/T1552/005/
 *             https://attack.mitre.org/techniques/T1078/004/
 */
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "detect/iam_act.h"
#include "detect/place.h"
#include "event/normalise.h"

/* It has a file of its own, for what needs no ranges. */
extern const struct detector detector_instance_credentials_inside;

#define KEYS_KEPT 48

struct credential {
	uint64_t key; /* hash of the access key; 0: free */
	uint64_t agent;
	struct ip way[2]; /* the way out, by address family; none: not seen */
	int64_t last_us;
};

struct state {
	struct credential list[KEYS_KEPT];
	struct ip moved_to;  /* the last new network that was told ... */
	uint64_t moved_from; /* ... and the key that came from there */
};

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return ct->from_instance && !ct->from_service &&
	       !ip_is_none(&ev->remote) && !ip_is_private(&ev->remote) &&
	       !span_is_empty(ct->access_key);
}

/* The key's row, or the one that was not used for longest, emptied. */
static struct credential *
find(struct state *st, uint64_t key)
{
	struct credential *oldest = &st->list[0];

	for (size_t i = 0; i < KEYS_KEPT; i++) {
		if (st->list[i].key == key)
			return &st->list[i];
		if (st->list[i].last_us < oldest->last_us)
			oldest = &st->list[i];
	}
	*oldest = (struct credential){ .key = key };
	return oldest;
}

static bool
is_same_network(const struct ip *a, const struct ip *b)
{
	char x[IP_TEXT_BYTES + 8], y[IP_TEXT_BYTES + 8];

	return !strcmp(normalise_network(a, x), normalise_network(b, y));
}

static uint64_t
agent_of(struct detect *d)
{
	return hash_span(&HASH_KEY_DEFAULT, detect_feature(d, FEATURE_AGENT));
}

/* Programs say on what they run; machines that are rented are no laptops. */
static bool
is_laptop(struct span agent)
{
	static const struct span names[] = { SPAN_INIT("Darwin/"),
		SPAN_INIT("os/macos"), SPAN_INIT("Macintosh") };

	for (size_t i = 0; i < COUNTOF(names); i++) {
		if (span_search(agent, names[i]) < agent.len)
			return true;
	}
	return false;
}

struct report {
	const struct detector *as;
	double severity;
	struct span odd, before, region; /* of AWS, where it is used */
};

static void
raise_as(struct detect *d, const struct event *ev, const struct report *r)
{
	const struct fact facts[] = {
		{ "odd", r->odd },
		{ "elsewhere", SPAN("another place of AWS in") },
		{ "way", SPAN("which is an address of AWS in") },
	};
	struct span before = r->before;

	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .as = r->as,
		.severity = r->severity,
		.what = SPAN("the key of a machine is used elsewhere"),
		.target = normalise_session_name(ev->cloudtrail),
		.target_kind = ENTITY_INSTANCE,
		.feature =
		    span_is_empty(before) ? NULL : "the same key before, from",
		.observed = before,
		.facts = facts,
		.nfacts = r->region.len > 0 ? COUNTOF(facts) : 1,
		.who = r->region,
		.always = true });
}

static void
raise(struct detect *d, const struct event *ev, double severity,
    struct span odd, struct span before)
{
	raise_as(d, ev,
	    &(struct report){
		.severity = severity, .odd = odd, .before = before });
}

static void
judge_program(struct detect *d, const struct event *ev)
{
	struct usual program;

	detect_usual(d, SCOPE_ACTOR, FEATURE_AGENT, &program);
	if (program.days == 0)
		raise(d, ev, SEVERITY_HIGH,
		    SPAN("by a program that runs on a laptop"),
		    span_of(NULL, 0));
}

/* A second machine at the same new network: the way out was replaced. */
static bool
is_new_way_out(struct state *st, const struct event *ev, uint64_t key)
{
	if (st->moved_from != 0 && st->moved_from != key &&
	    is_same_network(&st->moved_to, &ev->remote))
		return true;
	st->moved_from = key;
	st->moved_to = ev->remote;
	return false;
}

static void
judge_place(struct detect *d, const struct event *ev, struct state *st,
    const struct credential *c)
{
	const struct ip *before = &c->way[ip_is_v4(&ev->remote)];
	char text[IP_TEXT_BYTES];
	struct usual place, program;
	bool usual_program;

	detect_usual(d, SCOPE_ACTOR, FEATURE_NETWORK, &place);
	if (place.days > 0)
		return;
	detect_usual(d, SCOPE_ACTOR, FEATURE_AGENT, &program);
	usual_program =
	    program.days >= DETECT_KNOWN_DAYS || c->agent == agent_of(d);
	if (usual_program && (place.known_days < DETECT_KNOWN_DAYS ||
				 is_new_way_out(st, ev, c->key)))
		return;
	raise(d, ev, usual_program ? SEVERITY_MEDIUM : SEVERITY_HIGH,
	    SPAN("which is not where it was used before"),
	    span_str(ip_format(before, text)));
}

/* Not an address of AWS: no machine of EC2 has it, but some go out through
 * an office's network. */
static void
judge_outside(
    struct detect *d, const struct event *ev, const struct credential *c)
{
	char text[IP_TEXT_BYTES] = "";
	const struct ip *inside = &c->way[1];
	struct usual role, account;
	bool office;

	if (ip_is_none(inside))
		inside = &c->way[0];
	detect_usual(d, SCOPE_ACTOR, FEATURE_NETWORK, &role);
	detect_usual(d, SCOPE_TENANT, FEATURE_NETWORK, &account);
	if (role.days > 0)
		return;
	office = account.days >= DETECT_KNOWN_DAYS ||
		 account.known_days < DETECT_KNOWN_DAYS;
	if (ip_is_none(inside) && office)
		return;
	raise(d, ev,
	    ip_is_none(inside) || office ? SEVERITY_MEDIUM : SEVERITY_HIGH,
	    SPAN("which is no address of AWS"),
	    span_str(ip_format(inside, text)));
}

/* Regions by which the role went out before, as values of its own. */
static struct span
way_out(const struct geo_place *place, char room[64])
{
	(void)snprintf(room, 64, "way out in %s", place->aws_region);
	return span_str(room);
}

/* Both are EC2's: a machine has one region and few ways out. */
static void
judge_inside(struct detect *d, const struct event *ev, const struct ip *before,
    const struct geo_place *now)
{
	char text[IP_TEXT_BYTES], room[64];
	struct geo_place then;
	struct usual place, region;
	bool moved;

	detect_place(d, before, &then);
	detect_usual_value(
	    d, SCOPE_ACTOR, FEATURE_OBJECT, way_out(now, room), &region);
	moved = strcmp(then.aws_region, now->aws_region) != 0 &&
		!(region.count > 0);
	detect_usual(d, SCOPE_ACTOR, FEATURE_NETWORK, &place);
	if (!moved && (place.days > 0 || place.known_days < DETECT_KNOWN_DAYS))
		return;
	raise_as(d, ev,
	    &(struct report){ .as = &detector_instance_credentials_inside,
		.severity = moved ? SEVERITY_HIGH : SEVERITY_MEDIUM,
		.odd = SPAN("which is not where it was used before"),
		.before = span_str(ip_format(before, text)),
		.region = span_str(now->aws_region) });
}

static void
judge_by_ranges(struct detect *d, const struct event *ev, struct credential *c)
{
	struct ip *way = &c->way[ip_is_v4(&ev->remote)];
	struct geo_place place;
	char room[64];

	detect_place(d, &ev->remote, &place);
	if (!place.aws) {
		judge_outside(d, ev, c);
		return;
	}
	if (ip_is_none(way)) {
		*way = ev->remote;
		detect_learn(
		    d, SCOPE_ACTOR, FEATURE_OBJECT, way_out(&place, room));
	} else if (place.aws_customer && !is_same_network(way, &ev->remote)) {
		judge_inside(d, ev, way, &place);
	}
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct credential *c = find(state,
	    hash_span(&HASH_KEY_DEFAULT, ev->cloudtrail->access_key) | 1);
	struct ip *way = &c->way[ip_is_v4(&ev->remote)];

	c->last_us = ev->time_us;
	if (is_laptop(ev->cloudtrail->agent))
		judge_program(d, ev);
	if (detect_has_ranges(d)) {
		judge_by_ranges(d, ev, c);
		return;
	}
	if (ip_is_none(way)) {
		*way = ev->remote;
		if (c->agent == 0)
			c->agent = agent_of(d);
		return;
	}
	if (!is_same_network(way, &ev->remote))
		judge_place(d, ev, state, c);
}

DETECTOR(instance_credentials_outside) = {
	.type = "UnauthorizedAccess:IAMUser/"
		"InstanceCredentialExfiltration.OutsideAWS",
	.title = "Credentials of instance {session} are used from "
		 "{remote}",
	.story = "The temporary key {access_key} of instance {session} was "
		 "used from "
		 "{remote} for {service} {api}, {odd}. Unless that is a "
		 "new way out of its network, somebody carried the key of "
		 "role {role_name} away from its machine.",
	.mitre = "T1552.005 T1078.004",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE | DETECT_NEEDS_GEO,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.when = DETECT_EACH,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 2,
	.state_ttl_s = 45 * 24 * 3600,
	.observe = observe,
};
