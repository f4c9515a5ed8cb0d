/*
 * source_kafka_rig.h - a source "kafka" between a mock cluster and a test's
 * host.
 */
#pragma once

#include "kafka_mock.h"
#include "net/clock.h"
#include "source_host.h"

#define TOPIC "audit"
#define PLACE "kafka/" TOPIC "/"
#define GROUP "watch"
#define PATIENCE_US 30000000

static char topic[] = TOPIC;

struct rig {
	struct kafka_mock mock;
	struct source_host_test host;
	struct config_source config;
	void *source;
};

static inline void
rig_open(struct rig *r)
{
	struct buf error = { 0 };

	r->config.properties = r->mock.properties;
	r->config.nproperties = r->mock.nproperties;
	if (source_kafka.open(&r->config, &r->host.host, &r->source, &error) !=
	    STATUS_OK)
		fail_msg("%s", buf_text(&error));
}

static inline void
rig_init(struct rig *r, int partitions)
{
	*r = (struct rig){ 0 };
	kafka_mock_init(&r->mock);
	kafka_mock_topic(&r->mock, TOPIC, partitions);
	kafka_mock_property(&r->mock, "group.id", GROUP);
	kafka_mock_property(&r->mock, "session.timeout.ms", "6000");
	kafka_mock_property(&r->mock, "heartbeat.interval.ms", "500");
	source_host_init(&r->host);
	r->config.name = r->config.topic = topic;
}

static inline void
rig_done(struct rig *r)
{
	if (r->source != NULL)
		source_kafka.close(r->source);
	source_host_done(&r->host);
	kafka_mock_done(&r->mock);
}

/* kill -9 and a new start: what is not committed is forgotten. */
static inline void
rig_restart(struct rig *r)
{
	source_kafka.close(r->source);
	source_host_forget(&r->host);
	rig_open(r);
}

static inline size_t
records_in(const struct source_host_parcel *p)
{
	size_t lines = 0;

	for (size_t i = 0; i < p->len; i++)
		lines += p->body[i] == '\n';
	return lines;
}

static inline size_t
records(const struct rig *r)
{
	size_t all = 0;

	for (size_t i = 0; i < r->host.nparcels; i++)
		all += records_in(&r->host.parcels[i]);
	return all;
}

/* Run until the host has that many records more than nothing. */
static inline void
rig_collect(struct rig *r, size_t want)
{
	int64_t deadline = clock_mono_us() + PATIENCE_US;

	while (records(r) < want && clock_mono_us() < deadline)
		source_kafka.run(r->source, 100);
	if (records(r) < want)
		fail_msg("%zu of %zu records; %s", records(r), want,
		    buf_text(&r->host.said));
}

static inline void
rig_run_for(struct rig *r, int64_t ms)
{
	int64_t deadline = clock_mono_us() + ms * 1000;

	while (clock_mono_us() < deadline)
		source_kafka.run(r->source, 50);
}

static inline void
rig_commit(struct rig *r)
{
	(void)source_host_commit(&r->host, &source_kafka, r->source, SIZE_MAX);
}

/* The numbers of a partition's records, in the order given, have no gap. */
static inline void
assert_run(const struct rig *r, const char *place, int from, int count)
{
	int next = from;

	for (size_t i = 0; i < r->host.nparcels; i++) {
		const struct source_host_parcel *p = &r->host.parcels[i];
		struct span rest = span_of(p->body, p->len);

		while (!strcmp(p->place, place) && rest.len > 0) {
			char want[32];

			(void)snprintf(
			    want, sizeof(want), "{\"n\":%d}", next++);
			assert_span_equal(
			    span_cut(&rest, '\n'), span_str(want));
		}
	}
	assert_int_equal(next, from + count);
}

/* Wait until the group remembers that much. */
static inline void
assert_committed(struct rig *r, int partition, int64_t want)
{
	int64_t is = -1, deadline = clock_mono_us() + PATIENCE_US;

	do {
		if (r->source != NULL)
			rig_run_for(r, 100);
		is = kafka_mock_committed(&r->mock, GROUP, TOPIC, partition);
	} while (is != want && clock_mono_us() < deadline);
	assert_int_equal(is, want);
}
