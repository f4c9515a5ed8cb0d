#include "sequence/keys.h"

#include "base/hash.h"
#include "base/ip.h"

#define ALWAYS UINT32_MAX

/* What kind of key: part of its hash. */
enum key_kind {
	KEY_PRINCIPAL = 1,
	KEY_SESSION,
	KEY_ACCESS_KEY,
	KEY_PERSON, /* a mail address, wherever it signed in */
	KEY_USER,
	KEY_ACCOUNT_OF_SERVICE,
	KEY_SERVICE_SUBJECT, /* the same, of whatever cluster */
	KEY_POD,
	KEY_REPLICAS, /* a workload, as what its pods do shows it */
	KEY_INSTANCE,
	KEY_ADDRESS,
	KEY_LOCAL,
	KEY_DOMAIN,
};

struct keys {
	struct sequence_key *list;
	size_t count;
};

static void
add(struct keys *k, enum key_kind kind, struct span scope, struct span name,
    uint32_t joins)
{
	struct hash_state h;
	uint64_t hash;

	if (span_is_empty(name) || k->count == SEQUENCE_KEYS_MAX)
		return;
	h = hash_begin(&HASH_KEY_DEFAULT, kind);
	hash_more(&h, scope);
	hash_more(&h, name);
	hash = hash_end(&h);
	k->list[k->count++] =
	    (struct sequence_key){ hash != 0 ? hash : 1, joins };
}

static void
add_global(struct keys *k, enum key_kind kind, struct span name, uint32_t joins)
{
	add(k, kind, span_of(NULL, 0), name, joins);
}

/* "karin@example.org" of "oidc:karin@example.org"; empty: no mail address. */
static struct span
person_of(struct span name)
{
	size_t at = span_rfind(name, '@'), from = 0;

	if (at == name.len || at == 0)
		return span_of(NULL, 0);
	for (size_t i = 0; i < at; i++) {
		if (name.at[i] == ':' || name.at[i] == '/')
			from = i + 1;
	}
	return span_skip(name, from);
}

/* --- Kubernetes ----------------------------------------------------------- */

static bool
is_service_account(struct span name)
{
	return span_starts(name, SPAN("system:serviceaccount:"));
}

/* What controllers do is what others made them do. */
static bool
is_controller(struct span name)
{
	return span_starts(name, SPAN("system:serviceaccount:kube-system:")) &&
	       span_ends(name, SPAN("-controller"));
}

static void
add_service_account(struct keys *k, struct span cluster, struct span name)
{
	if (is_controller(name))
		return;
	if (!span_is_empty(cluster))
		add(k, KEY_ACCOUNT_OF_SERVICE, cluster, name, ALWAYS);
	/* AWS names the account without its cluster, and many clusters may
	 * have one of that name. */
	add_global(
	    k, KEY_SERVICE_SUBJECT, name, span_is_empty(cluster) ? ALWAYS : 1);
}

static void
add_kubernetes_user(struct keys *k, const struct chain_step *s)
{
	struct span user = s->text[CHAIN_ACTOR], person = person_of(user);

	if (is_service_account(user))
		add_service_account(k, s->text[CHAIN_CLUSTER], user);
	else if (!span_is_empty(person))
		add_global(k, KEY_PERSON, person, ALWAYS);
	else if (!span_starts(user, SPAN("system:")))
		add(k, KEY_USER, s->text[CHAIN_CLUSTER], user, ALWAYS);
}

/* Flows and names do not say it, the inventory may. */
static struct span
cluster_of(const struct chain_step *s)
{
	return span_is_empty(s->text[CHAIN_CLUSTER])
		   ? s->fact[CHAIN_CLUSTER_KNOWN]
		   : s->text[CHAIN_CLUSTER];
}

/* "shop/debug-7f" of "shop/Pod/debug-7f" too. */
static void
add_in_namespace(struct keys *k, enum key_kind kind, const struct chain_step *s,
    struct span name, uint32_t joins)
{
	size_t first = span_find(name, '/', 0);
	size_t last = span_rfind(name, '/');
	struct hash_state h;

