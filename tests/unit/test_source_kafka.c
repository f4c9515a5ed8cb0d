/* The source "kafka" against librdkafka's mock cluster. */
#include "source_kafka_rig.h"

/* --- reading and telling ---------------------------------------------------
 */

static void
reads_and_tells(void **state)
{
	struct rig r;
	struct source_counts counts;

	(void)state;
	rig_init(&r, 2);
	kafka_mock_fill(&r.mock, TOPIC, 0, 0, 1500);
	kafka_mock_fill(&r.mock, TOPIC, 1, 5000, 700);
	rig_open(&r);
	source_kafka.count(r.source, &counts);
	assert_false(counts.healthy);
	rig_collect(&r, 2200);
	assert_run(&r, PLACE "0", 0, 1500);
	assert_run(&r, PLACE "1", 5000, 700);
	for (size_t i = 0; i < r.host.nparcels; i++)
		assert_true(records_in(&r.host.parcels[i]) <= 512);
	/* Given, but not safe. */
	rig_run_for(&r, 300);
	assert_int_equal(kafka_mock_committed(&r.mock, GROUP, TOPIC, 0), -1);
	assert_int_equal(kafka_mock_committed(&r.mock, GROUP, TOPIC, 1), -1);
	rig_commit(&r);
	assert_committed(&r, 0, 1500);
	assert_committed(&r, 1, 700);
	source_kafka.count(r.source, &counts);
	assert_true(counts.healthy);
	assert_int_equal(counts.waiting, 0);
	assert_int_equal(counts.objects, 2200);
	assert_string_equal(r.host.cursors[0].key[6] ? "kafka/" : "", "kafka/");
	rig_done(&r);
}

static void
restart_reads_what_was_not_safe(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	kafka_mock_fill(&r.mock, TOPIC, 0, 0, 1200);
	rig_open(&r);
	rig_collect(&r, 1200);
	assert_true(r.host.nparcels > 2);
	/* The second parcel is safe and the first is not: nothing is told. */
	source_kafka.safe(r.source, &r.host.parcels[1].token, 1);
	rig_run_for(&r, 300);
	assert_int_equal(kafka_mock_committed(&r.mock, GROUP, TOPIC, 0), -1);
	/* Both are committed, then the program is killed. */
	(void)source_host_commit(&r.host, &source_kafka, r.source, 2);
	rig_restart(&r);
	rig_collect(&r, 1200);
	assert_run(&r, PLACE "0", 0, 1200);
	rig_commit(&r);
	assert_committed(&r, 0, 1200);
	rig_done(&r);
}

static void
newer_position_wins(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, 2);
	kafka_mock_fill(&r.mock, TOPIC, 0, 0, 100);
	kafka_mock_fill(&r.mock, TOPIC, 1, 0, 100);
	/* Partition 0: the store knows more; partition 1: the group does. */
	source_host_set_cursor(&r.host, "kafka/" GROUP "/" TOPIC "/0", "60");
	source_host_set_cursor(&r.host, "kafka/" GROUP "/" TOPIC "/1", "20");
	kafka_mock_commit(&r.mock, GROUP, TOPIC, 0, 10);
	kafka_mock_commit(&r.mock, GROUP, TOPIC, 1, 70);
	rig_open(&r);
	rig_collect(&r, 70);
	assert_run(&r, PLACE "0", 60, 40);
	assert_run(&r, PLACE "1", 70, 30);
	/* What the store has is told, what is not safe is not. */
	assert_committed(&r, 0, 60);
	assert_committed(&r, 1, 70);
	rig_done(&r);
}

static void
leaves_out_null_and_goes_on(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	kafka_mock_send(&r.mock,
	    &(struct kafka_mock_record){ TOPIC, 0, "k", NULL, NULL, NULL });
	kafka_mock_fill(&r.mock, TOPIC, 0, 0, 3);
	kafka_mock_send(&r.mock,
	    &(struct kafka_mock_record){ TOPIC, 0, "k", NULL, NULL, NULL });
	kafka_mock_flush(&r.mock);
	rig_open(&r);
	rig_collect(&r, 3);
	rig_run_for(&r, 200);
	assert_run(&r, PLACE "0", 0, 3);
	assert_int_equal(kafka_mock_committed(&r.mock, GROUP, TOPIC, 0), -1);
	rig_commit(&r);
	assert_committed(&r, 0, 5);
	assert_non_null(strstr(buf_text(&r.host.said), "without value"));
	rig_done(&r);
}

/* --- shapes ----------------------------------------------------------------
 */

static void
send_value(struct rig *r, const char *key, const char *value)
{
	kafka_mock_send(&r->mock, &(struct kafka_mock_record){
				      TOPIC, 0, key, value, "cluster", key });
}

