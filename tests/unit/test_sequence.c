/* Attack sequences from sets of signals. */
#include "sequence/sequences.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/hash.h"
#include "pipeline/told.h"
#include "store/store.h"
#include "test.h"

#define HOUR CIVIL_US_PER_HOUR
#define MINUTE (60 * CIVIL_US_PER_S)
/* Monday, 2 November 2026. */
#define START (1793577600 * CIVIL_US_PER_S)

static const struct detector_row *
row_of(const char *name)
{
	for (size_t i = 0; i < detector_count; i++) {
		if (strcmp(detector_table[i].name, name) == 0)
			return &detector_table[i];
	}
	fail_msg("no detector %s", name);
	return NULL;
}

/* What a test says of a signal; empty texts are left out. */
struct told_signal {
	const char *detector;
	int64_t at_us;
	const char *actor, *remote, *session, *user_name, *id;
	const char *cluster;
	enum entity_kind resource_kind;
	const char *resource;
	double p; /* 0: a rule */
	bool held;
};

static struct signal
signal_of(const struct told_signal *t)
{
	struct signal s = {
		.row = row_of(t->detector),
		.p = t->p,
		.counted = !t->held,
		.tenant = SPAN("111122223333"),
		.account = SPAN("111122223333"),
		.actor_kind = ENTITY_PRINCIPAL,
		.actor = span_str(t->actor),
		.cluster = span_str(t->cluster),
		.resource_kind = t->resource_kind,
		.resource = span_str(t->resource),
		.time_us = START + t->at_us,
		.first_us = START + t->at_us,
		.count = 1,
	};
	const struct fact facts[] = {
		{ "remote", span_str(t->remote) },
		{ "session", span_str(t->session) },
		{ "user_name", span_str(t->user_name) },
	};

	s.severity = s.row->detector->severity;
	if (t->cluster != NULL) {
		s.source = SOURCE_K8S_AUDIT;
		s.actor_kind =
		    strncmp(t->actor, "system:serviceaccount:", 22) == 0
			? ENTITY_SERVICE_ACCOUNT
			: ENTITY_USER;
	}
	s.event = (struct event_ref){ s.source, span_str(t->id), s.time_us,
		SPAN("parcel") };
	for (size_t i = 0; i < COUNTOF(facts); i++) {
		if (!span_is_empty(facts[i].value))
			s.facts[s.nfacts++] = facts[i];
	}
	return s;
}

static struct sequences *
filled(const struct config *config, const struct told_signal *list, size_t n)
{
	struct sequences *s = sequences_new(config);

	for (size_t i = 0; i < n; i++) {
		struct signal signal = signal_of(&list[i]);

		sequences_take(s, &signal);
	}
	return s;
}

/* How many sequences follow from these; *type is that of the first. */
static size_t
count_of(const struct told_signal *list, size_t n, const char **type)
{
	struct config *config = config_new();
	struct sequences *s = filled(config, list, n);
	size_t count;
	struct finding *const *found = sequences_judge(s, &count);

	if (type != NULL && count > 0)
		*type = finding_detector(found[0])->type;
	sequences_free(s);
	config_free(config);
	return count;
}

#define THIEF "arn:aws:iam::111122223333:user/backup"

static const struct told_signal theft[] = {
	{ .detector = "anomalous_discovery",
	    .at_us = 0,
	    .actor = THIEF,
	    .id = "1",
	    .p = 1e-4 },
	{ .detector = "anomalous_persistence",
	    .at_us = 5 * MINUTE,
	    .actor = THIEF,
	    .id = "2",
	    .p = 1e-4 },
	{ .detector = "admin_granted",
	    .at_us = 9 * MINUTE,
	    .actor = THIEF,
	    .id = "3" },
};

static void
three_tactics_of_one_actor_are_a_sequence(void **state)
{
	const char *type = NULL;

	(void)state;
	assert_int_equal(count_of(theft, 3, &type), 1);
	assert_string_equal(type, "AttackSequence:IAM/CompromisedCredentials");
	assert_int_equal(count_of(theft, 2, NULL), 0);
}

