/*
 * With two arguments, a folder and the attacks, this program is also the
 * simulator's own driver: it writes a world there and prints the truth.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

#include "base/hash.h"
#include "base/ip.h"
#include "simulate/attack.h"
#include "simulate/change.h"
#include "simulate/kube.h"
#include "simulate/simulate.h"
#include "simulate/traffic.h"
#include "simulate/world.h"

static int
drive(char **argv)
{
	struct buf truth = { 0 }, error = { 0 };
	struct simulate_options o = { .out = argv[1],
		.attacks = argv[2],
		.seed = argv[3] ? strtoull(argv[3], NULL, 10) : 1 };
	enum status st;

	if (argv[3] != NULL && argv[4] != NULL)
		o.scale_bytes_per_source = strtoull(argv[4], NULL, 10);
	st = simulate_run(&o, &truth, &error);
	(void)printf(
	    "%s", st == STATUS_OK ? buf_text(&truth) : buf_text(&error));
	buf_done(&truth);
	buf_done(&error);
	return (int)st;
}

/* Files of whose path this is no part are not summed; NULL: all are. */
static const char *only;

/* The sum over all files below `path` of a hash of name and content; the
 * order of the listing does not matter.  Removes what it has read. */
static uint64_t
take_tree(const char *path, unsigned *files)
{
	DIR *dir = opendir(path);
	uint64_t sum = 0;
	struct dirent *d;

	assert_non_null(dir);
	while ((d = readdir(dir)) != NULL) {
		char below[1024];
		struct stat st;

		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		(void)snprintf(below, sizeof(below), "%s/%s", path, d->d_name);
		assert_int_equal(stat(below, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			sum += take_tree(below, files);
		} else {
			FILE *f = fopen(below, "rb");
			size_t len = (size_t)st.st_size;
			char *text = status_calloc(len + 1, 1);

			assert_non_null(f);
			assert_int_equal(fread(text, 1, len, f), len);
			(void)fclose(f);
			if (only == NULL || strstr(below, only) != NULL)
				sum += hash_mix(hash_span(&HASH_KEY_DEFAULT,
						    span_of(text, len)),
				    hash_span(&HASH_KEY_DEFAULT,
					span_str(d->d_name)));
			free(text);
			assert_int_equal(unlink(below), 0);
			(*files)++;
		}
	}
	(void)closedir(dir);
	assert_int_equal(rmdir(path), 0);
	return sum;
}

static uint64_t
world_sum(struct simulate_options o, struct buf *truth)
{
	char folder[] = "/tmp/nephoscope-simulate-XXXXXX";
	struct buf error = { 0 };
	unsigned files = 0;
	uint64_t sum;

	assert_non_null(mkdtemp(folder));
	o.out = folder;
	assert_int_equal(simulate_run(&o, truth, &error), STATUS_OK);
	sum = take_tree(folder, &files);
	assert_true(files > 20);
	buf_done(&error);
	return sum;
}

static void
repeats(void **state)
{
	struct simulate_options o = { .seed = 5, .days = 2, .attacks = "all" };
	struct buf first = { 0 }, second = { 0 }, third = { 0 };
	uint64_t sum;

	(void)state;
	sum = world_sum(o, &first);
	assert_true(sum == world_sum(o, &second));
	assert_span_equal(buf_span(&second), buf_span(&first));
	o.seed = 6;
	assert_true(sum != world_sum(o, &third));
	buf_done(&first);
	buf_done(&second);
	buf_done(&third);
}

static void
tells_truth(void **state)
{
	struct simulate_options o = {
		.seed = 1, .days = 10, .attacks = "root-login,stolen-key"
	};
	struct buf truth = { 0 };

	(void)state;
	(void)world_sum(o, &truth);
	assert_true(
	    span_search(buf_span(&truth),
		SPAN("arn:aws:iam::210987654321:user/svc-backup")) < truth.len);
	assert_true(
	    span_search(buf_span(&truth), SPAN("\"files\":[]")) == truth.len);
	assert_true(
	    span_search(buf_span(&truth), SPAN("cryptominer")) == truth.len);
	buf_done(&truth);
}

static void
scales(void **state)
{
	struct simulate_options o = { .seed = 1,
		.scale_bytes_per_source = 3000000 };
	struct buf truth = { 0 };
	char folder[] = "/tmp/nephoscope-simulate-XXXXXX";
	struct buf error = { 0 };
	unsigned files = 0;
	size_t at;

	(void)state;
	assert_non_null(mkdtemp(folder));
	o.out = folder;
	assert_int_equal(simulate_run(&o, &truth, &error), STATUS_OK);
	(void)take_tree(folder, &files);
	at = span_search(buf_span(&truth), SPAN("\"bytes\":"));
	assert_true(strtoull(truth.at + at + 8, NULL, 10) >= 4 * 3000000);
	buf_done(&truth);
	buf_done(&error);
}

/* A quiet world in memory. */
static void
make_world(struct world *w)
{
	world_init(w, &(struct world_size){ .seed = 3,
			  .start_us = SIMULATE_START_DEFAULT,
			  .days = 3,
			  .clusters = 2,
			  .people = 14,
			  .replicas_factor = 1 });
	kube_plan(w, world_eks(w));
	kube_live(w, world_eks(w));
	traffic_cluster(w, world_eks(w));
}

static bool
mentions(const struct sink *s, const char *before, const char *value)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "%s%s", before, value);
	return span_search(buf_span(&s->text), span_str(text)) < s->text.len;
}

