/*
 * A store survives a power cut at any point: cut after each single change of
 * its files, it opens, is whole, and holds what some commit left - none of the
 * confirmed ones is missing, and none is there by half.
 *
 * The check is known to fail when it should: where syncs do nothing, or
 * SQLite is told to sync less, confirmed commits are lost.
 */
#include <sqlite3.h>
#include <stdlib.h>

#include "detect/engine.h"
#include "unit/decode_harness.h"
#include "unit/power_cut.h"
#include "unit/store_holds.h"

#define COMMITS_MAX 64
#define ROUNDS 4
/* Pages in the journal after which it is copied into the file.  The service
 * has SQLite's 1000: this has the same happen with less. */
#define CHECKPOINT_PAGES 60

/* --- a life --------------------------------------------------------------- */

struct commit {
	size_t position; /* changes until it was confirmed */
	uint64_t digest; /* of what the store then held */
};

struct life {
	struct disk start;
	const char *pragma; /* for the store's connection, against its will */
	struct commit commits[COMMITS_MAX];
	size_t count;
	struct hash_key key;
	struct store *store; /* while it lasts */
	/* What is learned in it. */
	struct config *config;
	struct engine *engine;
	struct engine_scratch *scratch;
	struct tenant *tenants[2];
	uint64_t kept[2];
};

/* The connection that a store has made last. */
static sqlite3 *connection;

static int
see_connection(sqlite3 *db, char **error, const void *routines)
{
	(void)error;
	(void)routines;
	connection = db;
	return SQLITE_OK;
}

static void
open_life(struct life *l)
{
	l->store =
	    open_as(&(struct store_options){ .path = recorder.folder.file,
			.exclusive = true },
		STATUS_OK, NULL);
	assert_non_null(connection);
	assert_int_equal(
	    sqlite3_wal_autocheckpoint(connection, CHECKPOINT_PAGES),
	    SQLITE_OK);
	if (l->pragma != NULL)
		assert_int_equal(
		    sqlite3_exec(connection, l->pragma, NULL, NULL, NULL),
		    SQLITE_OK);
}

/* Whatever the store said is done, is. */
static void
confirmed(struct life *l)
{
	struct buf error = { 0 };
	struct commit *c = &l->commits[l->count++];

	assert_true(l->count < COMMITS_MAX);
	record_seal();
	c->position = recorder.count;
	assert_int_equal(holds(l->store, &c->digest, &error), STATUS_OK);
	/* Else nobody could tell whether it is missing. */
	if (l->count > 1 && c[-1].digest == c->digest)
		fail_msg("commit %zu changes nothing", l->count - 1);
	buf_done(&error);
}

static void
commit(struct life *l)
{
	write_now(l->store);
	confirmed(l);
}

static void
ignore_signal(void *cookie, struct signal *signal)
{
	(void)cookie;
	signal_free(signal);
}

static void
ignore_growth(void *cookie, uint64_t identity, uint64_t more, int64_t last_us)
{
	(void)cookie;
	(void)identity;
	(void)more;
	(void)last_us;
}

/* A tenant sees one flow, another in each round. */
static void
learn(struct life *l, struct tenant *t, int round)
{
	static struct harness h;
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "version account-id interface-id srcaddr dstaddr srcport dstport "
	    "protocol packets bytes start end action log-status\n"
	    "2 111122223333 eni-1 10.0.0.5 198.51.100.%d 40000 443 6 10 5000 "
	    "%d %d ACCEPT OK\n",
	    round, 1731283200 + 3600 * round, 1731283260 + 3600 * round);
	harness_init(&h, (struct decode_options){ .key = &HASH_KEY_DEFAULT });
	assert_int_equal(
	    harness_decode(&h, "vpcflowlogs/a.log", CUT_LINES, text), 1);
	engine_event(t, l->scratch, h.batch, &h.batch->events[0]);
	harness_done(&h);
	engine_tenant_save(t, &(struct image_writer){ note_region, NULL });
	store_put_tenant(l->store, t);
}

static void
keep_parcels(struct life *l, int round)
{
	char place[16], body[3000];
	struct store_kept kept[2];
	struct buf error = { 0 };

	(void)snprintf(place, sizeof(place), "p%d", round);
	memset(body, 'a' + round, sizeof(body));
	for (size_t i = 0; i < COUNTOF(kept); i++)
		kept[i] = (struct store_kept){
			.source = SPAN("w"),
			.place = span_str(place),
			.body = span_of(body, sizeof(body) - 100 * i),
		};
	assert_int_equal(
	    store_keep(l->store, kept, l->kept, COUNTOF(kept), &error),
	    STATUS_OK);
	confirmed(l);
}

