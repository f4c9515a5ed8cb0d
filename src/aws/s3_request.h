/*
 * s3_request.h - one request to a bucket, followed to the bucket's region.
 * For s3.c and s3_get.c.
 */
#pragma once

#include "aws/s3.h"

struct s3_request {
	struct span key; /* empty: the bucket itself */
	const struct sigv4_param *query;
	size_t nquery;
	/* As of struct aws_call. */
	size_t (*more)(void *cookie, struct http_header *headers);
	bool (*sink)(
	    void *cookie, const struct http_response *head, struct span piece);
	/* `text` says what went wrong, with the permission missing; without an
	 * answer the bucket is being freed, and nobody is to be told. */
	void (*done)(void *cookie, enum s3_outcome outcome, const char *text,
	    const struct aws_answer *answer);
	void *cookie;
};

/* All but functions and cookie are copied. */
void s3_request_start(struct s3 *s, const struct s3_request *request);

/* Count a request, a resumption and bytes that were received. */
void s3_request_count(struct s3 *s, struct s3_counts more);
