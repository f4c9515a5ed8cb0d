/*
 * kafka_record.h - what a Kafka record's value looks like, without decoding it.
 *
 * Pure functions over hostile bytes; the parser belongs to the caller.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"
#include "codec/json.h"

enum kafka_form {
	KAFKA_NOTHING, /* no bytes but blanks */
	KAFKA_OBJECT,  /* a JSON object on one line: may stand among others */
	KAFKA_TEXT,    /* one line of something else */
	KAFKA_ALONE,   /* compressed, an array, not whole, or of several
			* lines: what stands beside it would be misread */
};

/* `*value` loses the blanks around it, where it is neither of the last. */
enum kafka_form kafka_form(struct span *value);

/*
 * The text of a field of a JSON object: a member called `name`, or the member
 * at that path with dots between the names.  False, and nothing added, where
 * there is none, or it is no string.
 */
bool kafka_field(struct json_parser *parser, struct span value,
    struct span name, struct buf *out);
