#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "store/pager.h"
#include "test.h"

#define PAGE PAGER_PAGE_BYTES

/* What the sink was told: "+0 +1 -2" are pages put and dropped. */
struct told {
	struct buf text;
	int64_t tenant;
	unsigned region;
};

static void
page(void *cookie, int64_t key, uint64_t checksum, struct span bytes)
{
	struct told *t = cookie;

	assert_true(key >> 24 == pager_region_key(t->tenant, t->region));
	assert_true((checksum == 0) == (bytes.len == 0));
	if (bytes.len > 0)
		assert_true(pager_checksum(bytes) == checksum);
	buf_printf(&t->text, "%s%c%lld", t->text.len ? " " : "",
	    bytes.len ? '+' : '-', (long long)(key & (PAGER_PAGES_MAX - 1)));
}

static void
expect_put(struct pager *p, int64_t tenant, unsigned region, struct span bytes,
    const char *expected)
{
	struct told t = { .tenant = tenant, .region = region };

	pager_put(p, tenant, region, bytes, &(struct pager_sink){ page, &t });
	assert_string_equal(buf_text(&t.text), expected);
	buf_done(&t.text);
}

static char *
filled(size_t len, char with)
{
	char *bytes = malloc(len);

	assert_non_null(bytes);
	memset(bytes, with, len);
	return bytes;
}

static void
only_changed(void **state)
{
	struct pager *p = pager_new();
	bool fresh;
	int64_t tenant = pager_tenant(p, SPAN("a"), &fresh);
	char *bytes = filled(3 * PAGE, 'x');

	(void)state;
	assert_true(fresh);
	expect_put(p, tenant, 9, span_of(bytes, 3 * PAGE), "+0 +1 +2");
	expect_put(p, tenant, 9, span_of(bytes, 3 * PAGE), "");
	bytes[PAGE] = 'y';
	expect_put(p, tenant, 9, span_of(bytes, 3 * PAGE), "+1");
	bytes[3 * PAGE - 1] = 'y';
	expect_put(p, tenant, 9, span_of(bytes, 3 * PAGE), "+2");
	/* Another region, another tenant: pages of their own. */
	expect_put(p, tenant, 8, span_of(bytes, PAGE), "+0");
	tenant = pager_tenant(p, SPAN("b"), &fresh);
	expect_put(p, tenant, 9, span_of(bytes, PAGE), "+0");
	free(bytes);
	pager_free(p);
}

static void
shrinks(void **state)
{
	struct pager *p = pager_new();
	bool fresh;
	int64_t tenant = pager_tenant(p, SPAN(""), &fresh);
	char *bytes = filled(3 * PAGE, 'x');

	(void)state;
	expect_put(p, tenant, 0, span_of(bytes, 3 * PAGE), "+0 +1 +2");
	expect_put(p, tenant, 0, span_of(bytes, PAGE + 1), "+1 -2");
	expect_put(p, tenant, 0, span_of(bytes, PAGE), "-1");
	expect_put(p, tenant, 0, span_of(NULL, 0), "-0");
	expect_put(p, tenant, 0, span_of(NULL, 0), "");
	/* What it grows over again is new. */
	expect_put(p, tenant, 0, span_of(bytes, 2 * PAGE), "+0 +1");
	free(bytes);
	pager_free(p);
}

static void
zeros(void **state)
{
	struct pager *p = pager_new();
	bool fresh;
	int64_t tenant = pager_tenant(p, SPAN("a"), &fresh);
	char *bytes = filled(3 * PAGE, 0);

	(void)state;
	bytes[2 * PAGE] = 1;
	expect_put(p, tenant, 0, span_of(bytes, 3 * PAGE), "+2");
	bytes[0] = 1;
	expect_put(p, tenant, 0, span_of(bytes, 3 * PAGE), "+0");
	bytes[0] = 0;
	expect_put(p, tenant, 0, span_of(bytes, 3 * PAGE), "-0");
	free(bytes);
	pager_free(p);
}

static void
known(void **state)
{
	struct pager *p = pager_new();
	bool fresh;
	char *bytes = filled(2 * PAGE, 'x');
	uint64_t sum = pager_checksum(span_of(bytes, PAGE));

	(void)state;
	pager_know_tenant(p, SPAN("a"), 1);
	pager_know_page(p, pager_page_key(1, 5, 1), sum);
	assert_int_equal(pager_tenant(p, SPAN("a"), &fresh), 1);
	assert_false(fresh);
	expect_put(p, 1, 5, span_of(bytes, 2 * PAGE), "+0");
	free(bytes);
	pager_free(p);
}

static void
many_tenants(void **state)
{
	struct pager *p = pager_new();
	bool fresh;

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 5000; i++) {
			char name[16];

			(void)snprintf(name, sizeof(name), "t%d", i);
			assert_int_equal(
			    pager_tenant(p, span_str(name), &fresh), i + 1);
			assert_int_equal(fresh, round == 0);
		}
	}
	pager_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("only pages that changed are told", only_changed),
		TEST("a region that shrinks drops its pages", shrinks),
		TEST("a page of zeros is not stored", zeros),
		TEST("what is known to be stored is not told again", known),
		TEST("tenants keep their numbers, however many", many_tenants),
	};

	return cmocka_run_group_tests_name("pager", tests, NULL, NULL);
}
