/*
 * key_set.h - one set of keys, and how answers that hold one are read.
 *
 * JSON of credential_process, containers, instance metadata and SSO, and XML
 * of STS.  The other side is hostile: what is no plausible key is refused,
 * and nothing of it is ever repeated in an error text but a code of letters.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/sigv4.h"
#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

struct key_set {
	char *memory; /* secret_new(); NULL: no keys */
	struct span id, secret, token;
	int64_t expiry_us; /* 0: never */
};

/* Copy keys.  INVALID when they cannot be keys: empty, too long, or with
 * bytes that no header may hold; *out is then empty. */
NODISCARD enum status key_set_make(
    struct key_set *out, struct span id, struct span secret, struct span token);

/* Wipe and release; may be done again. */
void key_set_done(struct key_set *k);

/* What signs with it, borrowed. */
struct sigv4_keys key_set_keys(const struct key_set *k);

/* Visible ASCII alone, as keys and tokens are; true for nothing at all. */
bool key_set_is_visible(struct span s);

/* A word that may be repeated: letters, digits and dots, at most 64. */
bool key_set_is_code(struct span s);

/* "AKIA...MPLE": enough to tell keys apart, not to be one. */
void key_set_mask(const struct key_set *k, struct buf *out);

/* The members of a JSON answer; NULL where there is none. */
struct key_set_shape {
	const char *inside; /* the member that holds the others */
	const char *id, *secret, *token, *expiry;
	bool needs_version; /* "Version": 1 (credential_process) */
	bool needs_expiry;  /* keys without one are refused */
	bool expiry_is_ms;  /* since 1970, not a text */
};

extern const struct key_set_shape KEY_SET_PROCESS, KEY_SET_CONTAINER,
    KEY_SET_METADATA, KEY_SET_SSO;

/*
 * Read a JSON answer.  `text` needs no padding.  On failure *why gets one
 * sentence part: "not JSON", "no AccessKeyId", or what the answer's own
 * "Code" says.
 */
NODISCARD enum status key_set_of_json(struct key_set *out, struct span text,
    const struct key_set_shape *shape, struct buf *why);

/* Read AssumeRole's or AssumeRoleWithWebIdentity's answer. */
NODISCARD enum status key_set_of_xml(
    struct key_set *out, struct span text, struct buf *why);
