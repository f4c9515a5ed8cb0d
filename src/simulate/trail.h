/*
 * trail.h - writes CloudTrail records.
 */
#pragma once

#include "simulate/world.h"

struct trail_call {
	const struct identity *who;
	int64_t time_us;
	const char *service; /* "iam": .amazonaws.com is added */
	const char *name;    /* of the API */
	const char *params;  /* JSON, NULL: null */
	const char *response;
	const char *error, *error_message; /* NULL: success */
	const char *extra;	/* JSON members, after a comma; NULL: none */
	const char *resources;	/* JSON array, NULL: none */
	const char *invoked_by; /* a service acting for `who`, NULL: none */
	const char *agent;	/* NULL: that of `who` */
	const char *type;	/* NULL: AwsApiCall */
	bool data_event;
	int step; /* of the truth, -1: none */
};

/* Append the record to its account's trail; `step` gets its proof. */
void trail_call(struct world *w, const struct trail_call *c);

/*
 * Fill in a template: $a account id, $b one of the company's buckets, $k an
 * object's key, $i an instance, $l a log group, $s a secret, $u a user name,
 * $n a small number, $h eight hexadecimal digits, $c a cluster's name.
 */
void trail_expand(const struct identity *who, const char *text, struct rng *r,
    struct buf *out);
