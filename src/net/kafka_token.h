/*
 * kafka_token.h - OAUTHBEARER tokens that something else keeps in a file: a
 * projected service account token of Kubernetes, a sidecar's.
 *
 * The file is read anew whenever librdkafka wants a token, which is well
 * before the last one ends.  Called on the thread that polls the client.
 */
#pragma once

#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

/* For rd_kafka_conf_set_oauthbearer_token_refresh_cb(); `path` is what
 * "sasl.oauthbearer.config" was set to. */
void kafka_token_refresh(rd_kafka_t *client, const char *path, void *cookie);

/*
 * What a JSON Web Token says of itself, unchecked: "sub", and when "exp" is.
 * MALFORMED when it says neither or is no such token.
 */
NODISCARD enum status kafka_token_claims(
    struct span token, struct buf *subject, int64_t *expires_ms);