static void
strangers_are_not_one_actor(void **state)
{
	struct told_signal list[3];

	(void)state;
	memcpy(list, theft, sizeof(list));
	list[1].actor = "arn:aws:iam::111122223333:user/ann";
	assert_int_equal(count_of(list, 3, NULL), 0);
}

static void
what_lies_further_apart_than_the_window_is_not_joined(void **state)
{
	struct told_signal list[3];

	(void)state;
	memcpy(list, theft, sizeof(list));
	list[2].at_us = 24 * HOUR;
	assert_int_equal(count_of(list, 3, NULL), 1);
	list[2].at_us++;
	assert_int_equal(count_of(list, 3, NULL), 0);
}

static void
one_act_noticed_for_three_things_is_one_act(void **state)
{
	struct told_signal list[3];

	(void)state;
	memcpy(list, theft, sizeof(list));
	for (size_t i = 0; i < 3; i++) {
		list[i].at_us = 0;
		list[i].id = "same";
	}
	assert_int_equal(count_of(list, 3, NULL), 0);
}

static void
held_signals_weigh_little_but_count(void **state)
{
	struct told_signal list[3];

	(void)state;
	memcpy(list, theft, sizeof(list));
	list[0].held = list[1].held = true;
	assert_int_equal(count_of(list, 3, NULL), 0);
	list[0].p = list[1].p = 1e-7;
	list[0].held = false;
	assert_int_equal(count_of(list, 3, NULL), 1);
}

static void
who_is_noticed_for_it_every_day_makes_no_sequence(void **state)
{
	struct told_signal list[15];
	char ids[15][8];

	(void)state;
	for (size_t i = 0; i < COUNTOF(list); i++) {
		list[i] = theft[i % 3];
		list[i].at_us += (int64_t)(i / 3) * 25 * HOUR;
		list[i].p *= 10; /* a busy role's: just below the limit */
		(void)snprintf(ids[i], sizeof(ids[i]), "%zu", i);
		list[i].id = ids[i];
	}
	/* Three days of it; the same at once is one. */
	assert_int_equal(count_of(list, COUNTOF(list), NULL), 0);
	list[0].p = list[1].p = 1e-4;
	assert_int_equal(count_of(list, COUNTOF(list), NULL), 1);
}

static void
an_address_joins_two_names_but_not_an_office(void **state)
{
	struct told_signal list[3];

	(void)state;
	memcpy(list, theft, sizeof(list));
	for (size_t i = 0; i < 3; i++)
		list[i].remote = "198.51.100.7";
	list[2].actor = "arn:aws:iam::111122223333:user/ann";
	assert_int_equal(count_of(list, 3, NULL), 1);
	list[1].actor = "arn:aws:iam::111122223333:user/bob";
	assert_int_equal(count_of(list, 3, NULL), 0);
}

static void
a_user_that_was_made_goes_on(void **state)
{
	struct told_signal list[3];

	(void)state;
	memcpy(list, theft, sizeof(list));
	list[1].resource_kind = ENTITY_USER;
	list[1].resource = "svc-mon";
	list[2].actor = "arn:aws:iam::111122223333:user/svc-mon";
	assert_int_equal(count_of(list, 3, NULL), 1);
}

static void
a_person_is_one_in_the_cluster_and_in_aws(void **state)
{
	struct told_signal list[3];
	const char *type = NULL;

	(void)state;
	memcpy(list, theft, sizeof(list));
	list[0].actor = "arn:aws:sts::111122223333:assumed-role/Dev/"
			"rosa@example.org";
	list[0].session = "rosa@example.org";
	list[1] = (struct told_signal){ .detector = "secrets_unusual",
		.at_us = MINUTE,
		.actor = "oidc:rosa@example.org",
		.cluster = "prod",
		.id = "a",
		.p = 1e-4 };
	list[2] = (struct told_signal){ .detector = "workload_privileged",
		.at_us = 2 * MINUTE,
		.actor = "rosa@example.org",
		.cluster = "test",
		.id = "b" };
	/* The severity of its raise, not of its descriptor. */
	list[2].detector = "admin_default_service_account";
	assert_int_equal(count_of(list, 3, &type), 1);
	assert_string_equal(type, "AttackSequence:EKS/CompromisedCluster");
}

