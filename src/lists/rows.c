#include "lists/rows.h"

#include <stdlib.h>

#include "base/status.h"

#define FIELDS_MAX 128
#define NO_COLUMN FIELDS_MAX

/* What the columns of feeds are called, by kind. */
static const char *const entry_columns[INTAKE_KINDS][12] = {
	[INTAKE_IP] = { "ip", "ip_address", "ipaddress", "ip address", "cidr",
	    "network", "dst_ip", "indicator", "ioc", "ioc_value", "value" },
	[INTAKE_DOMAIN] = { "domain", "hostname", "host", "fqdn", "url",
	    "indicator", "ioc", "ioc_value", "value" },
	[INTAKE_IMAGE] = { "image", "repository", "indicator", "value" },
	[INTAKE_HASH] = { "sha256", "sha256_hash", "sha1", "md5", "hash",
	    "digest", "indicator", "ioc_value", "value" },
};
static const char *const expiry_columns[] = { "expires", "expiry", "expires_at",
	"expiration", "valid_until" };

struct row {
	struct span field[FIELDS_MAX];
	size_t count;
};

struct layout {
	size_t entry, expiry; /* NO_COLUMN: not known */
	bool known;	      /* the first row has been seen */
};

static char
separator_of(struct span line)
{
	static const char candidates[] = { ',', ';', '\t' };

	for (size_t i = 0; i < sizeof(candidates); i++) {
		if (span_find(line, candidates[i], 0) < line.len)
			return candidates[i];
	}
	return ' ';
}

/* A field in quotes holds what separates others; quotes are not kept. */
static struct span
cut_field(struct span *rest, char separator)
{
	struct span field = span_trim(*rest);
	size_t end;

	if (field.len == 0 || field.at[0] != '"')
		return span_trim(span_cut(rest, separator));
	field = span_skip(field, 1);
	end = span_find(field, '"', 0);
	*rest = span_skip(field, end + 1);
	(void)span_cut(rest, separator);
	return span_trim(span_first(field, end));
}

static void
split(struct span line, struct row *row)
{
	char separator = separator_of(line);
	struct span rest = line;

	row->count = 0;
	while (rest.at != NULL && row->count < FIELDS_MAX) {
		struct span field = cut_field(&rest, separator);

		if (!span_is_empty(field) || separator != ' ')
			row->field[row->count++] = field;
	}
}

static size_t
column_of(const struct row *row, const char *const *names, size_t count)
{
	for (size_t k = 0; k < count && names[k] != NULL; k++) {
		for (size_t i = 0; i < row->count; i++) {
			if (span_equal_nocase(
				row->field[i], span_str(names[k])))
				return i;
		}
	}
	return NO_COLUMN;
}

/* True when the first row names the columns. */
static bool
read_header(struct layout *l, const struct row *row, enum intake_kind kind)
{
	if (l->known)
		return false;
	l->known = true;
	l->entry =
	    column_of(row, entry_columns[kind], COUNTOF(entry_columns[kind]));
	l->expiry = column_of(row, expiry_columns, COUNTOF(expiry_columns));
	return l->entry != NO_COLUMN;
}

static bool
is_other(const struct intake *in, const struct row *row)
{
	for (size_t i = 0; i < row->count; i++) {
		if (intake_is_other(in, row->field[i]))
			return true;
	}
	return false;
}

/* A hosts file's line: an address and the names it is to answer for. */
static bool
take_hosts(struct intake *in, const struct row *row)
{
	struct ip_net net;
	bool any = false;

	if (in->kind != INTAKE_DOMAIN || row->count < 2 ||
	    !ip_net_parse(row->field[0], &net))
		return false;
	for (size_t i = 1; i < row->count; i++)
		any |= intake_offer(in, row->field[i], 0);
	return any;
}

static bool
take_row(struct intake *in, const struct layout *l, const struct row *row)
{
	uint32_t expires_s =
	    l->expiry < row->count ? intake_expiry(row->field[l->expiry]) : 0;

	if (l->entry < row->count)
		/* An empty field: the row is about something else. */
		return span_is_empty(row->field[l->entry]) ||
		       intake_offer(in, row->field[l->entry], expires_s);
	if (take_hosts(in, row))
		return true;
	for (size_t i = 0; i < row->count; i++) {
		if (intake_offer(in, row->field[i], expires_s))
			return true;
	}
	return false;
}

static bool
is_comment(struct span line)
{
	return line.len == 0 || line.at[0] == '#' || line.at[0] == ';' ||
	       line.at[0] == '!' || span_starts(line, SPAN("//"));
}

/* STIX 1: what stands between tags, several parted by "##comma##". */
static void
take_markup(struct intake *in, struct span line)
{
	while (line.len > 0) {
		size_t open = span_find(line, '<', 0);
		struct span text = span_trim(span_first(line, open));

		while (text.len > 0) {
			size_t at = span_search(text, SPAN("##comma##"));

			(void)intake_offer(in, span_first(text, at), 0);
			text = span_skip(text, at + 9);
		}
		line = span_skip(line, span_find(line, '>', open) + 1);
	}
}

static void
take_line(
    struct intake *in, struct layout *l, struct span line, uint64_t number)
{
	struct row row;

	if (span_starts(line, SPAN("\xef\xbb\xbf")))
		line = span_skip(line, 3);
	line = span_trim(line);
	if (is_comment(line))
		return;
	if (line.at[0] == '<') {
		take_markup(in, line);
		return;
	}
	line = span_trim(span_first(line, span_find(line, '#', 0)));
	split(line, &row);
	if (!read_header(l, &row, in->kind) && !take_row(in, l, &row) &&
	    !is_other(in, &row))
		intake_skip(in, number);
}

void
rows_read(struct intake *in, FILE *file)
{
	char *line = status_calloc(ROWS_LINE_BYTES, 1);
	struct layout layout = { .entry = NO_COLUMN, .expiry = NO_COLUMN };
	bool inside = false; /* of a line that is too long to be one */

	for (uint64_t number = 1; fgets(line, ROWS_LINE_BYTES, file);) {
		size_t len = strlen(line);
		bool ended = len > 0 && line[len - 1] == '\n';

		if (!inside && (ended || feof(file)))
			take_line(in, &layout, span_of(line, len), number);
		else if (!inside)
			intake_skip(in, number);
		inside = !ended;
		number += ended;
	}
	free(line);
}
