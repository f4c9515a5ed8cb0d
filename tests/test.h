/*
 * test.h - cmocka, and a test table whose names are sentences.
 *
 *	static void arena_limit(void **state) { ... }
 *	int main(void) {
 *		const struct CMUnitTest tests[] = {
 *			TEST("an arena past its limit gives NULL", arena_limit),
 *		};
 *		return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
 *	}
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/span.h"
#include "base/status.h"

#define TEST(sentence, function)                                               \
	{                                                                      \
		sentence, function, NULL, NULL, NULL                           \
	}

/* Fail with both texts when two spans differ. */
#define assert_span_equal(actual, expected)                                    \
	do {                                                                   \
		struct span assert_a = (actual), assert_b = (expected);        \
		if (!span_equal(assert_a, assert_b))                           \
			fail_msg("got \"%.*s\", expected \"%.*s\"",            \
			    SPAN_ARGS(assert_a), SPAN_ARGS(assert_b));         \
	} while (0)
