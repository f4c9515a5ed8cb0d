/*
 * emit.h - JSON written straight into a buf, members in the order of the
 * calls.  Strings go through escape_json(), so the text is valid whatever
 * they hold.  A key of NULL makes an element of an array.  One thread.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

struct emit {
	struct buf *out;
	bool comma; /* the next member needs one before it */
};

void emit_object(struct emit *e, const char *key);
void emit_array(struct emit *e, const char *key);
/* Close with what was opened: '}' or ']'. */
void emit_close(struct emit *e, char bracket);

void emit_text(struct emit *e, const char *key, struct span value);
/* Nothing at all when the value is empty. */
void emit_text_if(struct emit *e, const char *key, struct span value);
/* null when the value is empty. */
void emit_text_or_null(struct emit *e, const char *key, struct span value);
/* An object or array under a key that is no literal. */
void emit_open_key(struct emit *e, struct span key, char bracket);
/* Not finite becomes null; whole numbers have no fraction. */
void emit_number(struct emit *e, const char *key, double value);
void emit_bool(struct emit *e, const char *key, bool value);
void emit_null(struct emit *e, const char *key);
/* An object that is empty. */
void emit_empty(struct emit *e, const char *key);