	if (first == name.len || k->count == SEQUENCE_KEYS_MAX)
		return;
	h = hash_begin(&HASH_KEY_DEFAULT, kind);
	hash_more(&h, cluster_of(s));
	hash_more(&h, span_first(name, first));
	hash_more(&h, span_skip(name, last + 1));
	k->list[k->count++] = (struct sequence_key){ hash_end(&h) | 1, joins };
}

static void
add_pod(struct keys *k, const struct chain_step *s, struct span name)
{
	add_in_namespace(k, KEY_POD, s, name, 1);
}

/*
 * What the pod of an address does: the replicas of one workload run the same
 * program, so they are one; whoever changed the workload or entered the pod
 * is the other party.
 */
static void
add_pod_of_address(struct keys *k, const struct chain_step *s)
{
	struct span workload = s->fact[CHAIN_WORKLOAD];

	if (span_is_empty(s->fact[CHAIN_POD]))
		return;
	add_in_namespace(k, KEY_REPLICAS, s, workload, ALWAYS);
	add_pod(k, s, workload);
	add_pod(k, s, s->fact[CHAIN_POD]);
}

/* --- AWS ------------------------------------------------------------------ */

static void
add_principal(struct keys *k, const struct chain_step *s)
{
	struct span name = s->text[CHAIN_ACTOR];
	struct span session = s->fact[CHAIN_SESSION];
	struct span user = s->fact[CHAIN_USER_NAME];

	if (is_service_account(user))
		add_service_account(k, s->text[CHAIN_CLUSTER], user);
	if (span_is_empty(session)) {
		/* A service acts for whoever told it to. */
		if (span_starts(name, SPAN("arn:")))
			add_global(k, KEY_PRINCIPAL, name, ALWAYS);
		return;
	}
	add(k, KEY_SESSION, name, session, ALWAYS);
	add_global(k, KEY_PERSON, person_of(session), ALWAYS);
	if (span_starts(session, SPAN("i-")))
		add_global(k, KEY_INSTANCE, session, ALWAYS);
}

/* The role behind a session, last: many may assume it. */
static void
add_role(struct keys *k, const struct chain_step *s)
{
	if (!span_is_empty(s->fact[CHAIN_SESSION]) &&
	    span_starts(s->text[CHAIN_ACTOR], SPAN("arn:")))
		add_global(k, KEY_PRINCIPAL, s->text[CHAIN_ACTOR], 1);
}

/* A user that something was done to, by the name under which it acts. */
static void
add_target_user(struct keys *k, const struct chain_step *s)
{
	struct buf arn = { 0 };
	struct span name = s->text[CHAIN_RESOURCE];

	if (s->source != SOURCE_CLOUDTRAIL ||
	    span_is_empty(s->text[CHAIN_ACCOUNT]) || span_is_empty(name))
		return;
	if (span_starts(name, SPAN("arn:")))
		buf_add(&arn, name);
	else
		buf_printf(&arn, "arn:aws:iam::%.*s:user/%.*s",
		    SPAN_ARGS(s->text[CHAIN_ACCOUNT]), SPAN_ARGS(name));
	add_global(k, KEY_PRINCIPAL, buf_span(&arn), ALWAYS);
	buf_done(&arn);
}

/* --- addresses ------------------------------------------------------------ */

/* Private addresses mean something within their account or cluster. */
static struct span
private_scope(const struct chain_step *s)
{
	if (!span_is_empty(s->text[CHAIN_ACCOUNT]))
		return s->text[CHAIN_ACCOUNT];
	if (!span_is_empty(s->text[CHAIN_CLUSTER]))
		return s->text[CHAIN_CLUSTER];
	return s->text[CHAIN_TENANT];
}

