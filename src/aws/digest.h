/*
 * digest.h - CloudTrail's digest files, read and verified.
 *
 * Once an hour, for each account and region, CloudTrail writes which log
 * files it delivered, with the SHA-256 of each file's uncompressed content;
 * the digest names the digest before with its hash and signature, and is
 * signed itself ("CloudTrail digest file structure" and "Custom
 * implementations of CloudTrail log file integrity validation", CloudTrail
 * User Guide).  The signature stands in the object's metadata.
 *
 * Pure; what is read is hostile until its signature holds.  Any thread.
 */
#pragma once

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

#define DIGEST_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define DIGEST_FILES_MAX 500000
#define DIGEST_HEX_BYTES 65

struct digest_file {
	struct span bucket, key, hash; /* SHA-256 in lower-case hex */
};

struct digest {
	struct span account, bucket, key, fingerprint;
	struct span end; /* as written: it is part of what is signed */
	int64_t start_us, end_us;
	/* Of the digest before; empty for the first of a chain. */
	struct span previous_bucket, previous_key, previous_hash;
	struct span previous_signature;
	struct digest_file *files;
	size_t count;
	char hash[DIGEST_HEX_BYTES]; /* of the digest's own content */
	struct json_parser *parser;  /* holds the spans */
	char *text;
};

/*
 * Read the uncompressed content.  MALFORMED, UNSUPPORTED (other algorithms
 * than SHA-256 and SHA256withRSA) or TOO_LARGE leave nothing to be freed.
 */
NODISCARD enum status digest_read(struct span content, struct digest *digest);
void digest_done(struct digest *digest);

/* Does the signature (hex, of the metadata) hold with that public key? */
bool digest_is_signed(
    const struct digest *digest, struct span signature, EVP_PKEY *key);

/* A public key: PKCS #1 in DER as CloudTrail gives it, or PEM of either
 * kind.  NULL: it is none.  Caller frees (EVP_PKEY_free). */
EVP_PKEY *digest_key_of(struct span bytes);
