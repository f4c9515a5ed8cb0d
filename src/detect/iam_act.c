#include "detect/iam_act.h"

#include <math.h>

/* On so many of the last 30 days a call is a habit. */
#define HABIT_DAYS 3
#define SEVERITY_LEAST 1.0
#define FACTS_MORE 6

struct habit {
	struct usual call, place, account_place, agent;
	bool known;   /* the account is known for long enough */
	bool usual;   /* the actor makes such calls, from where it always is */
	bool custom;  /* with such parameters too, day by day */
	bool strange; /* neither place nor program were seen before */
};

bool
iam_act_by_someone(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return ev->outcome == OUTCOME_OK && !ct->from_service &&
	       !span_starts(ct->issuer_name, SPAN("AWSServiceRoleFor")) &&
	       !span_equal(ct->event_type, SPAN("AwsServiceEvent"));
}

/* "UpdateFunctionCode20150331v2" is "UpdateFunctionCode". */
static bool
is_call(struct span name, struct span wanted)
{
	/* The last letter tells most names apart without a comparison. */
	if (name.len < wanted.len ||
	    name.at[wanted.len - 1] != wanted.at[wanted.len - 1] ||
	    !span_starts(name, wanted))
		return false;
	return name.len == wanted.len ||
	       (name.at[wanted.len] >= '0' && name.at[wanted.len] <= '9');
}

const struct iam_act *
iam_act_find(
    const struct iam_act *rows, size_t count, const struct cloudtrail *ct)
{
	for (size_t i = 0; i < count; i++) {
		if (is_call(ct->name, rows[i].name) &&
		    (span_is_empty(rows[i].service) ||
			span_equal(ct->service, rows[i].service)))
			return &rows[i];
	}
	return NULL;
}

struct json_value
iam_act_request(const struct event *ev)
{
	struct json_value request =
	    json_get(ev->record, SPAN("requestParameters"));
	struct json_iter it = json_iter(request);
	struct json_value member;
	struct span key;

	if (json_is(request, JSON_OBJECT) &&
	    json_next_member(&it, &key, &member) &&
	    span_ends(key, SPAN("Request")) && json_is(member, JSON_OBJECT))
		return member;
	return request;
}

static struct json_value
first_item(struct json_value v)
{
	struct json_iter it = json_iter(v);
	struct json_value item;

	while (json_is(v, JSON_ARRAY)) {
		if (!json_next_item(&it, &item))
			return (struct json_value){ 0 };
		v = item;
		it = json_iter(v);
	}
	return v;
}

struct json_value
iam_act_at(struct json_value v, struct span path)
{
	while (path.at != NULL && path.len > 0)
		v = json_get(first_item(v), span_cut(&path, '.'));
	return first_item(v);
}

struct span
iam_act_text(struct json_value v, struct span path)
{
	return json_string(iam_act_at(v, path));
}

struct span
iam_act_short(struct span name)
{
	size_t slash = span_rfind(name, '/'), colon = span_rfind(name, ':');

	if (slash + 1 < name.len)
		return span_skip(name, slash + 1);
	if (span_starts(name, SPAN("arn:")) && colon + 1 < name.len)
		return span_skip(name, colon + 1);
	return name;
}

struct span
iam_act_database(struct json_value request)
{
	static const struct span keys[] = { SPAN_INIT("dBInstanceIdentifier"),
		SPAN_INIT("dBClusterIdentifier"),
		SPAN_INIT("dBSecurityGroupName") };
	struct span name = span_of(NULL, 0);

	for (size_t i = 0; i < COUNTOF(keys) && span_is_empty(name); i++)
		name = json_get_string(request, keys[i]);
	return name;
}

static struct span
shared_with(struct json_value item)
{
	static const struct span keys[] = { SPAN_INIT("userId"),
		SPAN_INIT("group"), SPAN_INIT("organizationArn"),
		SPAN_INIT("organizationalUnitArn") };
	struct span name = json_string(item);

	for (size_t i = 0; i < COUNTOF(keys) && span_is_empty(name); i++)
		name = json_get_string(item, keys[i]);
	return name;
}

enum policy_reach
iam_act_share(struct json_value list, const struct event *ev, struct span *who)
{
	enum policy_reach most = POLICY_OWN;
	struct json_iter it = json_iter(list);
	struct json_value item;

	while (json_is(list, JSON_ARRAY) && json_next_item(&it, &item)) {
		struct span name = shared_with(item);
		enum policy_reach r = policy_reach_of(name, ev->account);

		if (r > most) {
			most = r;
			*who = name;
		}
	}
	return most;
}

bool
iam_act_is_partner(struct detect *d, struct span account)
{
	struct usual usual;

	if (span_is_empty(account))
		return false;
	detect_usual_value(d, SCOPE_TENANT, FEATURE_PEER, account, &usual);
	return usual.days >= HABIT_DAYS;
}

/* Neither place nor program were seen before; of somebody new every program
 * is new: then the account's count. */
static bool
is_strange(struct detect *d, struct habit *h)
{
	detect_usual(d, SCOPE_TENANT, FEATURE_NETWORK, &h->account_place);
	detect_usual(d, SCOPE_ACTOR, FEATURE_AGENT, &h->agent);
	if (h->agent.known_days < DETECT_KNOWN_DAYS)
		detect_usual(d, SCOPE_TENANT, FEATURE_AGENT, &h->agent);
	return !(h->account_place.count > 0) && !(h->agent.count > 0);
}

