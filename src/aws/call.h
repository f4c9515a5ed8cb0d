/*
 * call.h - signed requests to AWS services, tried until they are answered.
 *
 * A client holds one HTTP client and one set of credentials; calls are
 * started, and aws_run() moves them: each attempt is signed anew, and what
 * may go well later (5xx, throttling, a reset, no network) is tried again
 * with full jitter.  Expired keys are fetched again and a clock that is off
 * is allowed for, each once a call.
 *
 * A client and its calls belong to one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "aws/fault.h"
#include "aws/sigv4.h"
#include "base/span.h"
#include "net/http.h"

#define AWS_TEXT_BYTES 320
#define AWS_HEADERS_MORE 4

enum aws_outcome {
	AWS_DONE,	   /* answered with a 2xx */
	AWS_REFUSED,	   /* answered otherwise, and that is its last word */
	AWS_UNAVAILABLE,   /* the attempts are used up */
	AWS_NO_CREDENTIALS /* nobody gave keys */
};

struct aws_answer {
	enum aws_outcome outcome;
	/* The last one; a zeroed one when nothing was sent. */
	const struct http_response *response;
	struct aws_fault fault;
	unsigned attempts;
	char text[AWS_TEXT_BYTES]; /* what went wrong, one line; "" if DONE */
};

/* All is copied but the functions and the cookie. */
struct aws_call {
	const char *service; /* as signed: "s3", "sqs" */
	struct span region, method, scheme, host, path;
	bool path_is_encoded;
	const struct sigv4_param *query;
	size_t nquery;
	const struct http_header *headers;
	size_t nheaders;
	struct span body;
	bool has_body;
	size_t body_limit; /* as of http_request; 0: its default */
	unsigned total_ms; /* the same */
	unsigned attempts; /* most; 0: 8 */
	/* Headers of the coming attempt beside those above, AWS_HEADERS_MORE
	 * at most; valid until it returns.  NULL: none. */
	size_t (*more)(void *cookie, struct http_header *headers);
	bool (*sink)(
	    void *cookie, const struct http_response *head, struct span piece);
	/* Once, from aws_run() alone; may start and cancel calls. */
	void (*done)(void *cookie, const struct aws_answer *answer);
	void *cookie;
};

struct aws_counts {
	uint64_t retries; /* attempts after a first one */
	int64_t skew_us;  /* how far AWS's clock is ahead of ours; 0: fine */
};

struct aws;

/* Takes the credentials.  Caller frees. */
struct aws *aws_new(struct credentials *credentials);
void aws_free(struct aws *a); /* NULL is allowed; nothing is called */

/* A number that is not used again, never 0. */
uint64_t aws_start(struct aws *a, const struct aws_call *call);
void aws_cancel(struct aws *a, uint64_t number);

/* Move all calls, for at most wait_ms or until wake_fd (-1: none) is
 * readable.  Returns early when something was done. */
void aws_run(struct aws *a, int wait_ms, int wake_fd);

size_t aws_under_way(const struct aws *a);
struct credentials *aws_credentials(struct aws *a);
struct aws_counts aws_count(const struct aws *a);