static void
a_service_account_and_its_web_identity_are_one(void **state)
{
	static const char sa[] = "system:serviceaccount:data:etl";
	struct told_signal list[3];

	(void)state;
	memcpy(list, theft, sizeof(list));
	list[0].actor = sa;
	list[0].detector = "secrets_unusual";
	list[0].cluster = "prod";
	list[1].actor = "federated:oidc.eks";
	list[1].user_name = sa;
	list[2].actor = "federated:oidc.eks";
	list[2].user_name = sa;
	assert_int_equal(count_of(list, 3, NULL), 1);
}

/* --- order ---------------------------------------------------------------- */

#define MANY 240

static uint64_t
next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* Actors, tactics and addresses at random, over six days. */
static void
random_signals(struct told_signal list[MANY], char ids[MANY][12])
{
	static const char *const detectors[] = { "anomalous_discovery",
		"anomalous_persistence", "admin_granted",
		"anomalous_privilege_escalation", "trail_disabled",
		"anomalous_exfiltration", "key_new_origin" };
	static const char *const actors[] = { THIEF,
		"arn:aws:iam::111122223333:user/ann",
		"arn:aws:iam::111122223333:user/bob",
		"arn:aws:iam::111122223333:role/ci" };
	static const char *const addresses[] = { "198.51.100.1", "203.0.113.9",
		"192.0.2.4", NULL };
	uint64_t seed = 7;

	for (size_t i = 0; i < MANY; i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "e%zu", i);
		list[i] = (struct told_signal){
			.detector = detectors[next(&seed) % 7],
			.at_us =
			    (int64_t)(next(&seed) % (6 * 24 * 60)) * MINUTE,
			.actor = actors[next(&seed) % 4],
			.remote = addresses[next(&seed) % 4],
			.id = ids[i],
			.held = next(&seed) % 3 == 0,
		};
		if (row_of(list[i].detector)->detector->statistical)
			list[i].p = 1.0 / (double)(100 + next(&seed) % 100000);
	}
}

static void
say(struct finding *const *found, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++)
		finding_pack(found[i], out);
}

/* What follows when they come in this order, judged in between. */
static void
judge_in_order(const struct told_signal *list, const size_t *order,
    size_t batch, struct buf *out)
{
	struct config *config = config_new();
	struct sequences *s = sequences_new(config);
	struct sequences *shard = sequences_new(config);
	struct finding *const *found;
	size_t count;

	for (size_t i = 0; i < MANY; i++) {
		struct signal signal = signal_of(&list[order[i]]);

		sequences_take(i % 2 ? s : shard, &signal);
		if (i % batch == 0) {
			sequences_move(s, shard);
			(void)sequences_judge(s, &count);
		}
	}
	sequences_move(s, shard);
	found = sequences_judge(s, &count);
	assert_true(count > 0);
	say(found, count, out);
	sequences_free(s);
	sequences_free(shard);
	config_free(config);
}

static void
order_and_batches_change_nothing(void **state)
{
	static struct told_signal list[MANY];
	static char ids[MANY][12];
	size_t order[MANY];
	struct buf first = { 0 };
	uint64_t seed = 1;

	(void)state;
	random_signals(list, ids);
	for (size_t i = 0; i < MANY; i++)
		order[i] = i;
	judge_in_order(list, order, MANY, &first);
	for (size_t round = 0; round < 12; round++) {
		struct buf again = { 0 };

		for (size_t i = MANY - 1; i > 0; i--) {
			size_t k = next(&seed) % (i + 1), was = order[i];

			order[i] = order[k];
			order[k] = was;
		}
		judge_in_order(list, order, 1 + round * 9, &again);
		assert_true(span_equal(buf_span(&first), buf_span(&again)));
		buf_done(&again);
	}
	buf_done(&first);
}

