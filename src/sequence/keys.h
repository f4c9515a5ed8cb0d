/*
 * keys.h - who a step was, in all the ways its log tells: what two steps must
 * share to be of one chain.
 *
 * Some keys are an identity: a session, an access key, a service account.
 * Others may be shared by strangers - the address of an office, a role that
 * many assume, a node with many pods - and join a few chains only; one that
 * would join more is a hub and joins nothing any more.  Pure functions.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "finding/chain.h"

#define SEQUENCE_KEYS_MAX 16

struct sequence_key {
	uint64_t hash;
	/* How often it may join chains that are not one already; UINT32_MAX:
	 * always. */
	uint32_t joins;
};

/* Identities first, then what may be shared.  Returns how many. */
size_t sequence_keys(
    const struct chain_step *s, struct sequence_key keys[SEQUENCE_KEYS_MAX]);
