/*
 * profiles.h - the shared config and credentials files, as one.
 *
 * AWS_CONFIG_FILE (~/.aws/config) and AWS_SHARED_CREDENTIALS_FILE
 * (~/.aws/credentials).  Where both have a key for a profile, the credentials
 * file's counts.  Texts live in memory that is not dumped.  One thread.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

struct profiles;

/*
 * Read both files.  One that is absent is empty; one that cannot be read or is
 * malformed is empty too, and profiles_trouble() says so.  Caller frees.
 */
struct profiles *profiles_new(void);
void profiles_free(struct profiles *p); /* NULL is allowed */

/* "~/.aws/config:12: not a section, ..." or "". */
const char *profiles_trouble(const struct profiles *p);

bool profiles_has(const struct profiles *p, struct span profile);

/* A value of a profile, or at == NULL. */
struct span profiles_get(
    const struct profiles *p, struct span profile, const char *key);

/* A value of [sso-session NAME]. */
bool profiles_has_session(const struct profiles *p, struct span session);
struct span profiles_get_session(
    const struct profiles *p, struct span session, const char *key);

/* A value for one service in [services NAME], where NAME is what the
 * profile's `services` says. */
struct span profiles_get_service(const struct profiles *p, struct span profile,
    struct span service, const char *key);

/* The path of a file below ~/.aws, or at `path` with "~/" in front expanded;
 * false without a home. */
bool profiles_home_path(const char *path, struct buf *out);