/* What the service does when the pipeline stands still. */
static void
commit_round(struct life *l, int round)
{
	static const char *const feeds[] = { "siem", NULL };
	struct store *s = l->store;
	char text[16];

	store_begin(s);
	/* The second tenant comes later. */
	for (int i = 0; i < 2 && i <= round; i++)
		learn(l, l->tenants[i], round);
	for (int i = 0; i < 3; i++) {
		(void)snprintf(text, sizeof(text), "f%d-%d", round, i);
		put_finding(s, text, 2, feeds);
		store_put_signal(s, SPAN("t"), 1000 * round + i, SPAN("sig"));
	}
	for (uint64_t i = 0; i < 20; i++) {
		uint64_t hash[2] = { hash_mix((uint64_t)round, i), i };

		store_put_consumed(s, SPAN("s3"), hash, 100 + round);
	}
	(void)snprintf(text, sizeof(text), "at %d", round);
	store_put_cursor(s, SPAN("s3"), SPAN("bucket"), span_str(text));
	store_put_counter(s, "events", 10 + (uint64_t)round);
	store_put_counter(s, "batches", 20 + (uint64_t)round);
	store_drop_kept(s, l->kept[0]);
	commit(l);
}

static void
note_number(void *cookie, const struct store_owed *owed)
{
	*(uint64_t *)cookie = owed->number;
}

/* What feeds and people do between commits. */
static void
mark_round(struct life *l, int round)
{
	const struct store_debt first = { "siem", 0, 2 };
	struct buf error = { 0 };
	uint64_t number = 0;

	assert_int_equal(
	    store_outbox(l->store, &first, note_number, &number, &error),
	    STATUS_OK);
	assert_int_equal(
	    store_delivered(l->store, "siem", number, &error), STATUS_OK);
	confirmed(l);
	if (round == 0) {
		assert_int_equal(
		    store_archive(l->store, "f0-0", true, &error), STATUS_OK);
		confirmed(l);
		assert_int_equal(
		    store_feedback_put(l->store, "f0-1",
			&(struct store_feedback){ .note = SPAN("why") },
			&error),
		    STATUS_OK);
		confirmed(l);
	}
	if (round == 2) {
		store_begin(l->store);
		store_drop_finding(l->store, "f0-2", NULL);
		store_prune(l->store, 101, 1000);
		commit(l);
	}
}

static void
live_round(struct life *l, int round)
{
	keep_parcels(l, round);
	commit_round(l, round);
	mark_round(l, round);
}

static void
put_run(struct life *l, bool open)
{
	store_begin(l->store);
	store_put_run(l->store, open);
	commit(l);
}

static void
begin_life(struct life *l)
{
	struct buf error = { 0 };

	l->config = config_new();
	l->scratch = engine_scratch_new();
	assert_int_equal(
	    engine_new(&(struct engine_options){ .config = l->config,
			   .key = &HASH_KEY_DEFAULT,
			   .emit = ignore_signal,
			   .grew = ignore_growth },
		&l->engine, &error),
	    STATUS_OK);
	l->tenants[0] = engine_tenant_new(l->engine, SPAN("t0"), NULL);
	l->tenants[1] = engine_tenant_new(l->engine, SPAN("t1"), NULL);
	record_start(&l->start);
	open_life(l);
	l->key = *store_key(l->store);
	confirmed(l);
}

static void
end_life(struct life *l)
{
	store_close(l->store);
	record_stop();
	for (size_t i = 0; i < COUNTOF(l->tenants); i++)
		engine_tenant_free(l->tenants[i]);
	engine_scratch_free(l->scratch);
	engine_free(l->engine);
	config_free(l->config);
}

/* From no file to two runs that have ended. */
static void
live(struct life *l)
{
	begin_life(l);
	put_run(l, true);
	for (int i = 0; i < ROUNDS; i++)
		live_round(l, i);
	put_run(l, false);
	/* The journal is copied into the file, and deleted. */
	store_close(l->store);
	open_life(l);
	put_run(l, true);
	live_round(l, ROUNDS);
	put_run(l, false);
	end_life(l);
}

/* --- after the cut -------------------------------------------------------- */

struct found {
	enum status status; /* of opening it, and reading all */
	char said[512];
	uint64_t digest;
	bool is_known; /* it has the secret that it had */
};

/* What of it can be read; it must also take another commit. */
static struct found
look(const struct folder *f, const struct life *l)
{
	const struct store_options how = { .path = f->file, .exclusive = true };
	struct found found = { 0 };
	struct store *s = NULL;
	struct buf error = { 0 };

	found.status = store_open(&how, &s, &error);
	if (found.status == STATUS_OK) {
		found.status = store_verify(s, &error);
		found.is_known =
		    memcmp(store_key(s), &l->key, sizeof(l->key)) == 0;
	}
	if (found.status == STATUS_OK)
		found.status = holds(s, &found.digest, &error);
	if (found.status == STATUS_OK) {
		store_begin(s);
		store_put_counter(s, "afterwards", 1);
		found.status = store_write(s, &error);
	}
	store_close(s);
	(void)snprintf(found.said, sizeof(found.said), "%s", buf_text(&error));
	buf_done(&error);
	return found;
}

