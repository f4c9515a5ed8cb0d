#include "detect/iam_anomaly.h"

#include <math.h>
#include <stdio.h>

#include "base/civil.h"
#include "base/hash.h"
#include "stats/cauchy.h"
#include "stats/novelty.h"

/* From so many days on, how many days counts besides how often. */
#define DAYS_MIN 2
#define HALF_LIFE_HOURS (21 * 24.0)
#define SESSION_US (2 * CIVIL_US_PER_HOUR)
/* A value this improbable for the actor is new to it. */
#define NEW_P 0.1
/* A call this improbable as a whole is one of the session's new things; each
 * but the first counts as one in three, of these many at most. */
#define FRESH_P 0.05
#define FURTHER_P (1 / 3.0)
#define FURTHER_MAX 3
/* Hours with calls from which on the actor's own volume is known. */
#define VOLUME_HOURS 8
/* Volumes are wilder than a normal law of their logarithm: one standard
 * deviation is at least a factor of e, and no volume says more than this. */
#define VOLUME_DEVIATION 1.0
#define VOLUME_P_LEAST 1e-6
#define VOLUME_TIMES 3.0
#define REFUSALS_MIN 5
#define GROUPS_MAX 4
#define P_LEAST 1e-15

/* What is known of one feature of the event. */
struct view {
	struct usual actor, tenant;
	double p;	 /* backed off from the actor to the account */
	double p_peers;	 /* among the peers, backed off to the account */
	double p_tenant; /* in the account alone */
};

struct judgement {
	struct view api, region, resource, network, country, agent, hour;
	bool has_country;
	double behaviour, origin, volume, refusals;
	double p;
};

static bool
is_service_role(const struct cloudtrail *ct)
{
	return span_starts(ct->issuer_name, SPAN("AWSServiceRoleFor")) ||
	       span_search(ct->issuer_arn, SPAN(":role/aws-service-role/")) <
		   ct->issuer_arn.len;
}

static bool
is_by_someone(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return !ct->from_service && ev->outcome != OUTCOME_FAILED &&
	       !is_service_role(ct);
}

enum iam_anomaly_s3
iam_anomaly_s3_kind(const struct event *ev)
{
	/* The first that fits; what stands behind the stem may be anything. */
	static const struct {
		struct span stem;
		enum iam_anomaly_s3 kind;
	} stems[] = {
		{ SPAN_INIT("GetObjectAcl"), IAM_ANOMALY_S3_LIST },
		{ SPAN_INIT("GetObject"), IAM_ANOMALY_S3_READ },
		{ SPAN_INIT("SelectObjectContent"), IAM_ANOMALY_S3_READ },
		{ SPAN_INIT("ListObject"), IAM_ANOMALY_S3_LIST },
		{ SPAN_INIT("HeadObject"), IAM_ANOMALY_S3_LIST },
		{ SPAN_INIT("PutObjectAcl"), IAM_ANOMALY_S3_PERMISSION },
		{ SPAN_INIT("PutObject"), IAM_ANOMALY_S3_WRITE },
		{ SPAN_INIT("CopyObject"), IAM_ANOMALY_S3_WRITE },
		{ SPAN_INIT("UploadPart"), IAM_ANOMALY_S3_WRITE },
		{ SPAN_INIT("CreateMultipartUpload"), IAM_ANOMALY_S3_WRITE },
		{ SPAN_INIT("CompleteMultipartUpload"), IAM_ANOMALY_S3_WRITE },
		{ SPAN_INIT("DeleteObject"), IAM_ANOMALY_S3_DELETE },
		{ SPAN_INIT("PutBucketPolicy"), IAM_ANOMALY_S3_PERMISSION },
		{ SPAN_INIT("PutBucketAcl"), IAM_ANOMALY_S3_PERMISSION },
	};
	const struct cloudtrail *ct = ev->cloudtrail;

	if (!span_equal(ct->service, SPAN("s3")))
		return IAM_ANOMALY_S3_NONE;
	for (size_t i = 0; i < COUNTOF(stems); i++) {
		if (span_starts(ct->name, stems[i].stem))
			return stems[i].kind;
	}
	return IAM_ANOMALY_S3_NONE;
}

bool
iam_anomaly_match(const struct event *ev)
{
	return is_by_someone(ev) &&
	       iam_anomaly_s3_kind(ev) == IAM_ANOMALY_S3_NONE;
}

