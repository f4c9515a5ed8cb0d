/*
 * sso.h - keys for the token that `aws sso login` left behind.
 *
 * See provider.h for texts, threads and blocking.
 */
#pragma once

#include "aws/provider.h"

/* Does the profile name an account and a role of IAM Identity Center? */
bool sso_is_meant(const struct profiles *profiles, struct span profile);

/* GetRoleCredentials.  False with *why: also for a token that has expired. */
bool sso_fetch(const struct provider_context *c, struct span profile,
    struct key_set *out, struct buf *why);

/*
 * The name of the cached token's file below ~/.aws/sso/cache: the SHA-1 of
 * the session's name, or of the start URL, in hex, and ".json".
 */
void sso_cache_name(struct span key, struct buf *out);

/*
 * The accessToken of a cached token, that holds at `now_us`; *token borrows
 * from the copy in *memory (secret_free).  False with *why.
 */
bool sso_read_token(struct span text, int64_t now_us, char **memory,
    struct span *token, struct buf *why);