static void
a_flood_of_weak_signals_does_not_drive_out_an_attack(void **state)
{
	struct config *config = config_new();
	struct sequences *s = filled(config, theft, 3);
	size_t count;
	char actor[64], id[16];

	(void)state;
	for (unsigned i = 0; i < 3 * SEQUENCES_STEPS_MAX; i++) {
		struct told_signal t = { .detector = "anomalous_discovery",
			.at_us = MINUTE,
			.actor = actor,
			.id = id,
			.p = 2e-3,
			.held = true };
		struct signal signal;

		(void)snprintf(actor, sizeof(actor), "arn:u%u", i);
		(void)snprintf(id, sizeof(id), "f%u", i);
		signal = signal_of(&t);
		sequences_take(s, &signal);
	}
	(void)sequences_judge(s, &count);
	assert_int_equal(count, 1);
	sequences_free(s);
	config_free(config);
}

static void
the_same_again_within_an_hour_is_one_step(void **state)
{
	struct config *config = config_new();
	struct sequences *s = filled(config, theft, 3);
	struct finding *const *found;
	size_t count;

	(void)state;
	for (size_t i = 0; i < 50; i++) {
		struct told_signal t = theft[0];
		struct signal signal;

		t.at_us += (int64_t)i * CIVIL_US_PER_S;
		signal = signal_of(&t);
		sequences_take(s, &signal);
	}
	found = sequences_judge(s, &count);
	assert_int_equal(count, 1);
	assert_int_equal(found[0]->chain->nsteps, 3);
	assert_int_equal(found[0]->count, 53);
	sequences_free(s);
	config_free(config);
}

/* --- the finding ---------------------------------------------------------- */

static void
it_tells_the_story_in_order(void **state)
{
	struct config *config = config_new();
	struct sequences *s = filled(config, theft, 3);
	struct buf text = { 0 };
	struct span said;
	size_t count;
	struct finding *const *found = sequences_judge(s, &count);

	(void)state;
	assert_int_equal(count, 1);
	assert_true(found[0]->severity >= 9.0);
	assert_int_equal(found[0]->nevents, 3);
	finding_describe(found[0], &text);
	said = buf_span(&text);
	assert_true(span_search(said,
			SPAN("First, 2026-11-02 00:00 UTC, discovery: ")) <
		    span_search(said, SPAN("Then, 00:05 UTC, persistence: ")));
	assert_true(
	    span_search(said, SPAN("Then, 00:09 UTC, privilege ")) < said.len);
	buf_done(&text);
	sequences_free(s);
	config_free(config);
}

static void
it_survives_the_store(void **state)
{
	struct config *config = config_new();
	struct sequences *s = filled(config, theft, 3);
	struct buf once = { 0 }, twice = { 0 };
	struct finding *back;
	size_t count;
	struct finding *const *found = sequences_judge(s, &count);

	(void)state;
	finding_pack(found[0], &once);
	back = finding_unpack(buf_span(&once));
	assert_non_null(back);
	assert_int_equal(back->chain->nsteps, 3);
	finding_pack(back, &twice);
	assert_true(span_equal(buf_span(&once), buf_span(&twice)));
	finding_free(back);
	for (size_t len = 0; len < once.len; len += 7)
		assert_null(finding_unpack(span_first(buf_span(&once), len)));
	buf_done(&once);
	buf_done(&twice);
	sequences_free(s);
	config_free(config);
}