bool
iam_anomaly_match_s3(const struct event *ev)
{
	return iam_anomaly_s3_kind(ev) != IAM_ANOMALY_S3_NONE &&
	       is_by_someone(ev);
}

/*
 * The probability of a value seen this seldom.  For one never seen it is that
 * of anything new: the order is by count, where new is the most extreme, and
 * what is merely rare does not share its tail.
 */
static double
seldom(const struct usual *u)
{
	if (u->n > 0 && !(u->count > 0))
		return fmin(1,
		    (NOVELTY_CONCENTRATION + NOVELTY_DISCOUNT * u->distinct) /
			(NOVELTY_CONCENTRATION + u->n));
	/*
	 * What is done once a day by someone who does a thousand other things
	 * a day is rare among those, and still as sure as the day: on 4 of 5
	 * days is not rare.
	 */
	if (u->days >= DAYS_MIN)
		return fmax(u->p, u->days / (u->known_days + 1.0));
	return u->p;
}

/*
 * A network is kept for a day rather than for a call: homes, phones and
 * hotels give a new one each time.  So a new one is as likely as the part of
 * the actor's days that brought one before; the first does not count.
 */
static double
seldom_network(const struct usual *u)
{
	double p = seldom(u);

	return u->count > 0 ? p : fmin(1, fmax(p, detect_new_a_day(u)));
}

static double
seldom_value(enum feature feature, const struct usual *u)
{
	return feature == FEATURE_NETWORK ? seldom_network(u) : seldom(u);
}

static struct view
look(struct detect *d, enum feature feature)
{
	struct view v = { .p = 1, .p_peers = 1, .p_tenant = 1 };
	struct usual peers;

	if (span_is_empty(detect_feature(d, feature)))
		return v;
	detect_usual(d, SCOPE_TENANT, feature, &v.tenant);
	detect_usual(d, SCOPE_ACTOR, feature, &v.actor);
	if (v.tenant.known_days < DETECT_KNOWN_DAYS ||
	    detect_expected(d, feature))
		return v;
	detect_usual(d, SCOPE_PEERS, feature, &peers);
	v.p_tenant = seldom(&v.tenant);
	v.p_peers = novelty_backoff(
	    seldom(&peers), peers.n, v.p_tenant, DETECT_BACKOFF);
	v.p = novelty_backoff(seldom_value(feature, &v.actor), v.actor.n,
	    v.p_peers, DETECT_BACKOFF);
	if (v.p < NEW_P)
		detect_strange(d, feature);
	return v;
}

/* A new hour: what the last one held becomes usual. */
static void
roll(struct iam_anomaly *st, int64_t hour)
{
	double keep;

	if (hour <= st->hour)
		return;
	keep = exp2(-(double)(hour - st->hour) / HALF_LIFE_HOURS);
	if (st->calls > 0 && !st->raised) {
		decay_mean_add(&st->calls_usual, log1p(st->calls), keep);
		decay_mean_add(&st->bytes_usual, log1p(st->bytes), keep);
	}
	st->refused_most = fmax(keep * st->refused_most, st->refused);
	st->calls = st->bytes = st->refused = 0;
	st->raised = false;
	st->hour = hour;
}

/*
 * The detector sees an activity at each doubling of its count: half of what
 * there is now has come since it was last seen.
 */
static void
add_volume(struct iam_anomaly *st, const struct activity *a)
{
	double share = a->count > 1 ? 0.5 : 1;

	st->calls += share * (double)a->count;
	st->bytes += share * (double)a->bytes;
}

/* How likely a volume of `x` in an hour is; 1 below the floor. */
static double
volume_p(const struct decay_mean *usual, double x, double floor)
{
	double times;

	if (x < floor)
		return 1;
	/* Never seen at it: sizes of new tasks follow a power law. */
	if (usual->weight < VOLUME_HOURS)
		return fmax(floor / x, VOLUME_P_LEAST);
	times = x / fmax(expm1(usual->mean), 1);
	if (times < VOLUME_TIMES)
		return 1;
	return fmax(
	    decay_mean_tail(usual, log1p(x), VOLUME_DEVIATION), VOLUME_P_LEAST);
}

static double
judge_volume(struct detect *d, const struct iam_anomaly *st)
{
	double p[] = { volume_p(&st->calls_usual, st->calls,
			   detect_param(d, IAM_ANOMALY_CALLS)),
		volume_p(&st->bytes_usual, st->bytes,
		    detect_param(d, IAM_ANOMALY_BYTES)) };

	if (p[0] >= 1 && p[1] >= 1)
		return 1;
	return cauchy_combine(p, NULL, COUNTOF(p));
}

