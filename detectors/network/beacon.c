/*
 * Backdoor:EC2/Beaconing - a host calls a rare place at regular intervals,
 * as implants do to ask for orders.
 *
 * Sources     VPC flow logs: calls that a host began to a public address
 * Key         the pair of addresses
 * Statistic   regularity of the last 32 calls (stats/beacon.h), for hours;
 *             the place is one that few hosts of the account talk to and that
 *             it has begun to talk to only lately, and the host does not call
 *             many places at that interval
 * References  detection.md 3.7 (RITA);
 * https://attack.mitre.org/techniques/T1071/
 *
 * Each new connection's row begins when the connection does, so rows of new
 * client ports are true times even where rows are made every ten minutes.  A
 * connection that stays open has a row in each interval, under one port: not
 * counted, its regularity is the log's own.  Regular calls of old are
 * somebody's agent or monitor; where the account is too young to know, the
 * finding is low.
 */
#include <math.h>
#include <stdio.h>

#include "detect/detector.h"
#include "detect/flows.h"
#include "stats/beacon.h"

#define BEATS 32
#define BEATS_JUDGED 12
/* Connections closer than this are one beat. */
#define BURST_S 20
#define LARGE_ROW_BYTES 65536

enum { SCORE, HOURS, NEW_DAYS, PERIOD, HOSTS, PLACES };

static const struct param params[] = {
	[SCORE] = { "score", 0.75, 0.3, 1, "regularity from 0 to 1" },
	[HOURS] = { "hours", 6, 1, 240, "hours it must last" },
	[NEW_DAYS] = { "new_days", 3, 0, 29,
	    "days the account is known before the place is" },
	[PERIOD] = { "period", 45, 20, 3600, "shortest interval in seconds" },
	[HOSTS] = { "hosts", 4, 1, 1e6,
	    "hosts that may talk to the place, gateways and replaced pods "
	    "included" },
	[PLACES] = { "places", 3, 1, 1e6,
	    "places that a host may call at one interval and be told of; who "
	    "calls more is a monitor" },
};

struct state {
	int64_t since_us; /* regular since */
	uint32_t time_s[BEATS];
	uint32_t bytes[BEATS];
	uint16_t port; /* client's port of the last beat */
	uint8_t beats;
	uint8_t regular; /* full rings in a row that were regular */
	bool counted;	 /* among the places that the host calls so */
};

static bool
match(const struct event *ev)
{
	const struct flow *f = ev->flow;

	return f->initiated && f->action == FLOW_ACCEPT &&
	       f->bytes < LARGE_ROW_BYTES && f->service_port != 53 &&
	       f->service_port != 123 && flows_is_sent(f) &&
	       flows_is_tcp_or_udp(f) && !ip_is_private(&f->peer);
}

/* Keep a beat in order of time; false when it belongs to a kept one. */
static bool
keep_beat(struct state *st, uint32_t time_s, uint64_t bytes)
{
	unsigned at = st->beats;

	while (at > 0 && st->time_s[at - 1] > time_s)
		at--;
	if ((at > 0 && time_s - st->time_s[at - 1] < BURST_S) ||
	    (at < st->beats && st->time_s[at] - time_s < BURST_S))
		return false;
	for (unsigned i = st->beats; i > at; i--) {
		st->time_s[i] = st->time_s[i - 1];
		st->bytes[i] = st->bytes[i - 1];
	}
	st->time_s[at] = time_s;
	st->bytes[at] = (uint32_t)bytes;
	st->beats++;
	return true;
}

static struct beacon
score(const struct state *st)
{
	int64_t times[BEATS];
	double bytes[BEATS];

	for (unsigned i = 0; i < st->beats; i++) {
		times[i] = st->time_s[i];
		bytes[i] = st->bytes[i];
	}
	return beacon_score_times(&(struct beacon_times){
	    .time_s = times,
	    .bytes = bytes,
	    .count = st->beats,
	    .span_s = times[st->beats - 1] - times[0] + 1,
	});
}

/* A full ring is judged once and begun anew. */
static void
turn_ring(struct state *st, bool regular)
{
	if (regular && st->regular == 0)
		st->since_us = (int64_t)st->time_s[0] * 1000000;
	st->regular = regular ? (uint8_t)fmin(st->regular + 1, 250) : 0;
	st->beats = 0;
}

/* The severity that a beacon to this place deserves; 0: none. */
static double
judge_place(struct detect *d, struct usual *account)
{
	struct usual hosts;

	detect_usual(d, SCOPE_RESOURCE, FEATURE_USER, &hosts);
	if (hosts.distinct > detect_param(d, HOSTS))
		return 0;
	detect_usual(d, SCOPE_TENANT, FEATURE_PEER, account);
	if (account->known_days >= account->days + detect_param(d, NEW_DAYS))
		return SEVERITY_MEDIUM;
	return account->known_days < 7 ? SEVERITY_LOW : 0;
}