static void
collect_parcels(struct rig *r, size_t want)
{
	int64_t deadline = clock_mono_us() + PATIENCE_US;

	while (r->host.nparcels < want && clock_mono_us() < deadline)
		source_kafka.run(r->source, 100);
	assert_int_equal(r->host.nparcels, want);
}

static void
others_stand_alone(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	send_value(&r, "a", "{\"n\":1}");
	send_value(&r, "a", " {\"n\":2}\n");
	send_value(&r, "a", "{\n \"n\": 3\n}");
	send_value(&r, "a", "[{\"n\":4}]");
	send_value(&r, "a", "\x1f\x8b\x08\x01");
	send_value(&r, "a", "2 111122223333 eni-1 ACCEPT OK");
	send_value(&r, "a", "{\"n\":5}");
	kafka_mock_flush(&r.mock);
	rig_open(&r);
	collect_parcels(&r, 6);
	assert_span_equal(
	    span_of(r.host.parcels[0].body, r.host.parcels[0].len),
	    SPAN("{\"n\":1}\n{\"n\":2}\n"));
	assert_span_equal(
	    span_of(r.host.parcels[1].body, r.host.parcels[1].len),
	    SPAN("{\n \"n\": 3\n}"));
	assert_span_equal(
	    span_of(r.host.parcels[3].body, r.host.parcels[3].len),
	    SPAN("\x1f\x8b\x08\x01"));
	assert_string_equal(r.host.parcels[5].cursor, "7");
	rig_done(&r);
}

static char fallback[] = "fallback";

struct turn {
	const char *from, *key;
	const char *cluster; /* of all parcels; NULL: the two take turns */
};

static void
check_turn(const struct rig *r, const struct turn *turn)
{
	for (size_t i = 0; i < r->host.nparcels; i++) {
		const struct source_host_parcel *p = &r->host.parcels[i];

		if (turn->cluster != NULL) {
			assert_string_equal(p->cluster, turn->cluster);
			continue;
		}
		assert_true(
		    !strcmp(p->cluster, "blue") || !strcmp(p->cluster, "red"));
		assert_null(strstr(
		    p->body, !strcmp(p->cluster, "blue") ? "red" : "blue"));
	}
	assert_string_equal(r->host.parcels[r->host.nparcels - 1].cursor, "20");
	if (turn->cluster == NULL)
		assert_true(r->host.nparcels >= 2);
	/* All came at once, but on a slow machine: the position comes with the
	 * last of a group. */
	if (turn->cluster == NULL && r->host.nparcels == 2) {
		assert_string_equal(r->host.parcels[0].cluster, "red");
		assert_string_equal(r->host.parcels[0].cursor, "0");
	}
}

/* Two clusters take turns; a group of consumers for each way to tell them. */
static void
tells_clusters(void **state)
{
	static const struct turn turns[] = {
		{ "key", NULL, NULL },
		{ "header", "cluster", NULL },
		{ "header", "other", fallback },
		{ "field", "a.b", NULL },
		{ "field", "no.such", fallback },
		{ "topic", NULL, topic },
		{ NULL, NULL, fallback },
	};
	struct rig rigs[COUNTOF(turns)];
	char groups[COUNTOF(turns)][8], *group;

	(void)state;
	rig_init(&rigs[0], 1);
	group = rigs[0].mock.properties[1].value;
	for (int i = 0; i < 10; i++) {
		send_value(&rigs[0], "red", "{\"a\":{\"b\":\"red\"}}");
		send_value(&rigs[0], "blue", "{\"a\":{\"b\":\"blue\"}}");
	}
	kafka_mock_flush(&rigs[0].mock);
	for (size_t i = 0; i < COUNTOF(turns); i++) {
		if (i > 0) {
			rigs[i] = rigs[0];
			source_host_init(&rigs[i].host);
		}
		(void)snprintf(groups[i], sizeof(groups[i]), "g%zu", i);
		rigs[i].mock.properties[1].value = groups[i];
		rigs[i].config.cluster = fallback;
		rigs[i].config.cluster_from = (char *)(uintptr_t)turns[i].from;
		rigs[i].config.cluster_key = (char *)(uintptr_t)turns[i].key;
		rig_open(&rigs[i]);
	}
	for (size_t i = 0; i < COUNTOF(turns); i++) {
		rig_collect(&rigs[i], 20);
		check_turn(&rigs[i], &turns[i]);
		source_kafka.close(rigs[i].source);
		rigs[i].source = NULL;
		if (i > 0)
			source_host_done(&rigs[i].host);
	}
	rigs[0].mock.properties[1].value = group;
	rig_done(&rigs[0]);
}

/* --- room ------------------------------------------------------------------
 */