static struct habit
habit_of(struct detect *d, const struct event *ev, struct span what)
{
	struct habit h = { .known = false };
	struct usual account, peers, act;
	bool at_home, peers_do;

	detect_usual(d, SCOPE_TENANT, FEATURE_API, &account);
	detect_usual(d, SCOPE_ACTOR, FEATURE_API, &h.call);
	detect_usual(d, SCOPE_PEERS, FEATURE_API, &peers);
	detect_usual(d, SCOPE_ACTOR, FEATURE_NETWORK, &h.place);
	h.strange = is_strange(d, &h);
	h.known = account.known_days >= DETECT_KNOWN_DAYS;
	if (!h.known) {
		h.strange = false;
		return h;
	}
	/* Somebody new is at home wherever others of the account are. */
	at_home =
	    h.place.count > 0 || (h.place.known_days < DETECT_KNOWN_DAYS &&
				     h.account_place.count > 0);
	/* All IAM users of a path are peers of each other, which says little:
	 * a key of a machine does not do what an administrator does. */
	peers_do = peers.days >= HABIT_DAYS &&
		   !span_equal(ev->cloudtrail->identity_type, SPAN("IAMUser"));
	h.usual = at_home && (h.call.days >= HABIT_DAYS || peers_do);
	detect_usual_value(d, SCOPE_ACTOR, FEATURE_OBJECT, what, &act);
	h.custom = at_home && act.days >= HABIT_DAYS;
	return h;
}

bool
iam_act_is_assumed_root(const struct event *ev)
{
	struct json_value assumed =
	    json_get(json_get(json_get(ev->record, SPAN("userIdentity")),
			 SPAN("sessionContext")),
		SPAN("assumedRoot"));

	return json_is_true(assumed) ||
	       span_equal(json_string(assumed), SPAN("true"));
}

static double
severity_of(const struct iam_act_report *r, const struct habit *h)
{
	if (r->always)
		return r->severity;
	if (r->strange_only && !h->strange)
		return 0;
	/* What was told on so many days is the work of somebody whom nobody
	 * minds; the call alone says less, as most of its uses are harmless. */
	if (h->custom)
		return 0;
	if (h->usual)
		return r->severity - IAM_ACT_BAND;
	if (h->strange && r->severity < SEVERITY_MEDIUM)
		return SEVERITY_MEDIUM;
	return r->severity;
}

static size_t
explain(struct evidence *why, struct detect *d, const struct iam_act_report *r,
    const struct habit *h)
{
	size_t n = 0;

	if (r->feature != NULL)
		why[n++] = (struct evidence){ .feature = r->feature,
			.observed = r->observed,
			.number = r->number,
			.expected = NAN };
	why[n++] = (struct evidence){ .feature = feature_text(FEATURE_API),
		.observed = detect_feature(d, FEATURE_API),
		.expected = NAN,
		.usual = &h->call };
	why[n++] = (struct evidence){ .feature = feature_text(FEATURE_NETWORK),
		.observed = detect_feature(d, FEATURE_NETWORK),
		.expected = NAN,
		.usual = &h->place };
	return n;
}

/* What kind of thing the target is: of IAM somebody. */
static enum entity_kind
kind_of(const struct iam_act_report *r, const struct event *ev)
{
	if (r->target_kind != ENTITY_NONE)
		return r->target_kind;
	if (span_is_empty(r->target))
		return ENTITY_ACCOUNT;
	return span_equal(ev->cloudtrail->service, SPAN("iam"))
		   ? ENTITY_PRINCIPAL
		   : ENTITY_OBJECT;
}

void
iam_act_raise(
    struct detect *d, const struct event *ev, const struct iam_act_report *r)
{
	struct habit h;
	struct evidence why[3];
	struct fact facts[FACTS_MORE + 2];
	size_t nfacts = 0, nwhy;
	double severity;

	if (r->strange_only && !is_strange(d, &h))
		return;
	h = habit_of(d, ev, r->what);
	severity = severity_of(r, &h);
	if (detect_is_own_account(d, policy_account(r->who)))
		severity = 0;
	else if (!h.usual && iam_act_is_partner(d, policy_account(r->who)))
		severity -= IAM_ACT_BAND;
	if (severity < SEVERITY_LEAST && !h.custom)
		return;
	detect_learn(d, SCOPE_ACTOR, FEATURE_OBJECT, r->what);
	if (severity < SEVERITY_LEAST)
		return;
	for (size_t i = 0; i < r->nfacts && nfacts < FACTS_MORE; i++)
		facts[nfacts++] = r->facts[i];
	facts[nfacts++] = (struct fact){ "what", r->what };
	facts[nfacts++] = (struct fact){ "subject", r->who };
	nwhy = explain(why, d, r, &h);
	detect_raise(d,
	    &(struct raise){ .as = r->as,
		.severity = severity,
		.resource_kind = kind_of(r, ev),
		.resource = span_is_empty(r->target) ? ev->account : r->target,
		.why = why,
		.nwhy = nwhy,
		.facts = facts,
		.nfacts = nfacts });
}

void
iam_act_report_row(
    struct detect *d, const struct event *ev, const struct iam_act *row)
{
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = row->severity,
		.what = row->what,
		.target = iam_act_short(
		    iam_act_text(iam_act_request(ev), row->key)) });
}
