/*
 * fields.h - pick the members of a JSON object that a source knows.
 *
 * A table of keys is indexed once; then one walk over an object stores each
 * known member, and unknown ones are stepped over without being looked into.
 * Read-only after fields_index(), so any thread may use a map.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "codec/json.h"

#define FIELDS_SLOTS 128
#define FIELDS_MAX 64 /* bits of fields_read()'s result */

enum field_type {
	FIELD_STRING, /* a struct span: empty unless the member is a string */
	FIELD_VALUE,  /* a struct json_value */
};

struct field {
	struct span key;
	size_t offset; /* where in the caller's struct */
	enum field_type type;
};

/* A row of a table of fields: JSON member `name` into `member` of `type`. */
#define FIELD_AT(type, name, member, kind)                                     \
	{                                                                      \
		SPAN_INIT(name), offsetof(type, member), kind                  \
	}

struct field_print {
	uint64_t head, tail;
};

struct field_map {
	const struct field *fields; /* borrowed */
	struct field_print print[FIELDS_MAX];
	uint8_t slot[FIELDS_SLOTS]; /* index + 1, 0: free */
};

/* Index `count` fields, at most FIELDS_MAX. */
void fields_index(
    struct field_map *map, const struct field *fields, size_t count);

/*
 * Store the known members of `object` into the struct `into`, leaving what
 * is absent as it was; of a repeated key the last counts.  Returns a bit for
 * each field found, in the order of the table; 0 for other than objects.
 */
uint64_t fields_read(
    const struct field_map *map, struct json_value object, void *into);
