/* What a Kafka record looks like, groups of them, and what is safe. */
#include <stdlib.h>

#include "collect/kafka_part.h"
#include "collect/kafka_record.h"
#include "test.h"

static void
form_is(struct span value, enum kafka_form form, struct span left)
{
	assert_int_equal(kafka_form(&value), form);
	assert_span_equal(value, left);
}

static void
tells_forms(void **state)
{
	(void)state;
	form_is(SPAN(" {\"a\":1}\r\n"), KAFKA_OBJECT, SPAN("{\"a\":1}"));
	form_is(SPAN("2 1 eni"), KAFKA_TEXT, SPAN("2 1 eni"));
	form_is(SPAN("{\n}"), KAFKA_ALONE, SPAN("{\n}"));
	form_is(SPAN("{broken\n"), KAFKA_ALONE, SPAN("{broken\n"));
	form_is(SPAN("{\"a\":{}"), KAFKA_ALONE, SPAN("{\"a\":{}"));
	form_is(SPAN("{}}"), KAFKA_ALONE, SPAN("{}}"));
	form_is(SPAN("[1]\n"), KAFKA_ALONE, SPAN("[1]\n"));
	form_is(SPAN("\x1f\x8b "), KAFKA_ALONE, SPAN("\x1f\x8b "));
	form_is(SPAN("\x28\xb5\x2f\xfd\n"), KAFKA_ALONE,
	    SPAN("\x28\xb5\x2f\xfd\n"));
	assert_int_equal(kafka_form(&SPAN(" \n")), KAFKA_NOTHING);
	assert_int_equal(kafka_form(&SPAN("")), KAFKA_NOTHING);
}

static void
field_is(struct json_parser *parser, struct span record, struct span name,
    const char *want)
{
	struct buf out = { 0 };

	assert_true(kafka_field(parser, record, name, &out) == (want != NULL));
	assert_string_equal(buf_text(&out), want ? want : "");
	buf_done(&out);
}

static void
finds_fields(void **state)
{
	struct json_parser *parser = json_parser_new(1024);

	(void)state;
	field_is(parser, SPAN("{\"a\":{\"b\":\"x\"}}"), SPAN("a.b"), "x");
	field_is(parser, SPAN("{\"a.b\":\"y\",\"a\":{\"b\":\"x\"}}"),
	    SPAN("a.b"), "y");
	field_is(parser, SPAN("{\"a\":\"x\"}"), SPAN("a"), "x");
	field_is(parser, SPAN("{\"a\":\"x\"}"), SPAN("a.b"), NULL);
	field_is(parser, SPAN("{\"a\":7}"), SPAN("a"), NULL);
	field_is(parser, SPAN("{\"a\":\"\"}"), SPAN("a"), NULL);
	field_is(parser, SPAN("{\"a\":"), SPAN("a"), NULL);
	field_is(parser, SPAN("[\"a\"]"), SPAN("a"), NULL);
	json_parser_free(parser);
}

static void
safe_only_without_gap(void **state)
{
	struct kafka_part p;
	uint64_t numbers[200];

	(void)state;
	kafka_part_init(&p, "g", "t", 3);
	assert_string_equal(buf_text(&p.place), "kafka/t/3");
	assert_string_equal(buf_text(&p.cursor_key), "kafka/g/t/3");
	for (int i = 0; i < 200; i++)
		numbers[i] = kafka_part_given(&p, (i + 1) * 10);
	for (int i = 199; i > 0; i--)
		kafka_part_safe(&p, numbers[i]);
	assert_int_equal(p.safe, KAFKA_NOWHERE);
	assert_true(kafka_part_is_waiting(&p));
	kafka_part_safe(&p, numbers[0]);
	assert_int_equal(p.safe, 2000);
	assert_false(kafka_part_is_waiting(&p));
	/* A number from nowhere changes nothing. */
	kafka_part_safe(&p, 12345);
	kafka_part_safe(&p, numbers[3]);
	assert_int_equal(p.safe, 2000);
	kafka_part_skipped(&p, 2005);
	assert_int_equal(p.safe, 2005);
	kafka_part_done(&p);
}

static void
rewinds(void **state)
{
	struct kafka_part p;
	uint64_t old, new;

	(void)state;
	kafka_part_init(&p, "g", "t", 0);
	old = kafka_part_given(&p, 1000);
	kafka_part_rewind(&p);
	new = kafka_part_given(&p, 5);
	kafka_part_safe(&p, old);
	assert_int_equal(p.safe, KAFKA_NOWHERE);
	kafka_part_safe(&p, new);
	assert_int_equal(p.safe, 5);
	kafka_part_done(&p);
}

static void
keeps_order_within_a_cluster(void **state)
{
	struct kafka_part p;

	(void)state;
	kafka_part_init(&p, "g", "t", 0);
	kafka_part_add(&p, KAFKA_OBJECT, SPAN("a"), SPAN("1"), 7);
	kafka_part_add(&p, KAFKA_OBJECT, SPAN("b"), SPAN("2"), 8);
	kafka_part_add(&p, KAFKA_OBJECT, SPAN("a"), SPAN("3"), 9);
	kafka_part_add(&p, KAFKA_ALONE, SPAN("a"), SPAN("4"), 10);
	kafka_part_add(&p, KAFKA_OBJECT, SPAN("a"), SPAN("5"), 11);
	kafka_part_add(&p, KAFKA_TEXT, SPAN("b"), SPAN("6"), 12);
	assert_int_equal(p.nruns, 5);
	assert_string_equal(buf_text(&p.runs[0].body), "1\n3\n");
	assert_int_equal(p.runs[0].arrived_us, 7);
	assert_string_equal(buf_text(&p.runs[1].body), "2\n");
	assert_string_equal(buf_text(&p.runs[2].body), "4");
	assert_string_equal(buf_text(&p.runs[3].body), "5\n");
	assert_string_equal(buf_text(&p.runs[4].body), "6\n");
	assert_false(kafka_part_is_full(&p));
	kafka_part_drop(&p);
	assert_int_equal(p.nruns, 0);
	for (int i = 0; !kafka_part_is_full(&p); i++) {
		kafka_part_add(&p, KAFKA_OBJECT, SPAN("a"), SPAN("{}"), 1);
		assert_true(i < KAFKA_RUN_RECORDS);
	}
	assert_int_equal(p.nruns, 1);
	assert_int_equal(p.group_records, KAFKA_RUN_RECORDS);
	kafka_part_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("what must stand alone is told by its bytes", tells_forms),
		TEST("a field is found by name or path", finds_fields),
		TEST("a position is safe when all before it is",
		    safe_only_without_gap),
		TEST(
		    "a topic that begins again forgets old positions", rewinds),
		TEST("records of a cluster keep their order",
		    keeps_order_within_a_cluster),
	};

	return cmocka_run_group_tests_name("kafka_part", tests, NULL, NULL);
}
