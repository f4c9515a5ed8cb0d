/*
 * Discovery:IAMUser/AccessDeniedEnumeration - a principal tries API after API
 * and is mostly refused, as when stolen keys are probed for what they can do.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   threshold random walk (Jung, Paxson, Berger, Balakrishnan, IEEE
 *             S&P 2004) over the principal's first contacts with an API: it
 *             answers or it refuses.  What a principal has met before, either
 *             way, is no step; so a robot that is refused the same call each
 *             hour stays quiet.  A console page asks for a dozen things at
 *             once, therefore browsers need more refusals.
 * References  https://attack.mitre.org/techniques/T1580/
 */
#include <stdio.h>

#include "base/hash.h"
#include "detect/detector.h"
#include "stats/trw.h"

enum { APIS, SERVICES, BROWSER_APIS, IDLE_H };

static const struct param params[] = {
	[APIS] = { "apis", 6, 2, 1000,
	    "distinct refused APIs that are needed" },
	[SERVICES] = { "services", 2, 1, 50,
	    "distinct services among the refused APIs" },
	[BROWSER_APIS] = { "browser_apis", 18, 2, 1000,
	    "the same when the calls come from a browser" },
	[IDLE_H] = { "idle_h", 12, 1, 720,
	    "hours without a new refusal after which the walk starts anew" },
};

#define FILTER_WORDS 32
#define SERVICES_KEPT 16

struct state {
	struct trw walk;
	int64_t refused_us;	    /* time of the last new refusal */
	uint64_t met[FILTER_WORDS]; /* Bloom filter of (API, refused) */
	uint32_t services[SERVICES_KEPT];
	uint32_t apis;	    /* distinct refused in this walk */
	uint32_t nservices; /* distinct among them */
};

static bool
match(const struct event *ev)
{
	return !ev->cloudtrail->from_service && ev->outcome != OUTCOME_FAILED &&
	       !span_equal(ev->cloudtrail->service, SPAN("signin"));
}

/* Not by the store's key: what a filter takes for another must not depend on
 * where the events are kept. */
static uint64_t
contact(const struct cloudtrail *ct, bool refused)
{
	struct hash_state h = hash_begin(&HASH_KEY_DEFAULT, refused);

	hash_more(&h, ct->service);
	hash_more(&h, ct->name);
	return hash_end(&h);
}

/* Remember the contact; true when it is the first of its kind. */
static bool
is_first(struct state *st, uint64_t hash)
{
	bool fresh = false;

	for (unsigned i = 0; i < 2; i++) {
		unsigned bit =
		    (unsigned)(hash >> (16 * i)) % (FILTER_WORDS * 64);
		uint64_t mask = (uint64_t)1 << (bit % 64);

		fresh |= !(st->met[bit / 64] & mask);
		st->met[bit / 64] |= mask;
	}
	return fresh;
}

static void
note_service(struct state *st, struct span service)
{
	uint32_t hash = (uint32_t)hash_span(&HASH_KEY_DEFAULT, service);

	for (uint32_t i = 0; i < st->nservices; i++) {
		if (st->services[i] == hash)
			return;
	}
	if (st->nservices < SERVICES_KEPT)
		st->services[st->nservices++] = hash;
}

static void
raise(struct detect *d, const struct state *st)
{
	char apis[16];
	const struct evidence why[] = {
		{ .feature = "distinct APIs refused one after the other",
		    .number = st->apis,
		    .expected = 0 },
		{ .feature = "services they belong to",
		    .number = st->nservices,
		    .expected = 0 },
	};
	struct fact facts[] = { { "refused_apis", { NULL, 0 } } };

	(void)snprintf(apis, sizeof(apis), "%u", st->apis);
	facts[0].value = span_str(apis);
	detect_raise(d, &(struct raise){ .p = trw_p(&st->walk),
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts) });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct cloudtrail *ct = ev->cloudtrail;
	bool refused = ev->outcome == OUTCOME_DENIED;
	bool browser = span_starts(ct->agent, SPAN("Mozilla/")) ||
		       span_ends(ct->agent, SPAN(".amazonaws.com"));
	struct state *st = state;
	struct trw_params p = TRW_DEFAULTS;
	int64_t idle_us = (int64_t)(detect_param(d, IDLE_H) * 3600) * 1000000;

	if (!is_first(st, contact(ct, refused)))
		return;
	if (ev->time_us - st->refused_us > idle_us) {
		st->walk = (struct trw){ 0 };
		st->apis = st->nservices = 0;
	}
	if (refused) {
		st->refused_us = ev->time_us;
		st->apis++;
		note_service(st, ct->service);
	}
	if (trw_add(&st->walk, &p, refused ? TRW_FAILURE : TRW_SUCCESS) !=
		TRW_SCANNER ||
	    !refused ||
	    st->apis < detect_param(d, browser ? BROWSER_APIS : APIS) ||
	    st->nservices < detect_param(d, SERVICES))
		return;
	raise(d, st);
}

DETECTOR(access_denied_enumeration) = {
	.type = "Discovery:IAMUser/AccessDeniedEnumeration",
	.title = "{actor} tries APIs and is refused, {refused_apis} so far",
	.story = "{actor} tried {refused_apis} APIs it had never called before "
		 "and was refused, the last being {service} {api} from "
		 "{remote} with {user_agent}. So do people who have found a "
		 "key and want to know what it opens.",
	.mitre = "T1580 T1087.004",
	.tactic = TACTIC_DISCOVERY,
	.sources = DETECT_CLOUDTRAIL,
	.wants = CARRIED_READS,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.7,
	.when = DETECT_ACTIVITY,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 3,
	.state_ttl_s = 45 * 24 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};