/*
 * Cauchy's method over what can be odd.  A usual value has a p near 1, whose
 * term would be as large and negative as the evidence of an odd one is large
 * and positive: all above a half count as a half, which is no evidence.  The
 * tail of the sum, where it is used, is that of the whole form.
 */
static double
weigh(double *p, const double *weight, size_t count)
{
	for (size_t i = 0; i < count; i++)
		p[i] = fmin(p[i], 0.5);
	return cauchy_combine(p, weight, count);
}

static double
judge_behaviour(const struct judgement *j, bool has_resource)
{
	double p[] = { j->api.p, j->api.p_peers, j->api.p_tenant, j->region.p,
		j->resource.p, j->resource.p_peers, j->resource.p_tenant };
	double r = has_resource ? 1 : 0;
	double weight[] = { 1, 0.5, 1, 0.5, r, r / 2, r };

	return weigh(p, weight, COUNTOF(p));
}

static double
judge_origin(const struct judgement *j)
{
	double p[] = { j->network.p, j->network.p_tenant, j->agent.p,
		j->agent.p_tenant, j->hour.p, j->country.p };
	static const double weight[] = { 1, 1, 0.5, 0.5, 1, 1 };

	/* The country only where it is known. */
	return weigh(p, weight, COUNTOF(p) - !j->has_country);
}

/* Remember what is new in the session: a call, or a bucket it is made on. */
static void
note_fresh(struct iam_anomaly *st, struct detect *d, const struct event *ev)
{
	uint64_t hash = hash_mix(detect_feature_key(d, FEATURE_API),
	    detect_feature_key(d, FEATURE_RESOURCE));

	st->new_us = ev->time_us;
	for (uint32_t i = 0; i < st->nfresh; i++) {
		if (st->fresh[i] == hash)
			return;
	}
	if (st->nfresh < IAM_ANOMALY_NEW)
		st->fresh[st->nfresh++] = hash;
}

static void
combine(struct judgement *j)
{
	double p[GROUPS_MAX] = { j->behaviour, j->origin };
	size_t count = 2;

	/* Only kinds of which there is something to say: they were asked
	 * for by a floor, not by their p. */
	if (j->volume < 1)
		p[count++] = j->volume;
	if (j->refusals < 1)
		p[count++] = j->refusals;
	j->p = cauchy_fisher(p, count);
}

/* What the session adds to one call. */
static void
add_session(struct detect *d, const struct event *ev, struct iam_anomaly *st,
    struct judgement *j)
{
	bool odd = j->api.p < NEW_P || j->resource.p < NEW_P;

	if (ev->time_us - st->new_us > SESSION_US)
		st->nfresh = 0;
	if (odd && j->p < FRESH_P)
		note_fresh(st, d, ev);
	if (odd && st->nfresh > 1 &&
	    j->origin <= detect_param(d, IAM_ANOMALY_ORIGIN))
		j->p *= pow(FURTHER_P, fmin(st->nfresh - 1, FURTHER_MAX));
	j->p = fmax(j->p, P_LEAST);
}

static void
judge(struct detect *d, const struct iam_anomaly *st, struct judgement *j)
{
	j->api = look(d, FEATURE_API);
	j->region = look(d, FEATURE_REGION);
	j->resource = look(d, FEATURE_RESOURCE);
	j->network = look(d, FEATURE_NETWORK);
	j->country = look(d, FEATURE_COUNTRY);
	j->has_country = !span_is_empty(detect_feature(d, FEATURE_COUNTRY));
	j->agent = look(d, FEATURE_AGENT);
	j->hour = look(d, FEATURE_HOUR);
	/* Nobody else was there either, as always with one that roams, as long
	 * as it brings the program that it always has. */
	if (detect_roams(&j->network.actor) && j->agent.p >= NEW_P)
		j->network.p_tenant = 1;
	j->behaviour =
	    judge_behaviour(j, detect_feature_key(d, FEATURE_RESOURCE) != 0);
	j->origin = judge_origin(j);
	j->volume = judge_volume(d, st);
	j->refusals = st->refused < REFUSALS_MIN
			  ? 1
			  : (1 + st->refused_most) / (1 + st->refused);
}

