/*
 * kafka_member.h - a member of a consumer group: its client, the partitions it
 * was given, and the positions it tells.
 *
 * The store's positions are the truth; what the group remembers at the broker
 * follows them, for the tools that watch it and for members elsewhere.  All
 * callbacks of librdkafka come on the host's thread, out of
 * rd_kafka_consumer_poll(): its log goes through a queue for that reason.
 * The struct is embedded in the source; one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "collect/kafka_part.h"
#include "collect/source.h"
#include "net/kafka.h"

struct kafka_member {
	const char *topic;
	const struct source_host *host;
	const struct kafka_wish *wish;
	rd_kafka_conf_t *conf;	 /* what each client is made from */
	rd_kafka_t *client;	 /* NULL: none lives */
	rd_kafka_queue_t *queue; /* of all that comes to the host's thread */
	int event_fd;		 /* readable when something is in it */
	struct kafka_part **parts;
	size_t nparts;
	bool paused, joined;
	bool unreached;	   /* no broker answered when last heard of */
	int64_t tell_us;   /* not to be told before; clock_mono_us() */
	int64_t revive_us; /* 0, or when a new client is to be made */
	struct source_counts counts;
};

/* Make the client's configuration; see kafka_conf() for *error. */
NODISCARD enum status kafka_member_init(
    struct kafka_member *m, struct buf *error);
void kafka_member_done(struct kafka_member *m);

/* Make a client and join the group, which goes on in the background. */
NODISCARD enum status kafka_member_join(
    struct kafka_member *m, struct buf *error);

/*
 * Leave the group: what is safe is told, the partitions are given back.  A
 * broker that is away is not waited for longer than three seconds.
 */
void kafka_member_leave(struct kafka_member *m);

/* True when a client lives; one that had a fatal error is replaced. */
bool kafka_member_is_alive(struct kafka_member *m);

/* The partition, or NULL when it never was the member's. */
struct kafka_part *kafka_member_part(
    const struct kafka_member *m, const char *topic, int32_t number);

/* Stop or go on fetching the partitions, those to come included. */
void kafka_member_pause(struct kafka_member *m, bool paused);

/* Tell the broker which positions are safe, without waiting for it. */
void kafka_member_tell(struct kafka_member *m);

/* The broker answers. */
void kafka_member_is_well(struct kafka_member *m);

/* Count, name and remember an error of the client or a request. */
void kafka_member_trouble(
    struct kafka_member *m, rd_kafka_resp_err_t error, const char *reason);

/* A line for the log about a place in a partition. */
void kafka_member_say(struct kafka_member *m, enum source_level level,
    const char *message, const struct kafka_part *p, int64_t offset);
