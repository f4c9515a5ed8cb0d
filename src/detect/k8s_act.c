#include "detect/k8s_act.h"

#include <math.h>
#include <stdio.h>

#include "base/ip.h"
#include "detect/k8s_request.h"

#define HABIT_DAYS 3	/* then it is what this actor does */
#define TOGETHER_DAYS 3 /* ... what people here do */
#define TEXT_BYTES 256
#define NAME_BYTES 40

struct weight {
	struct usual mine, ours; /* the act: by this actor, by anyone */
	struct usual network, agent, ours_network;
	unsigned known_days; /* of the cluster */
	bool odd_network, odd_agent;
};

bool
k8s_act_by_hand(struct span agent)
{
	static const char *const products[] = { "kubectl", "curl", "Wget",
		"python", "k9s", "Lens", "oc/", "HTTPie", "Mozilla", "browser",
		"PostmanRuntime" };

	for (size_t i = 0; i < COUNTOF(products); i++)
		if (span_starts(agent, span_str(products[i])))
			return true;
	return false;
}

/* Never seen of an actor that is known well enough to say so. */
static bool
is_odd(const struct usual *u)
{
	return u->known_days >= DETECT_KNOWN_DAYS && u->count <= 0;
}

static void
ask_act(
    struct detect *d, struct span who, struct span what, struct usual *usual)
{
	char room[TEXT_BYTES];
	int len = snprintf(room, sizeof(room), "acts of %.*s",
	    SPAN_ARGS(span_first(who, 200)));

	detect_workload(d, len > 0 ? span_str(room) : SPAN("acts"));
	detect_usual_value(d, SCOPE_WORKLOAD, FEATURE_OBJECT, what, usual);
	detect_learn(d, SCOPE_WORKLOAD, FEATURE_OBJECT, what);
	usual->nnames = 0; /* a lesson may move all names */
}

/* Who acts as somebody else is the one who acts. */
static struct span
doer(struct detect *d, const struct event *ev)
{
	return span_is_empty(ev->audit->impersonated) ? detect_actor(d)->name
						      : ev->audit->user;
}

static void
ask(struct detect *d, const struct event *ev, struct span what,
    struct weight *w)
{
	struct usual cluster;

	detect_usual(d, SCOPE_TENANT, FEATURE_API, &cluster);
	detect_usual(d, SCOPE_ACTOR, FEATURE_NETWORK, &w->network);
	detect_usual(d, SCOPE_TENANT, FEATURE_NETWORK, &w->ours_network);
	detect_usual(d, SCOPE_ACTOR, FEATURE_AGENT, &w->agent);
	ask_act(d, doer(d, ev), what, &w->mine);
	ask_act(d, SPAN("*"), what, &w->ours);
	w->known_days = cluster.known_days;
	/* Nodes and VPNs move about in private networks; people may try
	 * another program, machines do not. */
	w->odd_network = is_odd(&w->network) && w->ours_network.count <= 0 &&
			 !detect_roams(&w->network) &&
			 !ip_is_none(&ev->remote) &&
			 !ip_is_private(&ev->remote);
	w->odd_agent = is_odd(&w->agent) &&
		       span_starts(ev->audit->user, SPAN("system:")) &&
		       k8s_act_by_hand(ev->audit->agent);
}

/* A program at its usual place with what it always uses, as far as known. */
static bool
is_program(struct detect *d, const struct event *ev, const struct weight *w)
{
	bool by_hand = k8s_act_by_hand(detect_feature(d, FEATURE_AGENT));

	if (by_hand && w->agent.frequency != FREQUENCY_FREQUENT)
		return false;
	return span_starts(ev->audit->user, SPAN("system:serviceaccount:"));
}

static double
one_band_down(double severity)
{
	if (severity >= SEVERITY_HIGH)
		return SEVERITY_MEDIUM;
	return severity >= SEVERITY_MEDIUM ? SEVERITY_LOW : 0;
}

/* What is low is low from anywhere: an odd origin alone has detectors. */
static double
one_band_up(double severity)
{
	return severity >= 4.0 ? SEVERITY_HIGH : severity;
}

static double
weigh(struct detect *d, const struct event *ev, const struct weight *w,
    double severity)
{
	bool odd = w->odd_network || w->odd_agent;

	if (w->mine.days >= HABIT_DAYS)
		return odd ? one_band_down(severity) : 0;
	if (odd)
		return one_band_up(severity);
	if (is_program(d, ev, w) || w->ours.days >= TOGETHER_DAYS)
		return one_band_down(severity);
	return severity;
}

/* What people call somebody, short enough for the middle of a sentence, whose
 * end must not be cut. */
