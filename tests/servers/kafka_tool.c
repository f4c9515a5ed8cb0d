/*
 * kafka_tool: the other end of what is tested with a real broker.
 *
 *	produce SERVERS TOPIC CODEC FROM COUNT RATE
 *		records {"n":N} for N from FROM on, N % 4 the partition, at
 *		most RATE a second
 *	send SERVERS TOPIC KEY RATE
 *		each line of standard input as a record of that key, at most
 *		RATE a second
 *	transact SERVERS TOPIC FROM COUNT
 *		COUNT such records in a transaction, and one that is aborted
 *	delete SERVERS TOPIC OFFSET
 *		the records of each partition before OFFSET
 *	positions SERVERS TOPIC GROUP
 *		"partition position end" of each of four partitions
 *	read SERVERS TOPIC
 *		"key TAB revision TAB value" of all records
 *	feed CONFIG NAME COUNT
 *		COUNT findings through the feed NAME of CONFIG; a line
 *		"delivered N" whenever some are
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

#include "config/config.h"
#include "feed/feed.h"
#include "net/clock.h"

#define PARTITIONS 4
#define PATIENCE_MS 30000

static void
die(const char *what)
{
	fprintf(stderr, "kafka_tool: %s\n", what);
	exit(1);
}

static rd_kafka_t *
client(rd_kafka_type_t type, const char *servers, const char *const *pairs)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char error[256];
	rd_kafka_t *made;

	if (rd_kafka_conf_set(conf, "bootstrap.servers", servers, error,
		sizeof(error)) != RD_KAFKA_CONF_OK)
		die(error);
	for (; *pairs != NULL; pairs += 2) {
		if (rd_kafka_conf_set(conf, pairs[0], pairs[1], error,
			sizeof(error)) != RD_KAFKA_CONF_OK)
			die(error);
	}
	made = rd_kafka_new(type, conf, error, sizeof(error));
	if (made == NULL)
		die(error);
	return made;
}

/* --- produce -------------------------------------------------------------- */

static void
on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *cookie)
{
	(void)rk;
	(void)cookie;
	if (m->err != RD_KAFKA_RESP_ERR_NO_ERROR)
		die(rd_kafka_err2str(m->err));
}

/* One that keeps the order, whatever breaks in between. */
static rd_kafka_t *
producer(const char *servers, const char *codec)
{
	const char *const pairs[] = { "bootstrap.servers", servers,
		"enable.idempotence", "true", "compression.codec", codec,
		NULL };
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char error[256];
	rd_kafka_t *rk;

	for (size_t i = 0; pairs[i] != NULL; i += 2) {
		if (rd_kafka_conf_set(conf, pairs[i], pairs[i + 1], error,
			sizeof(error)) != RD_KAFKA_CONF_OK)
			die(error);
	}
	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
	rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
	if (rk == NULL)
		die(error);
	return rk;
}

static void
finish(rd_kafka_t *rk)
{
	if (rd_kafka_flush(rk, 2 * PATIENCE_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
		die("not delivered");
	rd_kafka_destroy(rk);
}

static int
produce(char **argv)
{
	rd_kafka_t *rk = producer(argv[0], argv[2]);
	uint64_t from = strtoull(argv[3], NULL, 10);
	uint64_t count = strtoull(argv[4], NULL, 10);
	uint64_t rate = strtoull(argv[5], NULL, 10);
	int64_t begun = clock_mono_us();

	for (uint64_t i = 0; i < count; i++) {
		uint64_t n = from + i;
		int64_t due = begun + (int64_t)(i * 1000000 / rate);
		char value[64];
		int len =
		    snprintf(value, sizeof(value), "{\"n\":%" PRIu64 "}", n);

		while (clock_mono_us() < due)
			(void)rd_kafka_poll(rk, 1);
		while (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(argv[1]),
			   RD_KAFKA_V_PARTITION((int32_t)(n % PARTITIONS)),
			   RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
			   RD_KAFKA_V_KEY("main", 4),
			   RD_KAFKA_V_VALUE(value, (size_t)len),
			   RD_KAFKA_V_END) != RD_KAFKA_RESP_ERR_NO_ERROR)
			(void)rd_kafka_poll(rk, 10);
	}
	finish(rk);
	return 0;
}

static int
send_lines(char **argv)
{
	rd_kafka_t *rk = producer(argv[0], "lz4");
	uint64_t rate = strtoull(argv[3], NULL, 10);
	int64_t begun = clock_mono_us();
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	for (uint64_t i = 0; (len = getline(&line, &room, stdin)) > 0; i++) {
		int64_t due = begun + (int64_t)(i * 1000000 / rate);

		while (clock_mono_us() < due)
			(void)rd_kafka_poll(rk, 1);
		while (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(argv[1]),
			   RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
			   RD_KAFKA_V_KEY(argv[2], strlen(argv[2])),
			   RD_KAFKA_V_VALUE(line, (size_t)len - 1),
			   RD_KAFKA_V_END) != RD_KAFKA_RESP_ERR_NO_ERROR)
			(void)rd_kafka_poll(rk, 10);
	}
	free(line);
	finish(rk);
	return 0;
}