static void
the_configuration_switches_it_off_and_sets_its_severity(void **state)
{
	struct config *config = NULL;
	struct buf error = { 0 };
	struct sequences *s;
	struct finding *const *found;
	size_t count;

	(void)state;
	assert_int_equal(
	    config_parse(SPAN("detectors:\n  \"AttackSequence:*\": "
			      "{severity: high}\n"),
		"c.yaml", &config, &error),
	    STATUS_OK);
	s = filled(config, theft, 3);
	found = sequences_judge(s, &count);
	assert_int_equal(count, 1);
	assert_true(found[0]->severity < 9 && found[0]->severity_was >= 9);
	sequences_free(s);
	config_free(config);
	assert_int_equal(
	    config_parse(SPAN("detectors:\n  \"AttackSequence:*\": "
			      "{enabled: false}\n"),
		"c.yaml", &config, &error),
	    STATUS_OK);
	s = filled(config, theft, 3);
	(void)sequences_judge(s, &count);
	assert_int_equal(count, 0);
	sequences_free(s);
	config_free(config);
	buf_done(&error);
}

/* --- what the store is told ----------------------------------------------- */

struct log {
	unsigned put, news, dropped;
};

static void
on_put(void *cookie, const struct finding *f, bool news)
{
	struct log *l = cookie;

	(void)f;
	l->put++;
	l->news += news;
}

static void
on_drop(void *cookie, const char *id)
{
	struct log *l = cookie;

	(void)id;
	l->dropped++;
}

static void
update(struct told *t, struct sequences *s, int64_t settled_us, struct log *l)
{
	size_t count;
	struct finding *const *found = sequences_judge(s, &count);

	*l = (struct log){ 0 };
	told_update(t, found, count, settled_us,
	    &(struct told_visit){ on_put, on_drop, l });
}

static void
the_store_has_what_follows_now(void **state)
{
	struct config *config = config_new();
	struct sequences *s = filled(config, theft, 3);
	struct told *t = told_new();
	struct told_signal late = theft[0];
	struct signal signal;
	struct log l;

	(void)state;
	update(t, s, INT64_MIN, &l);
	assert_int_equal(l.put, 1);
	assert_int_equal(l.news, 1);
	update(t, s, INT64_MIN, &l);
	assert_int_equal(l.put + l.dropped, 0);
	/* An earlier signal makes it another sequence. */
	late.detector = "key_new_origin";
	late.p = 0;
	late.at_us = -MINUTE;
	late.id = "0";
	signal = signal_of(&late);
	sequences_take(s, &signal);
	update(t, s, INT64_MIN, &l);
	assert_int_equal(l.put, 1);
	assert_int_equal(l.dropped, 1);
	/* What is settled stays, though a part of its signals is gone. */
	sequences_free(s);
	s = sequences_new(config);
	update(t, s, INT64_MAX, &l);
	assert_int_equal(l.put + l.dropped, 0);
	told_free(t);
	sequences_free(s);
	config_free(config);
}

/* --- the store ------------------------------------------------------------ */

static bool
count_finding(void *cookie, const struct store_finding *f)
{
	(void)f;
	++*(size_t *)cookie;
	return true;
}

static void
count_owed(void *cookie, const struct store_owed *owed)
{
	(void)owed;
	++*(size_t *)cookie;
}

static void
count_signal(void *cookie, const struct store_signal *signal)
{
	struct unpack u = unpack_of(signal->packed);
	struct signal *s = signal_unpack(&u);

	assert_non_null(s);
	signal_free(s);
	++*(size_t *)cookie;
}

/* How many signals are recent; *since_us from when on. */
static size_t
recent_signals(struct store *store, int64_t recent_us, int64_t *since_us)
{
	struct store_recent recent = { recent_us, 0 };
	struct buf error = { 0 };
	size_t n = 0;

	assert_int_equal(
	    store_signals_recent(store, &recent, &error), STATUS_OK);
	*since_us = recent.since_us;
	assert_int_equal(
	    store_signals(store, (int64_t[2]){ recent.since_us, INT64_MAX },
		count_signal, &n, &error),
	    STATUS_OK);
	return n;
}

static struct store *
new_store(char *path)
{
	struct buf error = { 0 };
	struct store *store = NULL;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	(void)close(fd);
	(void)unlink(path);
	if (store_open(&(struct store_options){ .path = path }, &store,
		&error) != STATUS_OK)
		fail_msg("%s", buf_text(&error));
	buf_done(&error);
	return store;
}