struct lines {
	struct evidence list[10];
	size_t count;
};

static void
add_view(struct lines *l, struct detect *d, const struct view *v,
    enum feature feature)
{
	struct span text = detect_feature(d, feature);

	if (span_is_empty(text))
		return;
	l->list[l->count++] = (struct evidence){
		.feature = feature_text(feature),
		.observed = text,
		.expected = NAN,
		.usual = &v->actor,
	};
}

static void
add_number(struct lines *l, const char *what, double number, double usual)
{
	l->list[l->count++] = (struct evidence){
		.feature = what, .number = number, .expected = usual
	};
}

static void
explain(struct lines *l, struct detect *d, const struct iam_anomaly *st,
    const struct judgement *j)
{
	add_view(l, d, &j->api, FEATURE_API);
	l->list[l->count++] = (struct evidence){
		.feature = "API in the account",
		.observed = detect_feature(d, FEATURE_API),
		.expected = NAN,
		.usual = &j->api.tenant,
	};
	add_view(l, d, &j->resource, FEATURE_RESOURCE);
	add_view(l, d, &j->network, FEATURE_NETWORK);
	add_view(l, d, &j->country, FEATURE_COUNTRY);
	add_view(l, d, &j->agent, FEATURE_AGENT);
	add_view(l, d, &j->hour, FEATURE_HOUR);
	if (j->volume < 1) {
		add_number(l, "such calls in this hour", st->calls,
		    expm1(st->calls_usual.mean));
		add_number(l, "bytes read in this hour", st->bytes,
		    expm1(st->bytes_usual.mean));
	}
	if (j->refusals < 1)
		add_number(l, "new refusals in this hour", st->refused,
		    st->refused_most);
}

/* "a new network, a new user agent": what is odd, in the order above. */
static const char *
say_odd(const struct judgement *j, char *room, size_t size)
{
	const struct {
		bool odd;
		const char *text;
	} of[] = {
		{ j->api.p < NEW_P, "an unusual API" },
		{ j->resource.p < NEW_P, "an unusual resource" },
		{ j->network.p < NEW_P, "an unusual network" },
		{ j->country.p < NEW_P, "an unusual country" },
		{ j->agent.p < NEW_P, "an unusual program" },
		{ j->hour.p < NEW_P, "an unusual hour" },
		{ j->volume < NEW_P, "an unusual amount" },
		{ j->refusals < 1, "many refusals" },
	};
	size_t used = 0;

	room[0] = '\0';
	for (size_t i = 0; i < COUNTOF(of); i++) {
		if (of[i].odd && used < size)
			used += (size_t)snprintf(room + used, size - used,
			    "%s%s", used ? ", " : "", of[i].text);
	}
	return used ? room : "an unusual combination";
}

static void
raise(struct detect *d, struct iam_anomaly *st, const struct judgement *j)
{
	struct lines l = { .count = 0 };
	char odd[160], calls[24];
	const struct fact facts[] = {
		{ "odd", span_str(say_odd(j, odd, sizeof(odd))) },
		{ "calls", span_of(calls, (size_t)snprintf(calls, sizeof(calls),
					      "%.0f", st->calls)) },
	};

	st->raised = true;
	explain(&l, d, st, j);
	detect_raise(d, &(struct raise){ .p = j->p,
			    .why = l.list,
			    .nwhy = l.count,
			    .facts = facts,
			    .nfacts = COUNTOF(facts) });
}

void
iam_anomaly_observe(
    struct detect *d, const struct event *ev, struct iam_anomaly *st)
{
	const struct activity *a = detect_activity(d);
	struct judgement j = { .p = 1 };
	struct usual account;

	roll(st, civil_hour(ev->time_us));
	if (ev->outcome == OUTCOME_DENIED) {
		st->refused += a->count == 1;
		return;
	}
	add_volume(st, a);
	detect_usual(d, SCOPE_TENANT, FEATURE_API, &account);
	if (account.known_days < DETECT_KNOWN_DAYS)
		return;
	if (detect_routine(d) && judge_volume(d, st) >= 1)
		return;
	judge(d, st, &j);
	combine(&j);
	add_session(d, ev, st, &j);
	if (st->nfresh < detect_param(d, IAM_ANOMALY_APIS) && j.volume >= NEW_P)
		return;
	if (j.p <= detect_param(d, IAM_ANOMALY_P))
		raise(d, st, &j);
}
