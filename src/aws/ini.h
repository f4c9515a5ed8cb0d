/*
 * ini.h - the format of AWS's shared config and credentials files.
 *
 *	[profile name]            a section; quotes around the name go
 *	key = value               # a comment after a blank goes
 *	s3 =                      a key without a value may have
 *	  endpoint_url = ...      indented keys below it
 *
 * "Location and format of the shared config and credentials files", AWS SDKs
 * and Tools Reference Guide.  Sections of one name are one; the last value of
 * a key counts.  Nothing is copied: all spans borrow from the text.  Pure.
 */
#pragma once

#include <stddef.h>

#include "base/span.h"
#include "base/status.h"

#define INI_ENTRIES_MAX 20000

struct ini;

/*
 * MALFORMED, with *line the number of the first line that is no section, key
 * or comment, or TOO_LARGE.  `text` must outlive the result.  Caller frees.
 */
NODISCARD enum status ini_parse(
    struct span text, struct ini **ini, unsigned *line);
void ini_free(struct ini *ini); /* NULL is allowed */

/* Is there such a section?  `kind` is "profile", "sso-session" or "services";
 * empty for a section of one word ("[default]"). */
bool ini_has(const struct ini *ini, struct span kind, struct span name);

/*
 * A value, or at == NULL.  Keys are compared without regard to case.  `under`
 * (may be empty) is the key that an indented one stands below.
 */
struct span ini_get(const struct ini *ini, struct span kind, struct span name,
    struct span under, struct span key);