static void
end_store(struct store *store, const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-lock" };

	store_close(store);
	for (size_t i = 0; i < COUNTOF(ends); i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		(void)unlink(name);
	}
}

static void
expect_stored(struct store *store, size_t findings, size_t owed)
{
	struct buf error = { 0 };
	size_t n = 0;

	assert_int_equal(store_findings(store, &(struct store_wanted){ 0 },
			     count_finding, &n, &error),
	    STATUS_OK);
	assert_int_equal(n, findings);
	n = 0;
	assert_int_equal(
	    store_outbox(store, &(struct store_debt){ "siem", 0, 10 },
		count_owed, &n, &error),
	    STATUS_OK);
	assert_int_equal(n, owed);
}

static void
check_told(void *cookie, const struct store_owed *owed)
{
	const struct store_owed *want = cookie;

	assert_int_equal(owed->revision, want->revision);
	assert_int_equal(owed->withdrawn, want->withdrawn);
}

static void
expect_told(struct store *store, uint64_t revision, bool withdrawn)
{
	struct store_owed want = { .revision = revision,
		.withdrawn = withdrawn };
	struct buf error = { 0 };

	assert_int_equal(
	    store_outbox(store, &(struct store_debt){ "siem", 0, 10 },
		check_told, &want, &error),
	    STATUS_OK);
}

/* A sequence, and a store to put it into. */
struct stored {
	char path[40];
	struct store *store;
	struct config *config;
	struct sequences *sequences;
	struct finding *found;
	struct buf error;
};

static const char *const feeds[] = { "siem", NULL };

static void
begin(struct stored *t)
{
	size_t count;

	*t = (struct stored){ .path = "/tmp/nephoscope-sequence-XXXXXX" };
	t->store = new_store(t->path);
	t->config = config_new();
	t->sequences = filled(t->config, theft, 3);
	t->found = sequences_judge(t->sequences, &count)[0];
}

static void
put(struct stored *t, const char *const *owed)
{
	store_begin(t->store);
	store_put_finding(t->store, SPAN("111122223333"), t->found, owed);
	assert_int_equal(store_write(t->store, &t->error), STATUS_OK);
}

static void
drop(struct stored *t)
{
	store_begin(t->store);
	store_drop_finding(t->store, t->found->id, feeds);
	assert_int_equal(store_write(t->store, &t->error), STATUS_OK);
}

static void
end(struct stored *t)
{
	end_store(t->store, t->path);
	sequences_free(t->sequences);
	config_free(t->config);
}

static void
revisions_grow_though_late_signals_leave_fewer_changes(void **state)
{
	struct stored t;

	(void)state;
	begin(&t);
	t.found->revision = 4;
	put(&t, feeds);
	expect_told(t.store, 4, false);
	t.found->stored = 4;
	t.found->revision = 2;
	put(&t, feeds);
	expect_told(t.store, 7, false);
	end(&t);
}

static void
nobody_is_told_that_what_was_not_told_is_gone(void **state)
{
	struct stored t;

	(void)state;
	begin(&t);
	put(&t, NULL);
	drop(&t);
	expect_stored(t.store, 0, 0);
	end(&t);
}

static void
what_was_wrong_is_taken_back_from_store_and_outbox(void **state)
{
	struct stored t;

	(void)state;
	begin(&t);
	put(&t, feeds);
	expect_stored(t.store, 1, 1);
	/* Told or not: it may have been on its way. */
	expect_told(t.store, 1, false);
	drop(&t);
	expect_stored(t.store, 0, 1);
	expect_told(t.store, 2, true);
	/* It is one again after all, with fewer changes than were told. */
	put(&t, feeds);
	expect_stored(t.store, 1, 1);
	expect_told(t.store, 3, false);
	drop(&t);
	expect_told(t.store, 4, true);
	assert_int_equal(store_verify(t.store, &t.error), STATUS_OK);
	end(&t);
}

