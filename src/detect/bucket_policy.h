/*
 * bucket_policy.h - to whom do a bucket's policy and ACL speak?
 *
 * Reads what was asked for in a CloudTrail record: no other statement, no
 * block of public access and no policy of the organisation is known, so a
 * grant to everyone here is one as written.  AWS's own reader proves more;
 * this one knows the simple forms, which are those that people write and
 * attackers use.  Pure functions over borrowed JSON, any thread.
 */
#pragma once

#include "codec/json.h"

enum bucket_access {
	BUCKET_NAMED,	      /* only to whom it names, as far as one sees */
	BUCKET_AUTHENTICATED, /* whoever has any AWS account */
	BUCKET_ANYONE,	      /* the internet, without credentials */
};

/*
 * The widest grant of a policy document (`{"Statement": ...}`).  An Allow to
 * everyone counts unless a condition narrows who may come: by organisation,
 * account, principal, network endpoint or a real address range.
 */
enum bucket_access bucket_policy_access(struct json_value policy);

/* The widest grant of the ACL in requestParameters of PutBucketAcl or
 * CreateBucket: a canned ACL, grant headers or an AccessControlPolicy. */
enum bucket_access bucket_policy_acl(struct json_value request);

/* One of the four values of the block of public access in requestParameters
 * is false. */
bool bucket_policy_unblocks(struct json_value request);
