/* The source "kafka" when brokers fail and members come and go. */
#include "source_kafka_rig.h"

/* --- faults ----------------------------------------------------------------
 */

static void
gets_over_faults(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	rd_kafka_mock_push_request_errors(r.mock.cluster, 1 /* Fetch */, 3,
	    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
	    RD_KAFKA_RESP_ERR__TRANSPORT,
	    RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR);
	rd_kafka_mock_push_request_errors(r.mock.cluster,
	    10 /* FindCoordinator */, 2,
	    RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
	    RD_KAFKA_RESP_ERR_NOT_COORDINATOR);
	kafka_mock_fill(&r.mock, TOPIC, 0, 0, 600);
	rig_open(&r);
	rig_collect(&r, 600);
	assert_run(&r, PLACE "0", 0, 600);
	/* What the broker does not keep is told again. */
	rd_kafka_mock_push_request_errors(r.mock.cluster, 8 /* OffsetCommit */,
	    1, RD_KAFKA_RESP_ERR_INVALID_COMMIT_OFFSET_SIZE);
	rig_commit(&r);
	assert_committed(&r, 0, 600);
	rig_done(&r);
}

static void
tells_an_outage_and_its_end(void **state)
{
	struct rig r;
	struct source_counts counts;
	int64_t deadline = clock_mono_us() + PATIENCE_US;

	(void)state;
	rig_init(&r, 1);
	kafka_mock_property(&r.mock, "reconnect.backoff.max.ms", "500");
	kafka_mock_fill(&r.mock, TOPIC, 0, 0, 50);
	rig_open(&r);
	rig_collect(&r, 50);
	rd_kafka_mock_broker_set_down(r.mock.cluster, -1);
	do {
		rig_run_for(&r, 100);
		source_kafka.count(r.source, &counts);
	} while (counts.healthy && clock_mono_us() < deadline);
	assert_false(counts.healthy);
	assert_true(counts.trouble[0] != '\0');
	rig_commit(&r);
	rd_kafka_mock_broker_set_up(r.mock.cluster, -1);
	kafka_mock_fill(&r.mock, TOPIC, 0, 50, 50);
	rig_collect(&r, 100);
	assert_run(&r, PLACE "0", 0, 100);
	source_kafka.count(r.source, &counts);
	assert_true(counts.healthy);
	rig_commit(&r);
	assert_committed(&r, 0, 100);
	rig_done(&r);
}

static void
closes_without_brokers(void **state)
{
	struct rig r;
	int64_t begun;

	(void)state;
	rig_init(&r, 1);
	kafka_mock_fill(&r.mock, TOPIC, 0, 0, 50);
	rig_open(&r);
	rig_collect(&r, 50);
	rig_commit(&r);
	rd_kafka_mock_broker_set_down(r.mock.cluster, -1);
	begun = clock_mono_us();
	source_kafka.close(r.source);
	r.source = NULL;
	assert_true(clock_mono_us() - begun < 8000000);
	rig_done(&r);
}

/* --- rebalance -------------------------------------------------------------
 */

static size_t
partitions_of(const struct source_host_test *host)
{
	bool seen[4] = { false };
	size_t count = 0;

	for (size_t i = 0; i < host->nparcels; i++)
		seen[host->parcels[i].place[sizeof(PLACE) - 1] - '0'] = true;
	for (size_t i = 0; i < COUNTOF(seen); i++)
		count += seen[i];
	return count;
}

/*
 * A second member joins while the first has parcels under way.  Each goes on
 * where the group knows it is safe; together they commit all, and no position
 * past what one of them has committed.
 */
static void
check_rebalance(const char *strategy)
{
	struct rig a, b;
	int64_t deadline;

	rig_init(&a, 4);
	kafka_mock_property(&a.mock, "partition.assignment.strategy", strategy);
	for (int i = 0; i < 4; i++)
		kafka_mock_fill(&a.mock, TOPIC, i, 0, 100);
	rig_open(&a);
	rig_collect(&a, 400);
	/* Under way when the partitions are taken away: none is safe. */
	b = (struct rig){ .config = a.config };
	b.mock = a.mock;
	source_host_init(&b.host);
	rig_open(&b);
	deadline = clock_mono_us() + PATIENCE_US;
	while (b.host.nparcels == 0 && clock_mono_us() < deadline) {
		source_kafka.run(a.source, 50);
		source_kafka.run(b.source, 50);
	}
	assert_true(partitions_of(&b.host) >= 1);
	for (int i = 0; i < 4; i++)
		assert_int_equal(
		    kafka_mock_committed(&a.mock, GROUP, TOPIC, i), -1);
	/* The first member's late commits touch only what is its own. */
	rig_commit(&a);
	for (int i = 0; i < 10; i++) {
		source_kafka.run(a.source, 50);
		source_kafka.run(b.source, 50);
	}
	for (size_t i = 0; i < b.host.nparcels; i++)
		assert_int_equal(
		    kafka_mock_committed(&a.mock, GROUP, TOPIC,
			b.host.parcels[i].place[sizeof(PLACE) - 1] - '0'),
		    -1);
	/* The first member was not given its own records twice. */
	assert_int_equal(records(&a), 400);
	rig_commit(&b);
	/* The second dies; the first goes on with all. */
	for (int i = 0; i < 4; i++)
		kafka_mock_fill(&a.mock, TOPIC, i, 100, 10);
	source_kafka.close(b.source);
	source_host_done(&b.host);
	rig_collect(&a, 440);
	rig_commit(&a);
	for (int i = 0; i < 4; i++)
		assert_committed(&a, i, 110);
	for (int i = 0; i < 4; i++) {
		char place[] = PLACE "0";

		place[sizeof(PLACE) - 1] = (char)('0' + i);
		assert_run(&a, place, 0, 110);
	}
	rig_done(&a);
}

static void
rebalances_cooperatively(void **state)
{
	(void)state;
	check_rebalance("cooperative-sticky");
}

static void
rebalances_eagerly(void **state)
{
	(void)state;
	check_rebalance("range,roundrobin");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("errors of brokers pass", gets_over_faults),
		TEST("an outage is told, and that it is over",
		    tells_an_outage_and_its_end),
		TEST("closing does not wait for brokers that are away",
		    closes_without_brokers),
		TEST("partitions move to a second member and back",
		    rebalances_cooperatively),
		TEST("the same when all are given up at each change",
		    rebalances_eagerly),
	};

	return cmocka_run_group_tests_name(
	    "source_kafka_faults", tests, NULL, NULL);
}