static void
add_address(struct keys *k, const struct chain_step *s, struct span text,
    uint32_t joins)
{
	struct ip ip;

	if (!ip_parse(text, &ip))
		return;
	if (ip_is_private(&ip))
		add(k, KEY_LOCAL, private_scope(s), text, joins);
	else
		add_global(k, KEY_ADDRESS, text, joins);
}

/* --- all of it ------------------------------------------------------------ */

static void
add_actor(struct keys *k, const struct chain_step *s)
{
	struct span name = s->text[CHAIN_ACTOR];
	enum entity_kind kind = s->actor_kind;

	if (kind == ENTITY_PRINCIPAL)
		add_principal(k, s);
	else if (kind == ENTITY_USER || kind == ENTITY_SERVICE_ACCOUNT)
		add_kubernetes_user(k, s);
	else if (kind == ENTITY_POD || kind == ENTITY_WORKLOAD)
		add_pod(k, s, name);
	else if (kind == ENTITY_INSTANCE)
		add_global(k, KEY_INSTANCE, name, ALWAYS);
	else if (kind == ENTITY_ADDRESS)
		add_address(k, s, name, ALWAYS);
}

/* "ServiceAccount shop/web" is how rights name system:serviceaccount:shop:web.
 */
static void
add_target_service_account(struct keys *k, const struct chain_step *s)
{
	struct span rest = s->text[CHAIN_RESOURCE];
	struct buf name = { 0 };
	struct span ns;

	if (is_service_account(rest)) {
		add_service_account(k, s->text[CHAIN_CLUSTER], rest);
		return;
	}
	rest = span_skip(rest, span_rfind(rest, ' ') + 1);
	ns = span_cut(&rest, '/');
	if (span_is_empty(ns) || span_is_empty(rest))
		return;
	buf_printf(&name, "system:serviceaccount:%.*s:%.*s", SPAN_ARGS(ns),
	    SPAN_ARGS(rest));
	add_service_account(k, s->text[CHAIN_CLUSTER], buf_span(&name));
	buf_done(&name);
}

/* What it was done to may act next. */
static void
add_resource(struct keys *k, const struct chain_step *s)
{
	struct span name = s->text[CHAIN_RESOURCE];
	enum entity_kind kind = s->resource_kind;

	if (kind == ENTITY_ACCESS_KEY)
		add_global(k, KEY_ACCESS_KEY, name, ALWAYS);
	else if (kind == ENTITY_PRINCIPAL || kind == ENTITY_USER)
		add_target_user(k, s);
	else if (kind == ENTITY_SERVICE_ACCOUNT)
		add_target_service_account(k, s);
	else if (kind == ENTITY_INSTANCE)
		add_global(k, KEY_INSTANCE, name, ALWAYS);
	else if (kind == ENTITY_POD || kind == ENTITY_WORKLOAD)
		add_pod(k, s, name);
	else if (kind == ENTITY_ADDRESS)
		add_address(k, s, name, 1);
	else if (kind == ENTITY_DOMAIN)
		add_global(k, KEY_DOMAIN, name, 2);
}

size_t
sequence_keys(
    const struct chain_step *s, struct sequence_key keys[SEQUENCE_KEYS_MAX])
{
	struct keys k = { keys, 0 };
	bool flow = s->source == SOURCE_VPCFLOW || s->source == SOURCE_DNS;
	bool named;

	add_actor(&k, s);
	add_global(&k, KEY_ACCESS_KEY, s->fact[CHAIN_ACCESS_KEY], ALWAYS);
	named = k.count > 0;
	add_resource(&k, s);
	/* A node has many pods: of flows and names it joins few.  Who has no
	 * name is known by the address. */
	if (flow) {
		add_pod_of_address(&k, s);
		add_global(&k, KEY_INSTANCE, s->fact[CHAIN_INSTANCE], 1);
	} else {
		add_address(&k, s, s->fact[CHAIN_REMOTE], named ? 1 : ALWAYS);
	}
	add_role(&k, s);
	return k.count;
}