static void
must(rd_kafka_error_t *error)
{
	if (error != NULL)
		die(rd_kafka_error_string(error));
}

static void
send_number(rd_kafka_t *rk, const char *topic, long long n)
{
	char value[64];
	int len = snprintf(value, sizeof(value), "{\"n\":%lld}", n);

	if (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic),
		RD_KAFKA_V_PARTITION((int32_t)(n % PARTITIONS)),
		RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
		RD_KAFKA_V_KEY("main", 4), RD_KAFKA_V_VALUE(value, (size_t)len),
		RD_KAFKA_V_END) != RD_KAFKA_RESP_ERR_NO_ERROR)
		die("produce");
}

static int
transact(char **argv)
{
	static const char *const pairs[] = { "transactional.id", "kafka_tool",
		NULL };
	rd_kafka_t *rk = client(RD_KAFKA_PRODUCER, argv[0], pairs);
	long long from = strtoll(argv[2], NULL, 10);
	long long count = strtoll(argv[3], NULL, 10);

	must(rd_kafka_init_transactions(rk, PATIENCE_MS));
	must(rd_kafka_begin_transaction(rk));
	for (long long n = from; n < from + count; n++)
		send_number(rk, argv[1], n);
	must(rd_kafka_commit_transaction(rk, PATIENCE_MS));
	must(rd_kafka_begin_transaction(rk));
	for (long long n = 1000000; n < 1000000 + count; n++)
		send_number(rk, argv[1], n);
	(void)rd_kafka_flush(rk, PATIENCE_MS);
	must(rd_kafka_abort_transaction(rk, PATIENCE_MS));
	rd_kafka_destroy(rk);
	return 0;
}

/* --- looking -------------------------------------------------------------- */

static rd_kafka_topic_partition_list_t *
all_partitions(const char *topic)
{
	rd_kafka_topic_partition_list_t *list =
	    rd_kafka_topic_partition_list_new(PARTITIONS);

	rd_kafka_topic_partition_list_add_range(list, topic, 0, PARTITIONS - 1);
	return list;
}

static int
delete_records(char **argv)
{
	static const char *const pairs[] = { NULL };
	rd_kafka_t *rk = client(RD_KAFKA_PRODUCER, argv[0], pairs);
	rd_kafka_topic_partition_list_t *list = all_partitions(argv[1]);
	rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
	rd_kafka_DeleteRecords_t *request;
	rd_kafka_event_t *event;

	for (int i = 0; i < list->cnt; i++)
		list->elems[i].offset = strtoll(argv[2], NULL, 10);
	request = rd_kafka_DeleteRecords_new(list);
	rd_kafka_DeleteRecords(rk, &request, 1, NULL, queue);
	event = rd_kafka_queue_poll(queue, PATIENCE_MS);
	if (event == NULL || rd_kafka_event_error(event) != 0)
		die("delete");
	rd_kafka_event_destroy(event);
	rd_kafka_DeleteRecords_destroy(request);
	rd_kafka_queue_destroy(queue);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(rk);
	return 0;
}

static int
positions(char **argv)
{
	const char *const pairs[] = { "group.id", argv[2], NULL };
	rd_kafka_t *rk = client(RD_KAFKA_CONSUMER, argv[0], pairs);
	rd_kafka_topic_partition_list_t *list = all_partitions(argv[1]);
	rd_kafka_resp_err_t error = rd_kafka_committed(rk, list, PATIENCE_MS);

	if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
		die(rd_kafka_err2str(error));
	for (int i = 0; i < list->cnt; i++) {
		int64_t low, high;

		error = rd_kafka_query_watermark_offsets(
		    rk, argv[1], i, &low, &high, PATIENCE_MS);
		if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
			die(rd_kafka_err2str(error));
		printf("%d %" PRId64 " %" PRId64 "\n", i, list->elems[i].offset,
		    high);
	}
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(rk);
	return 0;
}

