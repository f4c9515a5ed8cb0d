/*
 * sts.h - the three questions that are put to AWS's Security Token Service.
 *
 * Blocks for some seconds at most; see provider.h for texts and threads.
 */
#pragma once

#include "aws/provider.h"

struct sts_role {
	struct span arn;
	struct span external_id;  /* empty: none */
	struct span session_name; /* empty: the context's */
	unsigned duration_s;	  /* 0: STS's own, an hour */
};

/* AssumeRole, signed with `keys`.  False with *why. */
bool sts_assume_role(const struct provider_context *c,
    const struct sigv4_keys *keys, const struct sts_role *role,
    struct key_set *out, struct buf *why);

/* AssumeRoleWithWebIdentity; `token` is the identity's. */
bool sts_assume_role_with_token(const struct provider_context *c,
    struct span token, const struct sts_role *role, struct key_set *out,
    struct buf *why);

/* GetCallerIdentity. */
bool sts_identity(const struct provider_context *c,
    const struct sigv4_keys *keys, struct buf *account, struct buf *arn,
    struct buf *why);

/*
 * The error of an answer of STS: "AccessDenied: User: ... is not authorized",
 * or "status 503".  What a server says is repeated only for codes whose
 * message explains, is made printable and cut, and is dropped when it holds
 * any of `secrets`.
 */
void sts_explain(const struct provider_answer *a, const struct span *secrets,
    size_t nsecrets, struct buf *why);

/* A role's ARN is plausible. */
bool sts_is_role_arn(struct span arn);