enum verdict {
	VERDICT_WHOLE, /* what the last confirmed commit left, or the next */
	VERDICT_BEGUN, /* not confirmed to be there yet; as good as new */
	/* Nor is it, and what there is of it is refused with the way out: the
	 * file has a part of its first page, and the journal that would take
	 * this back has no name yet. */
	VERDICT_UNBORN,
	VERDICT_REFUSED, /* it says that it is not whole */
	VERDICT_OLDER,	 /* a confirmed commit is missing, unsaid */
	VERDICT_MIXED,	 /* what no commit left */
	VERDICTS,
};

static enum verdict
judge(const struct life *l, size_t position, const struct found *found)
{
	size_t confirmed_count = 0, after = 0;

	while (confirmed_count < l->count &&
	       l->commits[confirmed_count].position <= position)
		confirmed_count++;
	if (confirmed_count == 0 && found->status == STATUS_MALFORMED &&
	    strstr(found->said, "or move the file away") != NULL)
		return VERDICT_UNBORN;
	if (found->status != STATUS_OK)
		return VERDICT_REFUSED;
	while (after < l->count && l->commits[after].digest != found->digest)
		after++;
	if (confirmed_count == 0 && after == 0)
		return VERDICT_BEGUN;
	/* One that was not begun before the cut cannot be there. */
	if (after > confirmed_count || after == l->count)
		return VERDICT_MIXED;
	if (after + 1 < confirmed_count || !found->is_known)
		return VERDICT_OLDER;
	return VERDICT_WHOLE;
}

struct tally {
	size_t cuts, of[VERDICTS];
};

struct trial {
	enum deaf deaf;
	uint64_t seeds;
	size_t step;   /* each so many-th position */
	bool may_fail; /* count what is wrong, and go on */
};

static void
expect_survived(
    size_t position, uint64_t seed, enum verdict o, const struct found *found)
{
	static const char *const texts[VERDICTS] = {
		[VERDICT_REFUSED] = "is refused",
		[VERDICT_OLDER] = "lacks a commit that was confirmed",
		[VERDICT_MIXED] = "holds what no commit left",
	};
	const struct change *c = &recorder.changes[position ? position - 1 : 0];

	if (texts[o] != NULL)
		fail_msg(
		    "cut behind change %zu (%s s.db%s), seed %llu: the store "
		    "%s: %s",
		    position, change_names[c->kind], ends[c->name],
		    (unsigned long long)seed, texts[o], found->said);
}

/* Cut the life's power at each position, with each seed. */
static struct tally
cut_all(const struct life *l, const struct trial *trial)
{
	struct cut *c = cut_new(&l->start, trial->deaf);
	struct disk left = { 0 };
	struct tally tally = { 0 };
	struct folder f;

	folder_make(&f);
	for (size_t i = 0; i <= recorder.count; i++) {
		uint64_t seeds = i % trial->step == 0 ? trial->seeds : 0;

		for (uint64_t seed = 0; seed < seeds; seed++) {
			struct found found;
			enum verdict o;

			cut_leave(c, seed, &left);
			disk_put(&left, &f);
			found = look(&f, l);
			o = judge(l, i, &found);
			if (!trial->may_fail)
				expect_survived(i, seed, o, &found);
			tally.of[o]++;
			tally.cuts++;
		}
		if (i < recorder.count)
			cut_advance(c);
	}
	folder_remove(&f);
	disk_done(&left);
	cut_free(c);
	return tally;
}

static void
tell(const char *what, const struct tally *t)
{
	print_message("%s: %zu changes, %zu cuts: %zu whole, %zu begun, %zu "
		      "unborn, %zu refused, %zu older, %zu mixed\n",
	    what, recorder.count, t->cuts, t->of[VERDICT_WHOLE],
	    t->of[VERDICT_BEGUN], t->of[VERDICT_UNBORN], t->of[VERDICT_REFUSED],
	    t->of[VERDICT_OLDER], t->of[VERDICT_MIXED]);
}

static void
life_done(struct life *l)
{
	disk_done(&l->start);
	record_forget();
}

/* --- tests ---------------------------------------------------------------- */

/* How often the journal was begun anew: each time behind a checkpoint. */
static size_t
journals_begun(void)
{
	size_t begun = 0;

	for (size_t i = 0; i < recorder.count; i++) {
		const struct change *c = &recorder.changes[i];

		begun += c->kind == CHANGE_WRITE && c->name == NAME_WAL &&
			 c->at == 0;
	}
	return begun;
}