static void
addresses_agree(void **state)
{
	struct world w;
	const struct pod *p;

	(void)state;
	make_world(&w);
	p = kube_pod(world_eks(&w), "shop/catalog",
	    w.start_us + 30 * CIVIL_US_PER_HOUR, 0);
	assert_non_null(p);
	assert_true(mentions(&w.clusters[0].audit, "\"podIP\":\"", p->ip));
	assert_true(mentions(&w.accounts[PROD].dns, "\"srcaddr\":\"", p->ip));
	assert_true(mentions(&w.accounts[PROD].flow, " ", p->ip));
	world_done(&w);
}

static void
addresses_are_alone(void **state)
{
	const struct cluster *c;
	struct world w;

	(void)state;
	make_world(&w);
	c = world_eks(&w);
	for (size_t i = 0; i < c->pod_count; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcmp(c->pods[i].ip, c->pods[j].ip))
				assert_true(
				    c->pods[i].from_us >= c->pods[j].to_us ||
				    c->pods[j].from_us >= c->pods[i].to_us);
	world_done(&w);
}

static void
strangers_are_public(void **state)
{
	char text[16];
	struct ip ip;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		world_stranger_address(text, i);
		assert_true(ip_parse(span_str(text), &ip));
		assert_false(ip_is_private(&ip));
	}
}

static void
lists_attacks(void **state)
{
	struct buf out = { 0 };

	(void)state;
	simulate_list_attacks(&out);
	for (size_t i = 0; i < attack_count; i++)
		assert_true(span_search(buf_span(&out),
				span_str(attack_table[i].name)) < out.len);
	buf_done(&out);
}

static void
lists_changes(void **state)
{
	struct buf out = { 0 };

	(void)state;
	simulate_list_changes(&out);
	for (size_t i = 0; i < change_count; i++)
		assert_true(span_search(buf_span(&out),
				span_str(change_table[i].name)) < out.len);
	buf_done(&out);
}

/* In a world of three days changes come on the third; what pods do in the
 * network is drawn anew where they are others. */
static void
changes_begin_on_their_day(void **state)
{
	struct simulate_options o = { .seed = 5, .days = 3 };
	struct buf truth = { 0 };
	uint64_t before, after;

	(void)state;
	only = "/CloudTrail/eu-west-1/2026/11/02/";
	before = world_sum(o, &truth);
	only = "/2026/11/04/";
	after = world_sum(o, &truth);
	for (size_t i = 0; i < change_count; i++) {
		o.changes = change_table[i].name;
		buf_reset(&truth);
		assert_true(world_sum(o, &truth) != after);
		assert_true(span_search(buf_span(&truth),
				SPAN("\"day\":\"2026-11-04T")) < truth.len);
		/* Backups that can be restored were made before. */
		if (!strcmp(o.changes, "restore"))
			continue;
		only = "/CloudTrail/eu-west-1/2026/11/02/";
		assert_true(world_sum(o, &truth) == before);
		only = "/2026/11/04/";
	}
	only = NULL;
	buf_done(&truth);
}

static void
refuses_unknown_change(void **state)
{
	struct buf truth = { 0 }, error = { 0 };
	struct simulate_options o = { .out = "/nonexistent",
		.changes = "holiday,nonsense" };

	(void)state;
	assert_int_equal(simulate_run(&o, &truth, &error), STATUS_INVALID);
	assert_true(
	    span_search(buf_span(&error), SPAN("nonsense")) < error.len);
	buf_done(&truth);
	buf_done(&error);
}

static void
refuses_unknown(void **state)
{
	struct buf truth = { 0 }, error = { 0 };
	struct simulate_options o = { .out = "/nonexistent",
		.attacks = "stolen-key,nonsense" };

	(void)state;
	assert_int_equal(simulate_run(&o, &truth, &error), STATUS_INVALID);
	assert_true(
	    span_search(buf_span(&error), SPAN("nonsense")) < error.len);
	buf_done(&truth);
	buf_done(&error);
}

static void
refuses_folder(void **state)
{
	struct buf truth = { 0 }, error = { 0 };
	struct simulate_options o = { .out = "/proc/nonexistent", .days = 1 };

	(void)state;
	assert_int_equal(simulate_run(&o, &truth, &error), STATUS_IO);
	assert_true(error.len > 0);
	buf_done(&truth);
	buf_done(&error);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST("the same seed gives the same bytes, another others",
		    repeats),
		TEST("the truth names actors and the objects of each step",
		    tells_truth),
		TEST("a scaled world has at least the bytes asked for", scales),
		TEST("a pod's address agrees in audit, DNS and flow logs",
		    addresses_agree),
		TEST("no two pods have one address at one time",
		    addresses_are_alone),
		TEST("strangers have public addresses", strangers_are_public),
		TEST("the list of attacks names each", lists_attacks),
		TEST("the list of changes names each", lists_changes),
		TEST("a change leaves the days before it as they were",
		    changes_begin_on_their_day),
		TEST("an unknown change is refused by name",
		    refuses_unknown_change),
		TEST("an unknown attack is refused by name", refuses_unknown),
		TEST("a folder that cannot be made is an I/O error",
		    refuses_folder),
	};

	if (argc >= 3)
		return drive(argv);
	return cmocka_run_group_tests_name("simulate", tests, NULL, NULL);
}
