#include "output/emit.h"

#include <math.h>

#include "base/escape.h"

static void
start(struct emit *e, const char *key)
{
	if (e->comma)
		buf_add_char(e->out, ',');
	e->comma = true;
	if (key == NULL)
		return;
	buf_add_char(e->out, '"');
	escape_json(span_str(key), e->out);
	buf_add_str(e->out, "\":");
}

static void
quoted(struct emit *e, struct span value)
{
	buf_add_char(e->out, '"');
	escape_json(value, e->out);
	buf_add_char(e->out, '"');
}

void
emit_object(struct emit *e, const char *key)
{
	start(e, key);
	buf_add_char(e->out, '{');
	e->comma = false;
}

void
emit_array(struct emit *e, const char *key)
{
	start(e, key);
	buf_add_char(e->out, '[');
	e->comma = false;
}

void
emit_close(struct emit *e, char bracket)
{
	buf_add_char(e->out, bracket);
	e->comma = true;
}

void
emit_text(struct emit *e, const char *key, struct span value)
{
	start(e, key);
	quoted(e, value);
}

void
emit_text_if(struct emit *e, const char *key, struct span value)
{
	if (!span_is_empty(value))
		emit_text(e, key, value);
}

void
emit_text_or_null(struct emit *e, const char *key, struct span value)
{
	if (span_is_empty(value))
		emit_null(e, key);
	else
		emit_text(e, key, value);
}

void
emit_open_key(struct emit *e, struct span key, char bracket)
{
	start(e, NULL);
	quoted(e, key);
	buf_add_char(e->out, ':');
	buf_add_char(e->out, bracket);
	e->comma = false;
}

void
emit_number(struct emit *e, const char *key, double value)
{
	if (!isfinite(value)) {
		emit_null(e, key);
		return;
	}
	start(e, key);
	if (value == floor(value) && fabs(value) < 9e15)
		buf_printf(e->out, "%.0f", value);
	else
		buf_printf(e->out, "%.6g", value);
}

void
emit_bool(struct emit *e, const char *key, bool value)
{
	start(e, key);
	buf_add_str(e->out, value ? "true" : "false");
}

void
emit_null(struct emit *e, const char *key)
{
	start(e, key);
	buf_add_str(e->out, "null");
}

void
emit_empty(struct emit *e, const char *key)
{
	emit_object(e, key);
	emit_close(e, '}');
}
