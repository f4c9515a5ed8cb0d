/* What belongs to what, at which time, within which bounds. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "inventory/inventory.h"
#include "test.h"

#define MINUTE (INT64_C(60) * 1000000)
#define KB ((size_t)1024)

/* An image in memory. */
struct shelf {
	struct buf region[INVENTORY_REGIONS];
};

static void
put(void *cookie, unsigned region, struct span bytes)
{
	struct shelf *s = cookie;

	assert_true(region < INVENTORY_REGIONS);
	buf_reset(&s->region[region]);
	buf_add(&s->region[region], bytes);
}

static struct span
get(void *cookie, unsigned region)
{
	struct shelf *s = cookie;

	return buf_span(&s->region[region]);
}

static void
clear(struct shelf *s)
{
	for (size_t i = 0; i < INVENTORY_REGIONS; i++)
		buf_done(&s->region[i]);
}

static void
teach(struct inventory *t, const char *name, const char *value, int64_t at)
{
	inventory_learn(t, &(struct inventory_row){
			       .relation = INVENTORY_ADDRESS_POD,
			       .sure = INVENTORY_SAID,
			       .scope = SPAN("prod"),
			       .name = span_str(name),
			       .value = span_str(value),
			       .record = SPAN("audit-1"),
			       .from_us = at * MINUTE,
			   });
}

/* What the address was at a minute, "" for nothing. */
static const char *
at(struct inventory *t, const char *name, int64_t minute)
{
	static char text[64];
	struct inventory_row row;

	if (!inventory_find(t,
		&(struct inventory_question){ INVENTORY_ADDRESS_POD,
		    SPAN("prod"), span_str(name), minute * MINUTE },
		&row))
		return "";
	(void)snprintf(text, sizeof(text), "%.*s", SPAN_ARGS(row.value));
	return text;
}

static void
time_validity(void **state)
{
	struct inventory *t = inventory_new(64 * KB, &HASH_KEY_DEFAULT);

	(void)state;
	teach(t, "10.0.0.1", "shop/web-1", 100);
	teach(t, "10.0.0.1", "shop/web-1", 150);
	teach(t, "10.0.0.1", "data/etl-2", 200);
	inventory_end(t, INVENTORY_ADDRESS_POD, SPAN("prod"), SPAN("10.0.0.1"),
	    300 * MINUTE);
	assert_string_equal(at(t, "10.0.0.1", 90), "");
	assert_string_equal(at(t, "10.0.0.1", 100), "shop/web-1");
	assert_string_equal(at(t, "10.0.0.1", 190), "shop/web-1");
	assert_string_equal(at(t, "10.0.0.1", 250), "data/etl-2");
	assert_string_equal(at(t, "10.0.0.1", 310), "");
	assert_string_equal(at(t, "10.0.0.2", 250), "");
	inventory_free(t);
}

static void
late_news(void **state)
{
	struct inventory *t = inventory_new(64 * KB, &HASH_KEY_DEFAULT);

	(void)state;
	teach(t, "10.0.0.1", "data/etl-2", 200);
	teach(t, "10.0.0.1", "shop/web-1", 100);
	assert_string_equal(at(t, "10.0.0.1", 150), "shop/web-1");
	assert_string_equal(at(t, "10.0.0.1", 250), "data/etl-2");
	inventory_free(t);
}

static void
comes_back(void **state)
{
	struct inventory *t = inventory_new(64 * KB, &HASH_KEY_DEFAULT);

	(void)state;
	teach(t, "10.0.0.1", "shop/db-0", 100);
	inventory_end(t, INVENTORY_ADDRESS_POD, SPAN("prod"), SPAN("10.0.0.1"),
	    200 * MINUTE);
	teach(t, "10.0.0.1", "shop/db-0", 300);
	assert_string_equal(at(t, "10.0.0.1", 150), "shop/db-0");
	assert_string_equal(at(t, "10.0.0.1", 250), "");
	assert_string_equal(at(t, "10.0.0.1", 350), "shop/db-0");
	inventory_free(t);
}

static void
scopes_are_apart(void **state)
{
	struct inventory *t = inventory_new(64 * KB, &HASH_KEY_DEFAULT);
	struct inventory_row row;

	(void)state;
	teach(t, "10.0.0.1", "shop/web-1", 100);
	assert_false(inventory_find(t,
	    &(struct inventory_question){ INVENTORY_ADDRESS_POD, SPAN("test"),
		SPAN("10.0.0.1"), 100 * MINUTE },
	    &row));
	assert_false(inventory_find(t,
	    &(struct inventory_question){ INVENTORY_ADDRESS_NODE, SPAN("prod"),
		SPAN("10.0.0.1"), 100 * MINUTE },
	    &row));
	assert_true(inventory_find(t,
	    &(struct inventory_question){ INVENTORY_ADDRESS_POD, SPAN("prod"),
		SPAN("10.0.0.1"), 100 * MINUTE },
	    &row));
	assert_true(span_equal(row.record, SPAN("audit-1")));
	assert_int_equal(row.sure, INVENTORY_SAID);
	inventory_free(t);
}

