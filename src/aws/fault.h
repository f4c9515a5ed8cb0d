/*
 * fault.h - what an AWS service says when it refuses.
 *
 * S3 and the query protocol answer with XML (<Error><Code>...), the JSON
 * protocols with {"__type": ..., "message": ...}.  All of it is the other
 * side's word: bounded, and made printable.  Pure, any thread.
 */
#pragma once

#include "net/http.h"

struct aws_fault {
	char code[64];	    /* "AccessDenied"; "" when nothing was said */
	char message[200];  /* printable, one line */
	char region[32];    /* where the bucket is, when it says so */
	char endpoint[256]; /* a host to ask instead */
};

/* Never fails: what is not understood leaves members empty. */
void aws_fault_read(const struct http_response *r, struct aws_fault *fault);
