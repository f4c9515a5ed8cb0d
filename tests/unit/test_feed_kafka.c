/* The feed "kafka" against librdkafka's mock cluster. */
#include <inttypes.h>

#include "feed/feed.h"
#include "kafka_mock.h"
#include "net/clock.h"

#define TOPIC "findings"
#define PATIENCE_US 30000000

static char topic[] = TOPIC;

struct rig {
	struct kafka_mock mock;
	struct config_feed config;
	struct feed_host host;
	void *feed;
	uint64_t delivered;
	struct buf said;
};

static void
on_delivered(void *cookie, uint64_t number)
{
	struct rig *r = cookie;

	assert_true(number > r->delivered);
	r->delivered = number;
}

static void
on_say(void *cookie, int level, const char *message, const char *const *fields)
{
	struct rig *r = cookie;

	buf_printf(&r->said, "%d %s: %s\n", level, message,
	    fields && fields[0] ? fields[1] : "");
}

static void
rig_init(struct rig *r)
{
	*r = (struct rig){ 0 };
	kafka_mock_init(&r->mock);
	kafka_mock_topic(&r->mock, TOPIC, 3);
	kafka_mock_property(&r->mock, "reconnect.backoff.max.ms", "500");
	r->config.name = r->config.topic = topic;
	r->host = (struct feed_host){ on_delivered, on_say, r };
}

static void
rig_open(struct rig *r)
{
	struct buf error = { 0 };

	r->config.properties = r->mock.properties;
	r->config.nproperties = r->mock.nproperties;
	if (feed_kafka.open(&r->config, &r->host, &r->feed, &error) !=
	    STATUS_OK)
		fail_msg("%s", buf_text(&error));
}

static void
rig_done(struct rig *r)
{
	if (r->feed != NULL)
		feed_kafka.close(r->feed);
	buf_done(&r->said);
	kafka_mock_done(&r->mock);
}

/* Offer findings FROM .. TO, seven ids in turn, until all are taken. */
static void
rig_send(struct rig *r, uint64_t from, uint64_t to)
{
	int64_t deadline = clock_mono_us() + PATIENCE_US;

	for (uint64_t n = from; n <= to && clock_mono_us() < deadline;) {
		char id[16], text[32];
		struct feed_item item = { .number = n,
			.type = SPAN("Recon:EC2/Portscan"),
			.revision = n };

		(void)snprintf(id, sizeof(id), "id-%d", (int)(n % 7));
		(void)snprintf(text, sizeof(text), "{\"n\":%" PRIu64 "}", n);
		item.id = span_str(id);
		item.text = span_str(text);
		if (feed_kafka.take(r->feed, &item, 1) == 1)
			n++;
		else
			feed_kafka.run(r->feed, 10);
	}
}

static void
rig_wait(struct rig *r, uint64_t number)
{
	int64_t deadline = clock_mono_us() + PATIENCE_US;

	while (r->delivered < number && clock_mono_us() < deadline)
		feed_kafka.run(r->feed, 50);
	if (r->delivered != number)
		fail_msg("%" PRIu64 " of %" PRIu64 " delivered; %s",
		    r->delivered, number, buf_text(&r->said));
}

static const char *
header_of(const rd_kafka_message_t *m, const char *name)
{
	rd_kafka_headers_t *headers;
	const void *value;
	size_t len;

	assert_int_equal(rd_kafka_message_headers(m, &headers), 0);
	assert_int_equal(
	    rd_kafka_header_get_last(headers, name, &value, &len), 0);
	return value;
}

/* Every number 1..most is in the topic, those of an id in order. */
static void
check_topic(struct rig *r, int most)
{
	rd_kafka_t *client = kafka_mock_consumer(&r->mock, "check");
	rd_kafka_topic_partition_list_t *list =
	    rd_kafka_topic_partition_list_new(3);
	int ends = 0, count = 0, latest[7] = { 0 };
	bool *seen = status_calloc((size_t)most + 1, sizeof(*seen));

	for (int i = 0; i < 3; i++)
		rd_kafka_topic_partition_list_add(list, TOPIC, i)->offset = 0;
	assert_int_equal(rd_kafka_assign(client, list), 0);
	while (ends < 3) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(client, 20000);
		int n, id;

		assert_non_null(m);
		if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
			ends++;
		} else {
			assert_int_equal(m->err, 0);
			n = (int)strtol((char *)m->payload + 5, NULL, 10);
			id = (int)strtol((char *)m->key + 3, NULL, 10);
			assert_int_equal(id, n % 7);
			assert_in_range(n, 1, most);
			/* Again from where it failed, never an older one
			 * alone behind a newer. */
			if (!seen[n]) {
				assert_true(n > latest[id]);
				latest[id] = n;
				count++;
			}
			seen[n] = true;
			assert_string_equal(
			    header_of(m, "content-type"), "application/json");
			assert_int_equal(
			    strtol(
				header_of(m, "nephoscope-revision"), NULL, 10),
			    n);
			assert_string_equal(header_of(m, "nephoscope-type"),
			    "Recon:EC2/Portscan");
		}
		rd_kafka_message_destroy(m);
	}
	assert_int_equal(count, most);
	free(seen);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(client);
}

