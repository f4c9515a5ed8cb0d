#include "aws/ini.h"

#include <stdlib.h>

struct section {
	struct span kind, name;
};

struct entry {
	size_t section;
	struct span under, key, value;
};

struct ini {
	struct section *sections;
	size_t nsections;
	struct entry *entries;
	size_t nentries;
};

/* Where a reader stands. */
struct reader {
	struct ini *ini;
	struct span parent; /* the key that indented ones stand below */
	bool in_section;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_comment(struct span s)
{
	return span_is_empty(s) || s.at[0] == '#' || s.at[0] == ';';
}

/* A value ends before a blank and a comment's sign. */
static struct span
cut_comment(struct span s)
{
	for (size_t i = 1; i < s.len; i++)
		if ((s.at[i] == '#' || s.at[i] == ';') && is_blank(s.at[i - 1]))
			return span_trim(span_first(s, i));
	return span_trim(s);
}

static struct span
unquote(struct span s)
{
	if (s.len >= 2 && (s.at[0] == '"' || s.at[0] == '\'') &&
	    s.at[s.len - 1] == s.at[0])
		return span_of(s.at + 1, s.len - 2);
	return s;
}

static bool
is_kind(struct span s)
{
	return span_equal(s, SPAN("profile")) ||
	       span_equal(s, SPAN("sso-session")) ||
	       span_equal(s, SPAN("services"));
}

/* An array that doubles has room for one more. */
static void *
grow(void *at, size_t count, size_t size)
{
	return (count & (count - 1)) != 0
		   ? at
		   : status_realloc(at, count > 0 ? 2 * count : 1, size);
}

static bool
read_section(struct reader *r, struct span line)
{
	size_t close = span_find(line, ']', 0);
	struct span inside, rest;
	struct section s = { { "", 0 }, { NULL, 0 } };
	size_t blank = 0;

	if (close == line.len)
		return false;
	rest = span_trim(span_skip(line, close + 1));
	inside = span_trim(span_of(line.at + 1, close - 1));
	if (!is_comment(rest) || span_is_empty(inside))
		return false;
	while (blank < inside.len && !is_blank(inside.at[blank]))
		blank++;
	if (blank < inside.len && is_kind(span_first(inside, blank))) {
		s.kind = span_first(inside, blank);
		inside = span_trim(span_skip(inside, blank));
	}
	s.name = unquote(inside);
	r->ini->sections = status_realloc(
	    r->ini->sections, r->ini->nsections + 1, sizeof(*r->ini->sections));
	r->ini->sections[r->ini->nsections++] = s;
	r->in_section = true;
	r->parent = span_of(NULL, 0);
	return true;
}

static bool
read_entry(struct reader *r, struct span line, bool indented)
{
	size_t equals = span_find(line, '=', 0);
	struct span key = span_trim(span_first(line, equals));
	struct span value;
	struct entry *e;

	if (equals == line.len || span_is_empty(key) || !r->in_section)
		return false;
	value = cut_comment(span_skip(line, equals + 1));
	if (!indented)
		r->parent = span_is_empty(value) ? key : span_of(NULL, 0);
	r->ini->entries = grow(r->ini->entries, r->ini->nentries, sizeof(*e));
	e = &r->ini->entries[r->ini->nentries++];
	e->section = r->ini->nsections - 1;
	e->under = indented ? r->parent : span_of(NULL, 0);
	e->key = key;
	/* "key =" is there, and empty. */
	e->value = value.len > 0 ? value : span_of("", 0);
	return true;
}

static bool
read_line(struct reader *r, struct span line)
{
	struct span whole = span_trim(line);
	bool indented = line.len > 0 && is_blank(line.at[0]);

	if (is_comment(whole))
		return true;
	if (!indented && whole.at[0] == '[')
		return read_section(r, whole);
	/* An indented line goes on with the value before it, unless that was
	 * empty: then it is a key below.  Values of several lines mean
	 * nothing to us. */
	if (indented && span_is_empty(r->parent))
		return r->in_section && r->ini->nentries > 0;
	return read_entry(r, whole, indented);
}

enum status
ini_parse(struct span text, struct ini **ini, unsigned *line)
{
	struct reader r = { .ini = status_calloc(1, sizeof(*r.ini)) };
	struct span rest = text;

	*line = 0;
	if (span_starts(rest, SPAN("\xef\xbb\xbf")))
		rest = span_skip(rest, 3);
	while (rest.at != NULL) {
		enum status st = STATUS_OK;

		++*line;
		if (!read_line(&r, span_cut(&rest, '\n')))
			st = STATUS_MALFORMED;
		else if (r.ini->nentries > INI_ENTRIES_MAX ||
			 r.ini->nsections > INI_ENTRIES_MAX)
			st = STATUS_TOO_LARGE;
		if (st != STATUS_OK) {
			ini_free(r.ini);
			return st;
		}
	}
	*ini = r.ini;
	return STATUS_OK;
}

void
ini_free(struct ini *ini)
{
	if (ini == NULL)
		return;
	free(ini->sections);
	free(ini->entries);
	free(ini);
}

static bool
is_section(const struct section *s, struct span kind, struct span name)
{
	return span_equal(s->kind, kind) && span_equal(s->name, name);
}

bool
ini_has(const struct ini *ini, struct span kind, struct span name)
{
	for (size_t i = 0; i < ini->nsections; i++)
		if (is_section(&ini->sections[i], kind, name))
			return true;
	return false;
}

struct span
ini_get(const struct ini *ini, struct span kind, struct span name,
    struct span under, struct span key)
{
	for (size_t i = ini->nentries; i-- > 0;) {
		const struct entry *e = &ini->entries[i];

		if (span_equal_nocase(e->key, key) &&
		    span_equal_nocase(e->under, under) &&
		    is_section(&ini->sections[e->section], kind, name))
			return e->value;
	}
	return span_of(NULL, 0);
}
