/*
 * kafka_mock.h - librdkafka's mock cluster, for tests of source and feed.
 *
 * Three brokers on the loopback, inside a producer's client.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "config/config.h"
#include "test.h"

#define KAFKA_MOCK_PROPERTIES 24

struct kafka_mock {
	rd_kafka_t *producer;
	rd_kafka_mock_cluster_t *cluster;
	struct config_property properties[KAFKA_MOCK_PROPERTIES];
	size_t nproperties;
};

static inline rd_kafka_conf_t *
kafka_mock_conf(const char *const (*pairs)[2], size_t count)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char error[256];

	for (size_t i = 0; i < count; i++) {
		if (rd_kafka_conf_set(conf, pairs[i][0], pairs[i][1], error,
			sizeof(error)) != RD_KAFKA_CONF_OK)
			fail_msg("%s", error);
	}
	return conf;
}

static inline void
kafka_mock_quiet(
    const rd_kafka_t *client, int level, const char *facility, const char *text)
{
	(void)client;
	(void)level;
	(void)facility;
	(void)text;
}

/* A property of the source or feed under test; borrowed texts. */
static inline void
kafka_mock_property(struct kafka_mock *k, const char *name, const char *value)
{
	struct config_property *p = &k->properties[k->nproperties++];

	assert_true(k->nproperties <= KAFKA_MOCK_PROPERTIES);
	p->name = strdup(name);
	p->value = strdup(value);
}

static inline void
kafka_mock_init(struct kafka_mock *k)
{
	static const char *const pairs[][2] = {
		{ "test.mock.num.brokers", "3" },
		{ "message.max.bytes", "100000000" },
		{ "log_level", "0" },
	};
	rd_kafka_conf_t *conf = kafka_mock_conf(pairs, COUNTOF(pairs));
	char error[256];

	*k = (struct kafka_mock){ 0 };
	rd_kafka_conf_set_log_cb(conf, kafka_mock_quiet);
	k->producer =
	    rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
	assert_non_null(k->producer);
	k->cluster = rd_kafka_handle_mock_cluster(k->producer);
	kafka_mock_property(k, "bootstrap.servers",
	    rd_kafka_mock_cluster_bootstraps(k->cluster));
}

static inline void
kafka_mock_done(struct kafka_mock *k)
{
	rd_kafka_destroy(k->producer);
	for (size_t i = 0; i < k->nproperties; i++) {
		free(k->properties[i].name);
		free(k->properties[i].value);
	}
}

static inline void
kafka_mock_topic(struct kafka_mock *k, const char *topic, int partitions)
{
	assert_int_equal(
	    rd_kafka_mock_topic_create(k->cluster, topic, partitions, 1), 0);
}

struct kafka_mock_record {
	const char *topic;
	int partition;
	const char *key, *value; /* NULL: none */
	const char *header, *header_value;
};

/* As of that time of the producer, in milliseconds; 0: now. */
static inline void
kafka_mock_send_at(
    struct kafka_mock *k, const struct kafka_mock_record *r, int64_t ms)
{
	rd_kafka_headers_t *headers = rd_kafka_headers_new(1);

	if (r->header != NULL)
		(void)rd_kafka_header_add(
		    headers, r->header, -1, r->header_value, -1);
	assert_int_equal(
	    rd_kafka_producev(k->producer, RD_KAFKA_V_TOPIC(r->topic),
		RD_KAFKA_V_PARTITION(r->partition),
		RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
		RD_KAFKA_V_KEY(r->key, r->key ? strlen(r->key) : 0),
		RD_KAFKA_V_VALUE((void *)(uintptr_t)r->value,
		    r->value ? strlen(r->value) : 0),
		RD_KAFKA_V_TIMESTAMP(ms), RD_KAFKA_V_HEADERS(headers),
		RD_KAFKA_V_END),
	    0);
}

static inline void
kafka_mock_send(struct kafka_mock *k, const struct kafka_mock_record *r)
{
	kafka_mock_send_at(k, r, 0);
}

static inline void
kafka_mock_flush(struct kafka_mock *k)
{
	assert_int_equal(rd_kafka_flush(k->producer, 20000), 0);
}

/* Records {"n":FROM} ... {"n":FROM+COUNT-1} into one partition. */
static inline void
kafka_mock_fill(
    struct kafka_mock *k, const char *topic, int partition, int from, int count)
{
	char value[32];

	for (int i = 0; i < count; i++) {
		(void)snprintf(value, sizeof(value), "{\"n\":%d}", from + i);
		kafka_mock_send(k, &(struct kafka_mock_record){ topic,
				       partition, NULL, value, NULL, NULL });
	}
	kafka_mock_flush(k);
}

static inline rd_kafka_t *
kafka_mock_consumer(struct kafka_mock *k, const char *group)
{
	const char *const pairs[][2] = {
		{ "bootstrap.servers",
		    rd_kafka_mock_cluster_bootstraps(k->cluster) },
		{ "group.id", group },
		{ "enable.auto.commit", "false" },
		{ "enable.partition.eof", "true" },
		{ "auto.offset.reset", "earliest" },
		{ "log_level", "0" },
	};
	char error[256];
	rd_kafka_t *client = rd_kafka_new(RD_KAFKA_CONSUMER,
	    kafka_mock_conf(pairs, COUNTOF(pairs)), error, sizeof(error));

	assert_non_null(client);
	(void)rd_kafka_poll_set_consumer(client);
	return client;
}

/* What the group remembers of a partition at the broker; -1: nothing. */
static inline int64_t
kafka_mock_committed(
    struct kafka_mock *k, const char *group, const char *topic, int partition)
{
	rd_kafka_t *client = kafka_mock_consumer(k, group);
	rd_kafka_topic_partition_list_t *list =
	    rd_kafka_topic_partition_list_new(1);
	int64_t offset;

	rd_kafka_topic_partition_list_add(list, topic, partition);
	assert_int_equal(rd_kafka_committed(client, list, 20000), 0);
	offset = list->elems[0].offset < 0 ? -1 : list->elems[0].offset;
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(client);
	return offset;
}

/* Let the group remember another position. */
static inline void
kafka_mock_commit(struct kafka_mock *k, const char *group, const char *topic,
    int partition, int64_t offset)
{
	rd_kafka_t *client = kafka_mock_consumer(k, group);
	rd_kafka_topic_partition_list_t *list =
	    rd_kafka_topic_partition_list_new(1);

	rd_kafka_topic_partition_list_add(list, topic, partition)->offset =
	    offset;
	assert_int_equal(rd_kafka_commit(client, list, 0), 0);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(client);
}
