/*
 * show.c - the effective configuration as YAML that `config check` accepts.
 */
#include "base/civil.h"
#include "config/bind.h"
#include "config/config.h"
#include "config/printable.h"
#include "config/shape.h"
#include "config/value.h"

#define INDENT 2

static const void *
place(const void *base, size_t offset)
{
	return (const char *)base + offset;
}

/* Words that YAML 1.1 or 1.2 reads as something else than a text. */
static bool
is_reserved(struct span s)
{
	static const char *const words[] = { "true", "false", "yes", "no", "on",
		"off", "null", "y", "n" };

	for (size_t i = 0; i < COUNTOF(words); i++)
		if (span_equal_nocase(s, span_str(words[i])))
			return true;
	return false;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_plain(struct span s)
{
	if (s.len == 0 || !is_letter(s.at[0]) || is_reserved(s))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!is_letter(s.at[i]) &&
		    (s.at[i] == '\0' || !strchr("0123456789_-./", s.at[i])))
			return false;
	return true;
}

/* As it is where YAML leaves it alone, else in double quotes. */
static void
show_text(struct buf *out, struct span s)
{
	if (is_plain(s)) {
		buf_add(out, s);
		return;
	}
	buf_add_char(out, '"');
	while (s.len > 0) {
		size_t piece = 0;

		while (piece < s.len && !strchr("\"\\", s.at[piece]))
			piece++;
		printable_add(out, span_first(s, piece));
		if (piece < s.len)
			buf_printf(out, "\\%c", s.at[piece++]);
		s = span_skip(s, piece);
	}
	buf_add_char(out, '"');
}

static void
show_net(struct buf *out, const struct ip_net *net)
{
	char text[IP_TEXT_BYTES];
	unsigned bits = net->bits;

	if (ip_is_v4(&net->base) && bits >= 96)
		bits -= 96;
	/* All zero is "no address" to ip_format(), but a network here. */
	buf_printf(out, "\"%s/%u\"",
	    ip_is_none(&net->base) ? "::" : ip_format(&net->base, text), bits);
}

static void
show_scalar(struct buf *out, const struct shape_key *key, const void *base)
{
	const void *at = place(base, key->offset);
	char time[CIVIL_TEXT_BYTES];

	if (bind_is_text(key->kind)) {
		show_text(out, span_str(*(char *const *)at));
	} else if (key->kind == SHAPE_BOOL) {
		buf_add_str(out, *(const int *)at ? "true" : "false");
	} else if (key->kind == SHAPE_SIZE) {
		value_size_add(out, *(const uint64_t *)at);
	} else if (key->kind == SHAPE_NET) {
		show_net(out, at);
	} else if (key->kind == SHAPE_TIME) {
		buf_add_str(out, civil_format(*(const int64_t *)at, time));
	} else {
		value_number_add(out, *(const double *)at);
	}
}

/* False when there is nothing to say: not given, and no default. */
static bool
is_said(const struct shape_key *key, const void *base)
{
	const void *at = place(base, key->offset);

	if (key->unused)
		return false;
	if (key->kind == SHAPE_MAP) {
		for (const struct shape_key *k = key->keys; k->name; k++)
			if (is_said(k, base))
				return true;
		return false;
	}
	if (key->kind == SHAPE_LIST || key->kind == SHAPE_NAMED)
		return *(const size_t *)place(base, key->count_offset) > 0;
	if (bind_is_text(key->kind))
		return *(char *const *)at != NULL;
	if (key->kind == SHAPE_BOOL)
		return *(const int *)at >= 0;
	if (key->kind == SHAPE_SEVERITY)
		return *(const double *)at > 0;
	if (key->kind == SHAPE_TIME)
		return *(const int64_t *)at != 0;
	if (key->kind == SHAPE_NET)
		return !ip_is_none(&((const struct ip_net *)at)->base);
	return true;
}

static void show_value(struct buf *out, const struct shape_key *key,
    const void *base, unsigned indent);

/* The members of a MAP; the first one stands where the cursor is. */
static void
show_members(struct buf *out, const struct shape_key *key, const void *base,
    unsigned indent)
{
	bool first = true;

	for (const struct shape_key *k = key->keys; k->name; k++) {
		if (!is_said(k, base))
			continue;
		if (!first)
			buf_printf(out, "%*s", (int)indent, "");
		first = false;
		buf_printf(out, "%s:", k->name);
		show_value(out, k, base, indent);
	}
	if (first)
		buf_add_str(out, "{}\n");
}

static void
show_items(struct buf *out, const struct shape_key *key, const void *base,
    unsigned indent)
{
	const char *items = *(char *const *)place(base, key->offset);
	size_t count = *(const size_t *)place(base, key->count_offset);

	if (count == 0) {
		buf_add_str(out, key->kind == SHAPE_LIST ? " []\n" : " {}\n");
		return;
	}
	buf_add_char(out, '\n');
	for (size_t i = 0; i < count; i++) {
		const char *item = items + i * key->item_size;

		buf_printf(out, "%*s", (int)indent + INDENT, "");
		if (key->kind == SHAPE_NAMED) {
			show_text(out, span_str(*(char *const *)place(
					   item, key->name_offset)));
			buf_add_char(out, ':');
			show_value(out, key->item, item, indent + INDENT);
			continue;
		}
		buf_add_str(out, "- ");
		if (key->item->kind == SHAPE_MAP) {
			show_members(out, key->item, item, indent + 2 * INDENT);
			continue;
		}
		show_scalar(out, key->item, item);
		buf_add_char(out, '\n');
	}
}

/* What stands after "key:". */
static void
show_value(struct buf *out, const struct shape_key *key, const void *base,
    unsigned indent)
{
	if (key->kind == SHAPE_MAP && is_said(key, base)) {
		buf_printf(out, "\n%*s", (int)indent + INDENT, "");
		show_members(out, key, base, indent + INDENT);
	} else if (key->kind == SHAPE_MAP) {
		buf_add_str(out, " {}\n");
	} else if (key->kind == SHAPE_LIST || key->kind == SHAPE_NAMED) {
		show_items(out, key, base, indent);
	} else {
		buf_add_char(out, ' ');
		show_scalar(out, key, base);
		buf_add_char(out, '\n');
	}
}

void
config_show(const struct config *c, struct buf *out)
{
	if (c->path != NULL) {
		buf_add_str(out, "# from ");
		printable_add(out, span_str(c->path));
		buf_add_char(out, '\n');
	} else {
		buf_add_str(out, "# the defaults\n");
	}
	for (const struct shape_key *k = shape_root.keys; k->name; k++) {
		if (k->unused)
			continue;
		buf_printf(out, "%s:", k->name);
		show_value(out, k, c, 0);
	}
}