static void
print_record(const rd_kafka_message_t *m)
{
	rd_kafka_headers_t *headers;
	const void *revision = "";
	size_t len = 0;

	if (rd_kafka_message_headers(m, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR)
		(void)rd_kafka_header_get_last(
		    headers, "nephoscope-revision", &revision, &len);
	printf("%.*s\t%.*s\t%.*s\n", (int)m->key_len, (const char *)m->key,
	    (int)len, (const char *)revision, (int)m->len,
	    (const char *)m->payload);
}

static int
read_all(char **argv)
{
	static const char *const pairs[] = { "group.id", "kafka_tool",
		"enable.auto.commit", "false", "enable.partition.eof", "true",
		NULL };
	rd_kafka_t *rk = client(RD_KAFKA_CONSUMER, argv[0], pairs);
	rd_kafka_topic_partition_list_t *list = all_partitions(argv[1]);
	int ends = 0;

	(void)rd_kafka_poll_set_consumer(rk);
	for (int i = 0; i < list->cnt; i++)
		list->elems[i].offset = RD_KAFKA_OFFSET_BEGINNING;
	(void)rd_kafka_assign(rk, list);
	while (ends < PARTITIONS) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, PATIENCE_MS);

		if (m == NULL)
			die("the topic does not end");
		if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
			ends++;
		else if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR)
			print_record(m);
		rd_kafka_message_destroy(m);
	}
	rd_kafka_topic_partition_list_destroy(list);
	(void)rd_kafka_consumer_close(rk);
	rd_kafka_destroy(rk);
	return 0;
}

/* --- feed ----------------------------------------------------------------- */

static uint64_t delivered_to;

static void
host_delivered(void *cookie, uint64_t number)
{
	(void)cookie;
	delivered_to = number;
	printf("delivered %" PRIu64 "\n", number);
	(void)fflush(stdout);
}

static void
host_say(
    void *cookie, int level, const char *message, const char *const *fields)
{
	(void)cookie;
	fprintf(stderr, "%d %s %s\n", level, message,
	    fields != NULL && fields[0] != NULL ? fields[1] : "");
}

/* One finding; false when the feed takes none now. */
static bool
offer(void *feed, uint64_t number)
{
	char id[32], text[64];
	struct feed_item item = { .number = number,
		.type = SPAN("Recon:EC2/Portscan"),
		.revision = number };

	(void)snprintf(id, sizeof(id), "id-%d", (int)(number % 11));
	(void)snprintf(text, sizeof(text), "{\"n\":%" PRIu64 "}", number);
	item.id = span_str(id);
	item.text = span_str(text);
	return feed_kafka.take(feed, &item, 1) == 1;
}

static int
feed(char **argv)
{
	struct feed_host host = { host_delivered, host_say, NULL };
	struct config *config = NULL;
	struct buf error = { 0 };
	uint64_t count = strtoull(argv[2], NULL, 10), number = 1;
	int64_t deadline = clock_mono_us() + 60000000;
	void *it;

	if (config_load(argv[0], &config, &error) != STATUS_OK)
		die(buf_text(&error));
	for (size_t i = 0; i < config->nfeeds; i++) {
		if (strcmp(config->feeds[i].name, argv[1]) != 0)
			continue;
		if (feed_kafka.open(&config->feeds[i], &host, &it, &error) !=
		    STATUS_OK)
			die(buf_text(&error));
		while (delivered_to < count && clock_mono_us() < deadline) {
			while (number <= count && offer(it, number))
				number++;
			feed_kafka.run(it, 20);
		}
		feed_kafka.close(it);
		config_free(config);
		return delivered_to == count ? 0 : 1;
	}
	die(argv[1]);
	return 1;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int arguments;
		int (*run)(char **argv);
	} commands[] = {
		{ "produce", 6, produce },
		{ "send", 4, send_lines },
		{ "transact", 4, transact },
		{ "delete", 3, delete_records },
		{ "positions", 3, positions },
		{ "read", 2, read_all },
		{ "feed", 3, feed },
	};

	for (size_t i = 0; argc > 1 && i < COUNTOF(commands); i++) {
		if (!strcmp(argv[1], commands[i].name) &&
		    argc == commands[i].arguments + 2)
			return commands[i].run(argv + 2);
	}
	die("usage: see the head of kafka_tool.c");
	return 1;
}