static void
any_cut(void **state)
{
	struct life l = { 0 };
	struct tally t;

	(void)state;
	live(&l);
	/* Some were begun over the older one, and one in a file of its own. */
	assert_true(journals_begun() >= 4);
	t = cut_all(&l, &(struct trial){ .seeds = 4, .step = 1 });
	tell("one life", &t);
	/* Hardly ever is one left that does not even begin. */
	assert_true(t.of[VERDICT_UNBORN] * 8 <= t.of[VERDICT_BEGUN]);
	life_done(&l);
}

/* What a cut of the life leaves behind this position. */
static void
leave_at(const struct life *l, size_t position, struct disk *left)
{
	struct cut *c = cut_new(&l->start, DEAF_TO_NOTHING);

	while (c->position < position)
		cut_advance(c);
	cut_leave(c, SEEDS_RANDOM, left);
	cut_free(c);
}

/*
 * From what a cut left: a journal is read back, goes on, is copied into the
 * file at last - and the power is cut in the midst of that.
 */
static void
live_after(const struct life *before, size_t position)
{
	struct life l = { 0 };
	struct tally t;

	leave_at(before, position, &l.start);
	assert_true(l.start.there[NAME_WAL] && l.start.files[NAME_WAL].len > 0);
	begin_life(&l);
	/* It held that all the time. */
	l.commits[0].position = 0;
	keep_parcels(&l, ROUNDS + 1);
	commit_round(&l, ROUNDS + 1);
	end_life(&l);
	t = cut_all(&l, &(struct trial){ .seeds = 3, .step = 1 });
	tell("a second life", &t);
	assert_int_equal(t.of[VERDICT_WHOLE], t.cuts);
	life_done(&l);
}

static void
second_cut(void **state)
{
	static const unsigned eighths[] = { 3, 5, 7 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(eighths); i++) {
		struct life l = { 0 };

		live(&l);
		live_after(&l, recorder.count * eighths[i] / 8);
		life_done(&l);
	}
}

static void
synced_first(void **state)
{
	struct life l = { 0 };
	size_t commit_at = 0, unsynced = 0, written = 0;

	(void)state;
	live(&l);
	for (size_t i = 0; i <= recorder.count; i++) {
		const struct change *c = &recorder.changes[i];

		while (
		    commit_at < l.count && l.commits[commit_at].position == i) {
			assert_true(written > 0);
			assert_int_equal(unsynced, 0);
			written = 0;
			commit_at++;
		}
		if (i == recorder.count || c->name != NAME_WAL)
			continue;
		if (c->kind == CHANGE_WRITE) {
			written++;
			unsynced++;
		} else if (c->kind == CHANGE_SYNC) {
			unsynced = 0;
		}
	}
	assert_int_equal(commit_at, l.count);
	life_done(&l);
}

/* The same life, where something is amiss: what becomes of it. */
static struct tally
amiss(const char *what, const char *pragma, enum deaf deaf)
{
	struct life l = { .pragma = pragma };
	struct tally t;

	live(&l);
	t = cut_all(
	    &l, &(struct trial){
		    .deaf = deaf, .seeds = 3, .step = 7, .may_fail = true });
	tell(what, &t);
	life_done(&l);
	return t;
}

static void
needs_syncs(void **state)
{
	struct tally t = amiss("without syncs", NULL, DEAF_TO_SYNC);

	(void)state;
	assert_true(t.of[VERDICT_OLDER] + t.of[VERDICT_REFUSED] > 0);
}

static void
needs_folder(void **state)
{
	struct tally t =
	    amiss("without syncs of the folder", NULL, DEAF_TO_FOLDER);

	(void)state;
	assert_true(t.of[VERDICT_OLDER] + t.of[VERDICT_REFUSED] > 0);
}

static void
needs_full(void **state)
{
	struct tally t = amiss(
	    "with fewer syncs", "PRAGMA synchronous = NORMAL", DEAF_TO_NOTHING);

	(void)state;
	assert_true(t.of[VERDICT_OLDER] + t.of[VERDICT_REFUSED] > 0);
	/* It loses the last ones, and leaves no half ones. */
	assert_int_equal(t.of[VERDICT_MIXED], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a cut at any point loses nothing that was confirmed",
		    any_cut),
		TEST("nor does a second cut, while the first is made good",
		    second_cut),
		TEST("the journal is synced before a commit is confirmed",
		    synced_first),
		TEST("without syncs, confirmed commits would be lost",
		    needs_syncs),
		TEST("without a sync of the folder, a store would be lost",
		    needs_folder),
		TEST("with synchronous = NORMAL, commits would be lost",
		    needs_full),
	};
	int failed;

	(void)sqlite3_auto_extension((void (*)(void))see_connection);
	record_install();
	failed = cmocka_run_group_tests_name("store power", tests, NULL, NULL);
	record_uninstall();
	return failed;
}
