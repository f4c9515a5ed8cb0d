/*
 * key_ring.h - the public keys that CloudTrail's digests are signed with.
 *
 * From the folder that the configuration names (FINGERPRINT.pem), else asked
 * of CloudTrail (ListPublicKeys) in the digest's region.  One thread.
 */
#pragma once

#include <openssl/evp.h>

#include "aws/digest.h"
#include "collect/s3/work.h"

struct key_ring;

struct key_ring *key_ring_new(void);
void key_ring_free(struct key_ring *r); /* NULL is allowed */

/*
 * The key of that digest; NULL when it cannot be had, which was said then.
 * False: it was asked for and is not known yet.
 */
bool key_ring_find(struct s3_source *s, struct key_ring *r, struct span place,
    const struct digest *digest, EVP_PKEY **key);

/* Keys that could not be had may be asked for again after a time. */
void key_ring_step(struct key_ring *r);
