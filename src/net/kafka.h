/*
 * kafka.h - what Kafka's source and feed share: a configuration of librdkafka
 * that is checked, and words for what goes wrong.
 *
 * Every property of the user's is handed through, but those that would break
 * the promise of delivery.  A secret may stand in a file of its own: a
 * property "sasl.password.file" of ours gives sasl.password, and the same
 * holds for every other secret.  "sasl.oauthbearer.token.file" of ours is a
 * token that is read whenever one is needed.  No secret ever reaches a message.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <librdkafka/rdkafka.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"
#include "config/config.h"

/* Our default of a property. */
struct kafka_preset {
	const char *name, *value;
	/* Why the user may not choose another value; NULL: he may. */
	const char *fixed;
};

struct kafka_wish {
	const struct kafka_preset *presets;
	size_t npresets;
	const struct config_property *properties;
	size_t nproperties;
	const char *const *required; /* names; NULL-terminated */
};

/*
 * A configuration of presets and properties.  INVALID: *error has a line for
 * each property that must change, with the nearest name for an unknown one.
 * Caller frees with rd_kafka_conf_destroy() or gives it to rd_kafka_new().
 */
NODISCARD enum status kafka_conf(
    const struct kafka_wish *wish, rd_kafka_conf_t **conf, struct buf *error);

/* Whether there would be one. */
NODISCARD enum status kafka_check(
    const struct kafka_wish *wish, struct buf *error);

/* The value the user gave to a property, or NULL. */
const char *kafka_property(const struct kafka_wish *wish, const char *name);

/*
 * The secret in a file, without the line feed that editors add; the caller
 * wipes and frees it.  NULL: *error says why.
 */
char *kafka_read_secret(const char *path, struct buf *error);

/* Is the property's value not to be shown to anybody? */
bool kafka_is_secret(struct span name);

/*
 * What a person needs to know of an error of the client: librdkafka's reason
 * and, where it is known, what to do.  `reason` may be NULL.
 */
void kafka_explain(const struct kafka_wish *wish, rd_kafka_resp_err_t error,
    const char *reason, struct buf *out);

enum kafka_weight {
	KAFKA_PASSING,	 /* one request or record; the client goes on */
	KAFKA_UNREACHED, /* no broker, or none that lets us in */
	KAFKA_REFUSED,	 /* they answer, but not with what we need */
};

enum kafka_weight kafka_weight(rd_kafka_resp_err_t error);

/* Does any broker answer, by librdkafka's statistics? */
bool kafka_is_up(struct span statistics);