static void
put_signals(struct store *store, int from_hour, int to_hour)
{
	for (int i = from_hour; i < to_hour; i++) {
		struct told_signal t = theft[0];
		struct signal signal;
		struct buf packed = { 0 };

		t.at_us = i * HOUR;
		signal = signal_of(&t);
		signal_pack(&signal, &packed);
		store_put_signal(
		    store, signal.tenant, signal.time_us, buf_span(&packed));
		buf_done(&packed);
	}
}

static void
the_store_gives_signals_back_as_far_as_they_matter(void **state)
{
	char path[] = "/tmp/nephoscope-sequence-XXXXXX";
	struct store *store = new_store(path);
	struct buf error = { 0 };
	int64_t since_us;

	(void)state;
	store_begin(store);
	put_signals(store, 0, 40);
	assert_int_equal(store_write(store, &error), STATUS_OK);
	assert_int_equal(recent_signals(store, 50 * HOUR, &since_us), 40);
	assert_true(since_us == INT64_MIN);
	/* One of the year to come is no reason to forget the rest. */
	store_begin(store);
	put_signals(store, 40, 100);
	put_signals(store, 9000, 9001);
	assert_int_equal(store_write(store, &error), STATUS_OK);
	assert_int_equal(
	    recent_signals(store, 50 * HOUR, &since_us), 100 - 34 + 1);
	assert_int_equal(since_us, START + (84 - 50) * HOUR);
	end_store(store, path);
}

static void
what_is_far_behind_is_forgotten(void **state)
{
	struct config *config = config_new();
	struct sequences *s = filled(config, theft, 3);
	size_t count;
	char id[16];

	(void)state;
	sequences_forget(s);
	assert_true(sequences_settled_us(s) == INT64_MIN);
	for (int i = 0; i < 40; i++) {
		struct told_signal t = { .detector = "trail_disabled",
			.at_us = 40 * 24 * HOUR + i * HOUR,
			.actor = "arn:aws:iam::111122223333:user/dee",
			.id = id };
		struct signal signal;

		(void)snprintf(id, sizeof(id), "t%d", i);
		signal = signal_of(&t);
		sequences_take(s, &signal);
	}
	sequences_forget(s);
	(void)sequences_judge(s, &count);
	assert_int_equal(count, 0);
	assert_true(sequences_settled_us(s) > START + 24 * HOUR);
	sequences_free(s);
	config_free(config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_tactics_of_one_actor_are_a_sequence),
		cmocka_unit_test(strangers_are_not_one_actor),
		cmocka_unit_test(
		    what_lies_further_apart_than_the_window_is_not_joined),
		cmocka_unit_test(one_act_noticed_for_three_things_is_one_act),
		cmocka_unit_test(held_signals_weigh_little_but_count),
		cmocka_unit_test(
		    who_is_noticed_for_it_every_day_makes_no_sequence),
		cmocka_unit_test(an_address_joins_two_names_but_not_an_office),
		cmocka_unit_test(a_user_that_was_made_goes_on),
		cmocka_unit_test(a_person_is_one_in_the_cluster_and_in_aws),
		cmocka_unit_test(
		    a_service_account_and_its_web_identity_are_one),
		cmocka_unit_test(order_and_batches_change_nothing),
		cmocka_unit_test(
		    a_flood_of_weak_signals_does_not_drive_out_an_attack),
		cmocka_unit_test(the_same_again_within_an_hour_is_one_step),
		cmocka_unit_test(it_tells_the_story_in_order),
		cmocka_unit_test(it_survives_the_store),
		cmocka_unit_test(
		    the_configuration_switches_it_off_and_sets_its_severity),
		cmocka_unit_test(the_store_has_what_follows_now),
		cmocka_unit_test(
		    what_was_wrong_is_taken_back_from_store_and_outbox),
		cmocka_unit_test(
		    revisions_grow_though_late_signals_leave_fewer_changes),
		cmocka_unit_test(nobody_is_told_that_what_was_not_told_is_gone),
		cmocka_unit_test(
		    the_store_gives_signals_back_as_far_as_they_matter),
		cmocka_unit_test(what_is_far_behind_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