struct verdict {
	struct beacon beacon;
	double hours, severity;
	char interval[48];
	struct usual account; /* how the account knows the place */
};

static void
set_interval(struct verdict *v)
{
	bool seconds = v->beacon.period_s < 120;

	(void)snprintf(v->interval, sizeof(v->interval), "%.0f %s",
	    v->beacon.period_s / (seconds ? 1 : 60),
	    seconds ? "seconds" : "minutes");
}

/* Somebody who looks after many places at one interval, this one among them:
 * certificates, health, prices. */
static bool
is_monitor(struct detect *d, struct state *st, const struct verdict *v)
{
	struct usual places;
	char what[64];

	(void)snprintf(what, sizeof(what), "called every %s", v->interval);
	detect_usual_value(
	    d, SCOPE_ACTOR, FEATURE_OBJECT, span_str(what), &places);
	if (!st->counted)
		detect_learn(d, SCOPE_ACTOR, FEATURE_OBJECT, span_str(what));
	else
		places.count -= 1;
	st->counted = true;
	return places.count > detect_param(d, PLACES) - 0.5;
}

static void
raise_beacon(struct detect *d, const struct event *ev, const struct verdict *v)
{
	const struct beacon *b = &v->beacon;
	char lasting[32], peer[IP_TEXT_BYTES];

	(void)snprintf(lasting, sizeof(lasting), "%.0f", v->hours);

	struct evidence why[] = {
		{ "interval in seconds", SPAN(""), round(b->period_s), NAN,
		    NULL },
		{ "regularity", SPAN(""), b->score, NAN, NULL },
		{ "hours of regular calls", SPAN(""), round(v->hours), 0,
		    NULL },
		{ "destination", detect_feature(d, FEATURE_PEER), 0, 0,
		    &v->account },
	};
	struct fact facts[] = {
		{ "interval", span_str(v->interval) },
		{ "hours", span_str(lasting) },
	};

	detect_raise(
	    d, &(struct raise){
		   .severity = v->severity,
		   .resource_kind = ENTITY_ADDRESS,
		   .resource = span_str(ip_format(&ev->flow->peer, peer)),
		   .why = why,
		   .nwhy = COUNTOF(why),
		   .facts = facts,
		   .nfacts = COUNTOF(facts),
	       });
}

/* Take the row as a beat; true when the ring is due to be judged. */
static bool
take_beat(struct state *st, const struct event *ev)
{
	const struct flow *f = ev->flow;
	int64_t time_s = ev->time_us / 1000000;

	if (flows_is_relayed(f) || time_s < 0 || time_s > UINT32_MAX ||
	    (f->src_port != 0 && f->src_port == st->port))
		return false;
	st->port = f->src_port;
	return keep_beat(st, (uint32_t)time_s, f->bytes) &&
	       st->beats >= BEATS_JUDGED && st->beats % 4 == 0;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	struct verdict v;
	bool regular, full;

	if (!take_beat(st, ev))
		return;
	full = st->beats == BEATS;
	v.hours = (double)ev->time_us / 3.6e9 -
		  (st->regular ? (double)st->since_us / 3.6e9
			       : st->time_s[0] / 3600.0);
	if (!full && v.hours < detect_param(d, HOURS))
		return;
	v.beacon = score(st);
	regular = v.beacon.score >= detect_param(d, SCORE) &&
		  v.beacon.period_s >= detect_param(d, PERIOD);
	if (full)
		turn_ring(st, regular);
	if (!regular || v.hours < detect_param(d, HOURS))
		return;
	v.severity = judge_place(d, &v.account);
	if (!(v.severity > 0))
		return;
	set_interval(&v);
	if (!is_monitor(d, st, &v))
		raise_beacon(d, ev, &v);
}

DETECTOR(beacon) = {
	.type = "Backdoor:EC2/Beaconing",
	.title = "{local} calls {peer} every {interval}",
	.story = "{local} ({instance}) has called {peer} at port {port} every "
		 "{interval} for {hours} hours. Hardly any other host of the "
		 "account talks to that place.",
	.mitre = "T1071 T1573",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_VPCFLOW,
	.needs = CARRIED_ACTION | CARRIED_COUNTS,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_PKT_ADDRESS,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.6,
	.when = DETECT_EACH,
	.match = match,
	.key = DETECT_KEY_ACTOR_PEER,
	.state_size = sizeof(struct state),
	.state_version = 2,
	.state_ttl_s = 4 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};
