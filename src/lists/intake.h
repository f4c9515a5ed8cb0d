/*
 * intake.h - one text of a list's file becomes an entry, or is none.
 *
 * What the readers of the forms (rows.h, bundle.h) share.  One thread, while
 * the lists are loaded.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "lists/keys.h"
#include "lists/nets.h"

#define INTAKE_NAME_BYTES 253

/* The words of `kind:`. */
enum intake_kind {
	INTAKE_IP,
	INTAKE_DOMAIN,
	INTAKE_IMAGE,
	INTAKE_HASH,
	INTAKE_KINDS,
};

struct intake {
	struct nets *nets;
	struct keys *keys;
	enum intake_kind kind;
	uint16_t list;
	uint64_t taken, skipped;
	uint64_t bad_line; /* the first that was skipped; 0: none */
};

/* Take a text as an entry; false when it is none of the list's kind. */
bool intake_offer(struct intake *in, struct span text, uint32_t expires_s);

/* It would be an entry of a list of some other kind. */
bool intake_is_other(const struct intake *in, struct span text);

/* Note that `line` held nothing. */
void intake_skip(struct intake *in, uint64_t line);

/* Seconds since 1970 of a date or number; 0 when it is neither. */
uint32_t intake_expiry(struct span text);

/* The hash under which a text of this kind is kept; `text` in lower case. */
uint64_t intake_hash(enum intake_kind kind, struct span text);

/* The lower-case name in `text`, a name, pattern or URL, in `name`; empty
 * when there is none that could be on the internet. */
struct span intake_domain(struct span text, char name[INTAKE_NAME_BYTES + 1]);
