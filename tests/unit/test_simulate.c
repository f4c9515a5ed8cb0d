/*
 * With two arguments, a folder and the attacks, this program is also the
 * simulator's own driver: it writes a world there and prints the truth.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"

#include "simulate/simulate.h"

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

static void
lists_attacks(void **state)
{
	struct buf out = { 0 };

	(void)state;
	simulate_list_attacks(&out);
	assert_true(span_search(buf_span(&out), SPAN("stolen-key")) < out.len);
	buf_done(&out);
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

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST("the list of attacks names each", lists_attacks),
		TEST("an unknown attack is refused by name", refuses_unknown),
	};

	if (argc >= 3)
		return drive(argv);
	return cmocka_run_group_tests_name("simulate", tests, NULL, NULL);
}
