/*
 * sigv4.h - AWS Signature Version 4.
 *
 * "Create a signed AWS API request", IAM User Guide, and "Authenticating
 * Requests (AWS Signature Version 4)", Amazon S3 API Reference.  A request is
 * described in raw bytes, nothing encoded; what is to be sent comes out:
 * the URL, encoded as RFC 3986 has it with its query sorted, and the headers.
 * So what is signed is what is sent.
 *
 * Pure functions; no clock: the time is the caller's (clock_wall_us()).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"
#include "net/http.h"

#define SIGV4_HEADERS_MAX 32
#define SIGV4_QUERY_MAX 64
#define SIGV4_UNSIGNED SPAN("UNSIGNED-PAYLOAD")

/* What signs.  `token` is empty for long-lived keys.  Borrowed. */
struct sigv4_keys {
	struct span id, secret, token;
};

/* One parameter of a query, raw.  A parameter without a value ("?acl") is
 * sent without "=" and signed with it. */
struct sigv4_param {
	struct span name, value;
	bool valueless;
};

struct sigv4_request {
	const struct sigv4_keys *keys;
	struct span region, service; /* "eu-west-1", "s3" */
	int64_t time_us;	     /* wall clock */
	struct span method;
	struct span scheme; /* "https" */
	struct span host;   /* with ":port" unless it is the scheme's own */
	/*
	 * Raw path, "/" when empty.  For S3 it is sent and signed encoded
	 * once and never normalised ("//" and ".." are parts of keys); for
	 * any other service it is signed normalised and encoded twice, as
	 * AWS's SDKs do.
	 */
	struct span path;
	bool s3;
	/* The path is as it goes over the wire, already encoded. */
	bool path_is_encoded;
	const struct sigv4_param *query; /* any order */
	size_t nquery;
	/* More headers to send and sign; not Host, X-Amz-Date,
	 * X-Amz-Security-Token, X-Amz-Content-Sha256, Authorization. */
	const struct http_header *headers;
	size_t nheaders;
	/* The payload's hash in hex, or SIGV4_UNSIGNED; empty: that of
	 * `body`. */
	struct span payload_hash;
	struct span body;
};

/* What to send; spans live in it until sigv4_done(). */
struct sigv4_signed {
	struct span url;
	struct http_header headers[SIGV4_HEADERS_MAX + 8];
	size_t nheaders;
	struct buf text; /* holds all of it; holds the session token */
};

/*
 * Sign with an Authorization header.  `out` is zeroed or done.  Sends
 * X-Amz-Date, Authorization, X-Amz-Security-Token with a token, and for S3
 * X-Amz-Content-Sha256.  INVALID for too many or broken parts.
 */
NODISCARD enum status sigv4_sign(
    const struct sigv4_request *r, struct sigv4_signed *out);

/*
 * Sign in the query (X-Amz-Algorithm ... X-Amz-Signature): a URL that holds
 * for `expires_s` (1 to 604800) with no header but Host and those given.
 * The payload is not signed for S3.  The URL is a secret.
 */
NODISCARD enum status sigv4_presign(const struct sigv4_request *r,
    unsigned expires_s, struct sigv4_signed *out);

/* Wipe and release. */
void sigv4_done(struct sigv4_signed *s);

/* SHA-256 of `s` in lower-case hex; `hex` has SIGV4_HEX_BYTES; returns it. */
#define SIGV4_HEX_BYTES 65
char *sigv4_sha256_hex(struct span s, char *hex);

/* Percent-encode all but RFC 3986's unreserved characters, in upper-case hex;
 * `keep_slash` leaves "/" as it is. */
void sigv4_encode(struct span s, bool keep_slash, struct buf *out);

/*
 * The canonical request and the string to sign that sigv4_sign() uses, for
 * tests and for comparing with what a server says it computed.
 */
NODISCARD enum status sigv4_canonical(
    const struct sigv4_request *r, struct buf *canonical, struct buf *to_sign);
