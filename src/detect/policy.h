/*
 * policy.h - to whom does a policy document speak, and what does it allow?
 *
 * Documents come in CloudTrail as JSON objects (S3) or as JSON inside a string
 * (all others); both are read in place.  What is read is what was asked for in
 * one record: no other statement, block or boundary is known, so a grant is
 * one as written.  AWS's own reader proves more; this one knows the forms that
 * people write and attackers use.  Pure functions over borrowed bytes, which
 * may be anything: a malformed document grants nothing.  Any thread.
 */
#pragma once

#include <stdbool.h>

#include "base/span.h"
#include "codec/json.h"

enum policy_reach {
	POLICY_OWN,	/* principals of the account itself, or services */
	POLICY_FOREIGN, /* a principal of another account */
	POLICY_ANYONE,	/* everybody, without a condition that narrows it */
};

/*
 * The widest grant of `document` as seen from account `own` (may be empty:
 * then every account is a foreign one).  An Allow to everyone counts unless a
 * condition narrows who may come: by organisation, account, principal, network
 * endpoint or a real address range.  An Allow to a web identity provider that
 * the whole world can sign in to, without a condition on who, is one to
 * anyone.  *who, if not NULL, is the principal, as written.
 */
enum policy_reach policy_reach(
    struct json_value document, struct span own, struct span *who);

/* The reach of a single name, as in a list of shares: an account, an ARN, "*",
 * or "all". */
enum policy_reach policy_reach_of(struct span principal, struct span own);

/* "arn:aws:iam::123456789012:root" or "123456789012": the account, or empty. */
struct span policy_account(struct span principal);

/* It allows everything, or everything of IAM, on everything: whoever has it
 * is an administrator. */
bool policy_is_admin(struct json_value document);
