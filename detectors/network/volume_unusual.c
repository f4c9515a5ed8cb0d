/*
 * Behavior:EC2/TrafficVolumeUnusual - a host sends far more to a place
 * outside than it ever sent there, or anywhere.
 *
 * Sources     VPC flow logs: rows of what a host sent, 64 KiB and more
 * Key         the host; within it the networks (/24, /48) it sends most to
 * Statistic   bytes sent to a network in an hour, upper tail of a log-normal
 *             law around what that network usually gets, or, where it is new,
 *             around what any one network gets from this host; with a floor
 * References  detection.md 3.6; https://attack.mitre.org/techniques/T1048/
 *
 * Small rows are left out to keep the work per flow small: 50 MB an hour in
 * rows of less than 64 KiB would be 800 rows.  Nightly copies become usual by
 * themselves, since each hour is learned when it is over.
 */
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "detect/detector.h"
#include "detect/flows.h"
#include "stats/decay_mean.h"

#define LANES 12
#define LEAST_ROW_BYTES 65536
#define HOUR_US INT64_C(3600000000)
#define HALF_LIFE_HOURS (21.0 * 24)
/* Hours of history before a network or a host is judged by its own. */
#define LANE_HOURS 3.0
#define HOST_HOURS 24.0
#define FRESH_HOURS 6.0
/* Days after which a host without outside traffic is known for that. */
#define SILENT_DAYS 7

enum { FLOOR, P_VALUE, TIMES };

static const struct param params[] = {
	[FLOOR] = { "mebibytes", 50, 1, 1e7,
	    "MiB sent to one network in an hour, never less" },
	[P_VALUE] = { "p_value", 1e-4, 1e-30, 0.1, "how rare is too rare" },
	[TIMES] = { "times", 3, 1, 1e6, "times the most ever sent there" },
};

struct lane {
	uint64_t network; /* hash; 0: unused */
	int64_t hour;
	double sum;  /* bytes in this hour */
	double most; /* in an hour, fading */
	double told;
	struct decay_mean usual;
	uint64_t is_fresh; /* new when the host was known */
};

struct state {
	struct lane lanes[LANES];
	struct decay_mean all;	 /* hours of any network */
	struct decay_mean fresh; /* hours of networks that were new */
	double most;		 /* in an hour, to a network that was new */
	int64_t hour;		 /* of the latest lesson */
};

static bool
match(const struct event *ev)
{
	const struct flow *f = ev->flow;

	return f->bytes >= LEAST_ROW_BYTES && f->action != FLOW_REJECT &&
	       flows_is_sent(f) && !ip_is_private(&f->peer);
}

static void
learn(struct state *st, struct lane *l)
{
	double keep = decay_mean_keep(l->hour - st->hour, HALF_LIFE_HOURS);

	if (!(l->sum > 0))
		return;
	st->most *= keep;
	if (l->is_fresh && !(l->usual.weight > 0)) {
		decay_mean_add_volume(&st->fresh, l->sum, keep);
		st->most = fmax(st->most, l->sum);
	}
	decay_mean_add_volume(&l->usual, l->sum, 1);
	decay_mean_add_volume(&st->all, l->sum, keep);
	l->most = fmax(l->most, l->sum);
	if (l->hour > st->hour)
		st->hour = l->hour;
}

static struct lane *
open_lane(struct state *st, uint64_t network, int64_t hour)
{
	struct lane *l = &st->lanes[0];

	for (unsigned i = 0; i < LANES; i++) {
		struct lane *other = &st->lanes[i];

		if (other->network == network) {
			l = other;
			break;
		}
		/* Else the one that was used longest ago. */
		if (other->hour < l->hour)
			l = other;
	}
	if (l->network != network) {
		learn(st, l);
		/* In a host's first hours every place is new. */
		*l = (struct lane){ .network = network,
			.hour = hour,
			.is_fresh = st->all.weight >= HOST_HOURS };
	} else if (hour > l->hour) {
		learn(st, l);
		l->most *= decay_mean_keep(hour - l->hour, HALF_LIFE_HOURS);
		l->hour = hour;
		l->sum = l->told = 0;
	}
	return l;
}

/*
 * ln p for a host that was seen on many days and hardly ever sent anything
 * outside, as databases do: one hour in all those known, of a size that
 * follows a power law from a tenth of the floor on, as all that it sent before
 * was less.  What others send to as well may be its new duty.
 */
static double
judge_silent(struct detect *d, double sum)
{
	struct usual host, place;
	double floor = detect_param(d, FLOOR) * 1048576;

	detect_usual(d, SCOPE_ACTOR, FEATURE_PEER, &host);
	detect_usual(d, SCOPE_TENANT, FEATURE_PEER, &place);
	if (host.known_days < SILENT_DAYS || place.days > 1)
		return 0;
	return log(0.1 * floor / sum) - log(24.0 * host.known_days);
}