/* A flood of names passes through; what is asked for meanwhile stays. */
static void
bounded(void **state)
{
	struct inventory *t = inventory_new(64 * KB, &HASH_KEY_DEFAULT);
	char name[32];

	(void)state;
	teach(t, "10.0.0.1", "shop/web-1", 1);
	teach(t, "10.0.0.2", "shop/idle-1", 1);
	for (int i = 0; i < 20000; i++) {
		(void)snprintf(name, sizeof(name), "x-%d", i);
		teach(t, name, "flood/pod", 2);
		if (i % 50 == 0)
			assert_string_equal(at(t, "10.0.0.1", 5), "shop/web-1");
	}
	assert_true(inventory_sizes(t).bytes <= 4 * 64 * KB);
	assert_true(inventory_sizes(t).forgotten > 10000);
	assert_string_equal(at(t, "10.0.0.1", 5), "shop/web-1");
	assert_string_equal(at(t, "10.0.0.2", 5), "");
	inventory_free(t);
}

static void
too_long(void **state)
{
	struct inventory *t = inventory_new(64 * KB, &HASH_KEY_DEFAULT);
	char *text = calloc(1, INVENTORY_VALUE_BYTES + 2);

	(void)state;
	memset(text, 'a', INVENTORY_VALUE_BYTES + 1);
	teach(t, "10.0.0.1", text, 1);
	teach(t, text, "shop/web-1", 1);
	teach(t, "", "shop/web-1", 1);
	teach(t, "10.0.0.1", "", 1);
	assert_int_equal(inventory_sizes(t).rows, 0);
	assert_int_equal(inventory_sizes(t).refused, 2);
	free(text);
	inventory_free(t);
}

static void
count_row(void *cookie, const struct inventory_row *row)
{
	size_t *count = cookie;

	assert_false(span_is_empty(row->name));
	++*count;
}

static void
saved_and_loaded(void **state)
{
	struct inventory *t = inventory_new(64 * KB, &HASH_KEY_DEFAULT), *u;
	struct shelf a = { 0 }, b = { 0 };
	size_t rows = 0, again = 0;
	char name[32];

	(void)state;
	for (int i = 0; i < 700; i++) {
		(void)snprintf(name, sizeof(name), "10.0.%d.1", i % 300);
		teach(t, name, i % 2 ? "shop/web-1" : "shop/web-2", i + 1);
	}
	inventory_save(t, &(struct image_writer){ put, &a }, 0);
	u = inventory_new(64 * KB, &HASH_KEY_DEFAULT);
	assert_true(inventory_load(u, &(struct image_reader){ get, &a }, 0));
	inventory_save(u, &(struct image_writer){ put, &b }, 0);
	for (size_t i = 0; i < INVENTORY_REGIONS; i++)
		assert_true(
		    span_equal(buf_span(&a.region[i]), buf_span(&b.region[i])));
	for (int i = 0; i < 700; i += 7) {
		char was[64];

		(void)snprintf(name, sizeof(name), "10.0.%d.1", i % 300);
		(void)snprintf(was, sizeof(was), "%s", at(t, name, i + 1));
		assert_string_equal(at(u, name, i + 1), was);
	}
	inventory_each(t, count_row, &rows);
	inventory_each(u, count_row, &again);
	assert_int_equal(rows, again);
	assert_true(rows >= 300);
	inventory_free(u);
	inventory_free(t);
	clear(&a);
	clear(&b);
}

/* An older state has no such regions; damage is seen. */
static void
foreign_bytes(void **state)
{
	struct shelf none = { 0 }, a = { 0 };
	struct inventory *t = inventory_new(64 * KB, &HASH_KEY_DEFAULT);

	(void)state;
	assert_true(inventory_load(t, &(struct image_reader){ get, &none }, 0));
	assert_int_equal(inventory_sizes(t).rows, 0);
	teach(t, "10.0.0.1", "shop/web-1", 1);
	inventory_save(t, &(struct image_writer){ put, &a }, 0);
	inventory_free(t);
	for (size_t r = 1; r < INVENTORY_REGIONS; r++) {
		for (size_t i = 0; i < a.region[r].len; i++) {
			struct inventory *u =
			    inventory_new(64 * KB, &HASH_KEY_DEFAULT);
			size_t rows = 0;

			a.region[r].at[i] = (char)~a.region[r].at[i];
			if (inventory_load(
				u, &(struct image_reader){ get, &a }, 0))
				inventory_each(u, count_row, &rows);
			assert_true(rows <= 1);
			a.region[r].at[i] = (char)~a.region[r].at[i];
			inventory_free(u);
		}
	}
	clear(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("an address is the pod's that had it at the time",
		    time_validity),
		TEST("what is told late holds until what was known begins",
		    late_news),
		TEST("a name that comes back begins anew", comes_back),
		TEST("clusters and relations are apart", scopes_are_apart),
		TEST("a flood is bounded and drives out only what is idle",
		    bounded),
		TEST("texts past the bounds are counted, not kept", too_long),
		TEST(
		    "what is saved is loaded, byte for byte", saved_and_loaded),
		TEST("no bytes are an empty inventory, damaged ones no harm",
		    foreign_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