static struct span
called(struct span name)
{
	size_t slash = span_rfind(name, '/');

	if (slash + 1 < name.len)
		name = span_skip(name, slash + 1);
	return name.len > NAME_BYTES ? span_first(name, NAME_BYTES) : name;
}

/* The sentence {usual}. */
static struct span
say_usual(struct span who, const struct weight *w, char room[TEXT_BYTES])
{
	int len;

	who = called(who);
	if (w->mine.days > 0)
		len = snprintf(room, TEXT_BYTES,
		    "%.*s was seen doing so on %u of the last 30 days",
		    SPAN_ARGS(who), w->mine.days);
	else if (w->ours.days > 0)
		len = snprintf(room, TEXT_BYTES,
		    "Others did so on %u of the last 30 days, %.*s never",
		    w->ours.days, SPAN_ARGS(who));
	else if (w->known_days < DETECT_KNOWN_DAYS)
		len = snprintf(room, TEXT_BYTES,
		    "The log is too young to say whether that is usual here");
	else
		len = snprintf(room, TEXT_BYTES,
		    "Nobody here was seen doing so in the %u days before",
		    w->known_days);
	return len > 0 ? span_str(room) : SPAN("");
}

static void
add(struct evidence *why, size_t *count, struct evidence one)
{
	if (*count < K8S_ACT_WHY_MAX && !span_is_empty(one.observed))
		why[(*count)++] = one;
}

static size_t
explain(struct detect *d, const struct k8s_act *act, const struct weight *w,
    struct evidence *why)
{
	size_t count = 0;

	/* How often it was done before is said by {usual}. */
	add(why, &count,
	    (struct evidence){ .feature = act->what,
		.observed =
		    span_is_empty(act->detail) ? act->resource : act->detail,
		.expected = (double)NAN });
	if (w->odd_network)
		add(why, &count,
		    (struct evidence){ .feature = feature_text(FEATURE_NETWORK),
			.observed = detect_feature(d, FEATURE_NETWORK),
			.expected = (double)NAN,
			.usual = &w->network });
	if (w->odd_agent)
		add(why, &count,
		    (struct evidence){ .feature = feature_text(FEATURE_AGENT),
			.observed = detect_feature(d, FEATURE_AGENT),
			.expected = (double)NAN,
			.usual = &w->agent });
	for (size_t i = 0; i < act->nwhy; i++)
		add(why, &count, act->why[i]);
	return count;
}

void
k8s_act_raise(
    struct detect *d, const struct event *ev, const struct k8s_act *act)
{
	struct evidence why[K8S_ACT_WHY_MAX];
	struct fact facts[K8S_ACT_FACTS_MAX];
	char room[TEXT_BYTES];
	struct weight w;
	double severity;
	size_t count = 0;

	ASSERT(act->nfacts < COUNTOF(facts));
	ask(d, ev, span_str(act->what), &w);
	severity = weigh(d, ev, &w, act->severity);
	if (severity <= 0)
		return;
	for (; count < act->nfacts; count++)
		facts[count] = act->facts[count];
	facts[count++] =
	    (struct fact){ "usual", say_usual(doer(d, ev), &w, room) };
	detect_raise(d, &(struct raise){
			    .severity = severity,
			    .resource_kind = act->resource_kind,
			    .resource = act->resource,
			    .joins = act->joins,
			    .why = why,
			    .nwhy = explain(d, act, &w, why),
			    .facts = facts,
			    .nfacts = count,
			});
}

bool
k8s_act_is_known_way(
    struct detect *d, const char *what, struct span target, const char *way)
{
	struct usual usual;
	char room[320];

	(void)snprintf(room, sizeof(room), "%s %.*s", what,
	    SPAN_ARGS(span_first(target, 280)));
	detect_workload(d, span_str(room));
	detect_usual_value(
	    d, SCOPE_WORKLOAD, FEATURE_OBJECT, span_str(way), &usual);
	detect_learn(d, SCOPE_WORKLOAD, FEATURE_OBJECT, span_str(way));
	return usual.count > 0;
}

bool
k8s_act_done(const struct audit *a)
{
	return k8s_request_succeeded(a) && !k8s_request_by_system(a) &&
	       !span_is_empty(a->user) &&
	       !span_equal(a->user, SPAN("system:anonymous"));
}

bool
k8s_act_match_done(const struct event *ev)
{
	return k8s_act_done(ev->audit);
}

bool
k8s_act_lists(struct json_value array, const char *const *texts)
{
	struct json_iter it = json_iter(array);
	struct json_value item;

	if (!json_is(array, JSON_ARRAY))
		return false;
	while (json_next_item(&it, &item))
		for (size_t i = 0; texts[i] != NULL; i++)
			if (span_equal(json_string(item), span_str(texts[i])))
				return true;
	return false;
}