/*
 * ln p at a place that is new to this host.  Who often sends much to new
 * places, as those do who serve downloads, is judged by that.
 */
static double
judge_new(struct detect *d, const struct state *st, double sum)
{
	struct usual place;
	double times = detect_param(d, TIMES), log_p;

	if (st->all.weight < HOST_HOURS)
		return judge_silent(d, sum);
	/* New to this host but not to others: its own new duty. */
	detect_usual(d, SCOPE_TENANT, FEATURE_PEER, &place);
	if (place.days > 4)
		times *= 3;
	if (sum < times * st->most)
		return 0;
	log_p = decay_mean_volume_log_tail(&st->all, sum);
	if (st->fresh.weight < FRESH_HOURS)
		return log_p;
	return fmax(log_p, decay_mean_volume_log_tail(&st->fresh, sum));
}

/* ln p of what was sent, 0 when too little is known. */
static double
judge(struct detect *d, const struct state *st, const struct lane *l)
{
	if (l->sum < detect_param(d, TIMES) * l->most)
		return 0;
	if (l->usual.weight < LANE_HOURS)
		return judge_new(d, st, l->sum);
	return decay_mean_volume_log_tail(&l->usual, l->sum);
}

static void
say_amount(double bytes, char *room, size_t size)
{
	if (bytes < 1e9)
		(void)snprintf(room, size, bytes < 1e8 ? "%.1f MB" : "%.0f MB",
		    bytes / 1e6);
	else
		(void)snprintf(room, size, bytes < 1e11 ? "%.1f GB" : "%.0f GB",
		    bytes / 1e9);
}

static void
raise_volume(struct detect *d, const struct event *ev, const struct state *st,
    const struct lane *l, double log_p)
{
	bool known = l->usual.weight >= LANE_HOURS;
	double usual = decay_mean_volume(known ? &l->usual : &st->all);
	char sent[32], expected[32], peer[IP_TEXT_BYTES];
	struct usual place;

	say_amount(l->sum, sent, sizeof(sent));
	if (usual < 5e4)
		(void)snprintf(expected, sizeof(expected), "hardly anything");
	else
		say_amount(usual, expected, sizeof(expected));
	struct evidence why[] = {
		{ known ? "bytes sent there in an hour"
			: "bytes sent to a new place in an hour",
		    SPAN(""), l->sum, usual, NULL },
		{ "most bytes ever sent to a new place in an hour", SPAN(""),
		    st->most, NAN, NULL },
		{ "destination", detect_feature(d, FEATURE_PEER), 0, 0,
		    &place },
	};
	struct fact facts[] = {
		{ "sent", span_str(sent) },
		{ "usual", span_str(expected) },
	};

	detect_usual(d, SCOPE_ACTOR, FEATURE_PEER, &place);
	detect_raise(
	    d, &(struct raise){
		   .p = exp(log_p),
		   .resource_kind = ENTITY_ADDRESS,
		   .resource = span_str(ip_format(&ev->flow->peer, peer)),
		   /* A service answers from many addresses of its network. */
		   .joins = detect_feature(d, FEATURE_PEER),
		   .why = why,
		   .nwhy = COUNTOF(why),
		   .facts = facts,
		   .nfacts = COUNTOF(facts),
	       });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct ip network = ip_network(&ev->flow->peer);
	struct state *st = state;
	struct lane *l;
	double log_p;

	if (flows_is_relayed(ev->flow))
		return;
	l = open_lane(st,
	    hash_span(&HASH_KEY_DEFAULT,
		span_of((const char *)network.byte, sizeof(network.byte))) |
		1,
	    ev->time_us / HOUR_US);
	l->sum += (double)ev->flow->bytes;
	if (l->sum < detect_param(d, FLOOR) * 1048576 || l->sum < 1.5 * l->told)
		return;
	log_p = judge(d, st, l);
	if (log_p > log(detect_param(d, P_VALUE)))
		return;
	l->told = l->sum;
	raise_volume(d, ev, st, l, log_p);
}

DETECTOR(volume_unusual) = {
	.type = "Behavior:EC2/TrafficVolumeUnusual",
	.title = "{local} sends {sent} to {peer} in an hour",
	.story = "{local} ({instance}) sent {sent} to {peer} within an hour; "
		 "{usual} is usual. It has never sent this much there.",
	.mitre = "T1048",
	.tactic = TACTIC_EXFILTRATION,
	.sources = DETECT_VPCFLOW,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_COUNTS,
	.wants = CARRIED_PKT_ADDRESS,
	.severity = SEVERITY_MEDIUM,
	.statistical = true,
	.when = DETECT_EACH,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 30 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};
