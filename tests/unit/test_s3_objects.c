#include "base/buf.h"
#include "collect/s3/objects.h"
#include "test.h"

static struct object *
add(struct objects *o, const char *key, int64_t time_us)
{
	struct object *x = objects_add(o, span_str(key), SPAN("e"));

	x->time_us = time_us;
	return x;
}

static void
order(void **state)
{
	struct objects *o = objects_new();

	(void)state;
	add(o, "c", 2);
	add(o, "a", 2);
	add(o, "z", 1);
	add(o, "later", 9);
	assert_int_equal(objects_queue_round(o, 9), 3);
	assert_int_equal(objects_found(o), 1);
	/* A later round stands behind, whatever its times. */
	add(o, "early", 0);
	assert_int_equal(objects_queue_round(o, INT64_MAX), 2);
	assert_string_equal(objects_at(o, 0)->key, "z");
	assert_string_equal(objects_at(o, 1)->key, "a");
	assert_string_equal(objects_at(o, 2)->key, "c");
	assert_string_equal(objects_at(o, 3)->key, "early");
	assert_string_equal(objects_at(o, 4)->key, "later");
	objects_unqueue(o, objects_at(o, 1));
	assert_int_equal(objects_queued(o), 4);
	assert_string_equal(objects_take(o)->key, "z");
	assert_string_equal(objects_at(o, 0)->key, "c");
	objects_free(o);
}

static void
known(void **state)
{
	struct objects *o = objects_new();
	struct object *x = add(o, "k", 1), *other;

	(void)state;
	assert_ptr_equal(objects_find(o, SPAN("k"), SPAN("e")), x);
	assert_null(objects_find(o, SPAN("k"), SPAN("")));
	/* A notice did not say which version it means. */
	other = objects_add(o, SPAN("k"), SPAN(""));
	assert_false(objects_rename(o, other, SPAN("e"), &x));
	assert_true(objects_rename(o, other, SPAN("f"), &x));
	assert_ptr_equal(objects_find(o, SPAN("k"), SPAN("f")), other);
	objects_free(o);
}

static void
merged(void **state)
{
	struct objects *o = objects_new();
	struct object *x = add(o, "k", 1), *y = add(o, "l", 1);
	int first, second;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct object *of = i == 0 ? x : y;

		of->notices = status_calloc(1, sizeof(*of->notices));
		of->notices->message = i == 0 ? &first : &second;
	}
	objects_merge(o, y, x);
	assert_int_equal(objects_count(o), 1);
	assert_ptr_equal(x->notices->message, &first);
	assert_ptr_equal(x->notices->next->message, &second);
	objects_free(o);
}

static void
many(void **state)
{
	struct objects *o = objects_new();
	struct buf key = { 0 };

	(void)state;
	for (int i = 0; i < 5000; i++) {
		buf_reset(&key);
		buf_printf(&key, "k%d", i);
		(void)add(o, buf_text(&key), 5000 - i);
	}
	assert_int_equal(objects_queue_round(o, INT64_MAX), 5000);
	assert_string_equal(objects_at(o, 0)->key, "k4999");
	for (int i = 0; i < 5000; i++) {
		struct object *x = objects_take(o);

		x->state = OBJECT_GIVEN;
		objects_drop(o, x);
	}
	assert_int_equal(objects_count(o), 0);
	buf_done(&key);
	objects_free(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a round is queued by time and key, behind those before",
		    order),
		TEST("an object is known by key and ETag", known),
		TEST("who waits for one waits for what it turned out to be",
		    merged),
		TEST("thousands are queued and dropped", many),
	};

	return cmocka_run_group_tests_name("s3 objects", tests, NULL, NULL);
}