static void
waits_for_room(void **state)
{
	struct rig r;
	size_t before;

	(void)state;
	rig_init(&r, 2);
	rig_open(&r);
	r.host.room = 0;
	kafka_mock_fill(&r.mock, TOPIC, 0, 0, 3000);
	kafka_mock_fill(&r.mock, TOPIC, 1, 0, 3000);
	rig_run_for(&r, 4000);
	assert_int_equal(records(&r), 0);
	/* A little room is not exceeded by more than a record's bytes. */
	r.host.room = 2000;
	rig_collect(&r, 1);
	r.host.room = 0;
	before = records(&r);
	assert_true(before <= 2000 / 7 + 10);
	rig_run_for(&r, 500);
	assert_int_equal(records(&r), before);
	r.host.room = SIZE_MAX;
	rig_collect(&r, 6000);
	assert_run(&r, PLACE "0", 0, 3000);
	assert_run(&r, PLACE "1", 0, 3000);
	rig_done(&r);
}

static void
collects_nothing_while_stopping(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	rig_open(&r);
	kafka_mock_fill(&r.mock, TOPIC, 0, 0, 10);
	rig_collect(&r, 10);
	r.host.stopping = true;
	rig_run_for(&r, 100);
	kafka_mock_fill(&r.mock, TOPIC, 0, 10, 10);
	rig_run_for(&r, 500);
	assert_int_equal(records(&r), 10);
	/* Safe at the very end, and told when the source is closed. */
	rig_commit(&r);
	source_kafka.close(r.source);
	r.source = NULL;
	assert_int_equal(kafka_mock_committed(&r.mock, GROUP, TOPIC, 0), 10);
	rig_done(&r);
}

#define LINES "{\"n\":1}\n{\"n\":2}"

static char by_key[] = "key";

/* Parts of a group have no position of their own. */
static void
parts_of_a_group_are_committed_together(void **state)
{
	struct rig r;
	size_t last;

	(void)state;
	rig_init(&r, 1);
	r.config.cluster_from = by_key;
	for (int i = 0; i < 40; i++) {
		char value[32];

		(void)snprintf(value, sizeof(value), "{\"n\":%d}", i);
		kafka_mock_send(
		    &r.mock, &(struct kafka_mock_record){ TOPIC, 0,
				 i % 2 ? "one" : "two", value, NULL, NULL });
	}
	kafka_mock_flush(&r.mock);
	rig_open(&r);
	rig_collect(&r, 40);
	assert_true(r.host.nparcels >= 2);
	last = r.host.nparcels - 1;
	assert_false(r.host.parcels[last].more);
	assert_true(r.host.parcels[last - 1].more);
	rig_done(&r);
}

/* Two days of a record an hour, and nothing for the last five hours.  Records
 * of many lines are parcels of their own. */
static void
who_is_silent_is_told(void **state)
{
	struct rig r;
	int64_t now_ms = clock_wall_us() / 1000;

	(void)state;
	rig_init(&r, 1);
	r.config.cluster_from = by_key;
	for (int hour = 60; hour > 5; hour--)
		kafka_mock_send_at(&r.mock,
		    &(struct kafka_mock_record){
			TOPIC, 0, "plant-1", LINES, NULL, NULL },
		    now_ms - hour * (int64_t)3600000);
	kafka_mock_send(&r.mock, &(struct kafka_mock_record){ TOPIC, 0,
				     "plant-2", "{\"n\":1}", NULL, NULL });
	kafka_mock_flush(&r.mock);
	rig_open(&r);
	rig_collect(&r, 56);
	for (int i = 0; i < 100 && r.host.nnotices == 0; i++)
		rig_run_for(&r, 100);
	assert_int_equal(r.host.nnotices, 1);
	assert_string_equal(
	    buf_text(&r.host.noticed), "source_silent plant-1 plant-1");
	rig_done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("records become parcels, and are told when safe",
		    reads_and_tells),
		TEST("what was not safe comes again, from the right place",
		    restart_reads_what_was_not_safe),
		TEST("the newer of store and group says where to go on",
		    newer_position_wins),
		TEST("records without value are left out, the position goes on",
		    leaves_out_null_and_goes_on),
		TEST("what would be misread among others stands alone",
		    others_stand_alone),
		TEST("the cluster is told by key, header, field or topic",
		    tells_clusters),
		TEST("without room nothing is given and nothing lost",
		    waits_for_room),
		TEST("a stopping service collects nothing more",
		    collects_nothing_while_stopping),
		TEST("parts of a group are committed together",
		    parts_of_a_group_are_committed_together),
		TEST("who was regular and is silent is told",
		    who_is_silent_is_told),
	};

	return cmocka_run_group_tests_name("source_kafka", tests, NULL, NULL);
}