static void
delivers_in_order(void **state)
{
	struct rig r;
	struct feed_counts counts;

	(void)state;
	rig_init(&r);
	rig_open(&r);
	rig_send(&r, 1, 2000);
	rig_wait(&r, 2000);
	feed_kafka.count(r.feed, &counts);
	assert_int_equal(counts.delivered, 2000);
	assert_true(counts.healthy);
	check_topic(&r, 2000);
	rig_done(&r);
}

static void
gets_over_faults(void **state)
{
	struct rig r;
	struct feed_counts counts;

	(void)state;
	rig_init(&r);
	/* Some the client repeats, some it gives up on. */
	rd_kafka_mock_push_request_errors(r.mock.cluster, 0 /* Produce */, 5,
	    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
	    RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
	    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
	    RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
	rig_open(&r);
	rig_send(&r, 1, 300);
	rig_wait(&r, 300);
	feed_kafka.count(r.feed, &counts);
	assert_true(counts.failures > 0);
	assert_true(counts.retries > 0);
	assert_true(counts.healthy);
	check_topic(&r, 300);
	rig_done(&r);
}

static void
waits_for_brokers(void **state)
{
	struct rig r;
	struct feed_counts counts;
	int64_t deadline = clock_mono_us() + PATIENCE_US;

	(void)state;
	rig_init(&r);
	rig_open(&r);
	rig_send(&r, 1, 10);
	rig_wait(&r, 10);
	rd_kafka_mock_broker_set_down(r.mock.cluster, -1);
	rig_send(&r, 11, 20);
	do {
		feed_kafka.run(r.feed, 100);
		feed_kafka.count(r.feed, &counts);
	} while (counts.healthy && clock_mono_us() < deadline);
	assert_false(counts.healthy);
	assert_true(counts.trouble[0] != '\0');
	assert_int_equal(r.delivered, 10);
	rd_kafka_mock_broker_set_up(r.mock.cluster, -1);
	rig_wait(&r, 20);
	check_topic(&r, 20);
	rig_done(&r);
}

static void
takes_a_bounded_number(void **state)
{
	struct rig r;
	struct feed_item items[1000];
	size_t taken = 0, more;

	(void)state;
	rig_init(&r);
	rd_kafka_mock_broker_set_down(r.mock.cluster, -1);
	rig_open(&r);
	for (size_t i = 0; i < COUNTOF(items); i++)
		items[i] = (struct feed_item){
			.number = i + 1, .id = SPAN("id-0"), .text = SPAN("{}")
		};
	do {
		more = feed_kafka.take(
		    r.feed, items + taken, COUNTOF(items) - taken);
		taken += more;
	} while (more > 0);
	assert_in_range(taken, 1, 512);
	assert_int_equal(r.delivered, 0);
	/* Closing with all of it under way waits for nobody. */
	feed_kafka.close(r.feed);
	r.feed = NULL;
	assert_int_equal(r.delivered, 0);
	rig_done(&r);
}

static void
refuses_what_breaks_the_promise(void **state)
{
	static const char *const pairs[][2] = {
		{ "enable.idempotence", "false" },
		{ "acks", "1" },
		{ "transactional.id", "t" },
		{ "log.queue", "false" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(pairs); i++) {
		struct rig r;
		struct buf error = { 0 };

		rig_init(&r);
		kafka_mock_property(&r.mock, pairs[i][0], pairs[i][1]);
		r.config.properties = r.mock.properties;
		r.config.nproperties = r.mock.nproperties;
		assert_int_equal(
		    feed_kafka.open(&r.config, &r.host, &r.feed, &error),
		    STATUS_INVALID);
		assert_non_null(strstr(buf_text(&error), pairs[i][0]));
		buf_done(&error);
		rig_done(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("findings are delivered in order, with their headers",
		    delivers_in_order),
		TEST("what failed is sent again, and all behind it",
		    gets_over_faults),
		TEST("brokers that are away are waited for", waits_for_brokers),
		TEST("no more is taken than can be kept",
		    takes_a_bounded_number),
		TEST("properties that break the promise are refused",
		    refuses_what_breaks_the_promise),
	};

	return cmocka_run_group_tests_name("feed_kafka", tests, NULL, NULL);
}
