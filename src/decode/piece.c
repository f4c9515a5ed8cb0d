/*
 * Pieces of JSON.  All values of a piece are parsed at once, as one array
 * made in place: brackets around, commas for the line ends between values.
 * Only when that fails are the values looked at one by one.
 */
#include "codec/repair.h"
#include "decode/decoder.h"

/* A value that stays open is looked for over several lines, at most this
 * many times the piece's length in all. */
#define SEEK_FACTOR 8

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Remember where a line end was made a comma. */
static void
note_join(struct decoder *d, size_t at)
{
	if (d->njoins == d->joins_room) {
		d->joins_room = d->joins_room ? d->joins_room * 2 : 1024;
		d->joins =
		    status_realloc(d->joins, d->joins_room, sizeof(*d->joins));
	}
	d->joins[d->njoins++] = at;
}

/* Put a comma for each line end between two values: one that a closing
 * bracket comes before and an opening one behind, which is found nowhere
 * inside a value. */
static void
join_values(struct decoder *d, char *text, size_t len)
{
	char *p = text, *end = text + len;

	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		char *line_end = p;
		char *before = p;

		while (
		    before > text && is_blank(before[-1]) && before[-1] != '\n')
			before--;
		while (p < end && is_blank(*p))
			p++;
		if (p == end)
			break;
		if (before > text && (before[-1] == '}' || before[-1] == ']') &&
		    (*p == '{' || *p == '[')) {
			*line_end = ',';
			note_join(d, (size_t)(line_end - text));
		}
	}
}

/* Give the text its lines back: where one is broken, they end it. */
static void
part_values(struct decoder *d, char *text)
{
	while (d->njoins > 0)
		text[d->joins[--d->njoins]] = '\n';
}

/* Blank what surrounds the values: a byte order mark, and the commas
 * between two pieces of the same array. */
static void
blank_edges(struct batch *b, enum cut_kind kind)
{
	size_t from = 0, to = b->text_len;

	if (b->text_len >= 3 && memcmp(b->text, "\xef\xbb\xbf", 3) == 0)
		memset(b->text, ' ', 3);
	if (kind != CUT_ITEMS)
		return;
	while (from < to && (is_blank(b->text[from]) || b->text[from] == ','))
		b->text[from++] = ' ';
	while (
	    to > from && (is_blank(b->text[to - 1]) || b->text[to - 1] == ','))
		b->text[--to] = ' ';
}

/* Parse the piece as an array. */
static enum status
parse_all(struct batch *b, struct json_value *root)
{
	batch_reserve(b, b->text_len + 1);
	b->text[-1] = '[';
	b->text[b->text_len] = ']';
	return json_parse(
	    b->parser, span_of(b->text - 1, b->text_len + 2), root);
}

/* Begin a text of its own: a copy that has room behind it to read, as the
 * parser needs. */
static void
mend_begin(struct decoder *d)
{
	buf_reset(&d->mended);
	buf_add_char(&d->mended, '[');
}

/* What the parser may read behind its text, without looking at it. */
static void
add_padding(struct buf *out)
{
	static const char padding[JSON_PADDING];

	buf_add(out, span_of(padding, sizeof(padding)));
}

/*
 * Is the copy one value?  Asked inside brackets, as it will be parsed among
 * others: alone it may be one level deeper than that.
 */
static bool
mend_end(struct decoder *d, struct span *text)
{
	size_t len = d->mended.len;
	struct json_value root, item;
	struct json_iter it;

	buf_add_char(&d->mended, ']');
	add_padding(&d->mended);
	if (buf_is_cut(&d->mended) ||
	    json_parse(d->second, span_of(d->mended.at, len + 1), &root) !=
		STATUS_OK)
		return false;
	*text = span_of(d->mended.at + 1, len - 1);
	it = json_iter(root);
	if (json_next_item(&it, &item) && !json_next_item(&it, &item))
		return true;
	/* None, or many: let the parser say so of the text alone. */
	d->mended.at[len] = ' ';
	return json_parse(d->second, *text, &root) == STATUS_OK;
}

bool
piece_try(struct decoder *d, struct span *text)
{
	struct span tried;

	mend_begin(d);
	buf_add(&d->mended, *text);
	if (mend_end(d, &tried)) {
		*text = tried;
		return true;
	}
	mend_begin(d);
	if (!repair_json(*text, &d->mended) || !mend_end(d, &tried))
		return false;
	*text = tried;
	d->counts.repaired++;
	return true;
}

/* Index behind the value that opens at `at`, or 0 when it does not close;
 * strings end with their line at the latest. */
static size_t
value_end(struct span s, size_t at)
{
	bool quoted = false;
	size_t depth = 0;

	for (; at < s.len; at++) {
		char c = s.at[at];

		if (quoted) {
			if (c == '\\')
				at++;
			else if (c == '"')
				quoted = false;
			else if (c == '\n')
				return 0;
			continue;
		}
		quoted = c == '"';
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			return at + 1;
	}
	return 0;
}

struct sieve {
	struct span text;
	struct buf good; /* values with commas between them */
	size_t seek;	 /* bytes left for looking for ends */
};

static bool
keep(struct decoder *d, struct sieve *s, struct span value)
{
	if (!piece_try(d, &value))
		return false;
	if (s->good.len > 0)
		buf_add_char(&s->good, ',');
	buf_add(&s->good, value);
	return true;
}

static struct span
cut(struct span s, size_t from, size_t to)
{
	return span_trim(span_of(s.at + from, to - from));
}

/* The records of a list inside a value that is broken somewhere: "Records"
 * and its like are looked for so that one bad record costs only itself. */
static bool
sift_list(struct decoder *d, struct sieve *s, struct span value)
{
	static const struct span names[] = { SPAN_INIT("\"Records\""),
		SPAN_INIT("\"records\""), SPAN_INIT("\"items\"") };
	size_t at = value.len, kept = 0;

	for (size_t i = 0; i < COUNTOF(names) && at == value.len; i++) {
		at = span_search(span_first(value, 4096), names[i]);
		at = at >= 4096 ? value.len : at + names[i].len;
	}
	at = span_find(value, '[', at < value.len ? at : value.len) + 1;
	while (at < value.len) {
		size_t end;

		if (value.at[at] != '{') {
			at++;
			continue;
		}
		end = value_end(value, at);
		if (end == 0)
			end = value.len;
		if (keep(d, s, cut(value, at, end)))
			kept++;
		else
			decode_reject(d, cut(value, at, end),
			    json_parser_error(d->second));
		at = end;
	}
	return kept > 0;
}

static bool
opens(char c)
{
	return c == '{' || c == '[';
}

/* Where the value that opens at `at` ends, or 0; what is left to look
 * through grows less by what was. */
static size_t
sift_end(struct sieve *s, size_t at, size_t line)
{
	size_t far = s->seek < s->text.len ? line : s->text.len;
	size_t end, looked;

	if (!opens(s->text.at[at]))
		return 0;
	end = value_end(span_first(s->text, far), at);
	looked = (end != 0 ? end : far) - at;
	s->seek -= looked < s->seek ? looked : s->seek;
	return end;
}

/* Take one value or one line off at `at`; returns where to go on. */
static size_t
sift_one(struct decoder *d, struct sieve *s, size_t at)
{
	size_t line = span_find(s->text, '\n', at);
	size_t end = sift_end(s, at, line);

	if (end != 0 && keep(d, s, cut(s->text, at, end)))
		return end;
	if (end > line && sift_list(d, s, cut(s->text, at, end)))
		return end;
	if (end == 0 || end <= line) {
		size_t to = end != 0 ? end : line;

		/* An unfinished line may still be mended. */
		if (end == 0 && keep(d, s, cut(s->text, at, to)))
			return to;
		if (end != 0 && sift_list(d, s, cut(s->text, at, to)))
			return to;
		end = to;
	} else if (line + 1 < s->text.len && opens(s->text.at[line + 1])) {
		/* The next line starts a value: only this one is bad. */
		end = line;
	}
	(void)piece_try(d, &(struct span){ s->text.at + at, end - at });
	decode_reject(d, cut(s->text, at, end), json_parser_error(d->second));
	return end;
}

/* Keep the values that parse, report the others. */
static void
sift(struct decoder *d)
{
	struct batch *b = d->batch;
	struct sieve s = { .text = { b->text, b->text_len },
		.seek = b->text_len * SEEK_FACTOR };
	size_t at = 0;

	part_values(d, b->text);
	while (at < s.text.len) {
		if (is_blank(b->text[at]) || b->text[at] == ',' ||
		    b->text[at] == 0x1e)
			at++;
		else
			at = sift_one(d, &s, at);
	}
	b->text_len = 0;
	batch_reserve(b, s.good.len);
	if (s.good.len > 0)
		memcpy(b->text, s.good.at, s.good.len);
	b->text_len = s.good.len;
	buf_done(&s.good);
}

/* The members of the object around the items, as far as they came. */
static void
read_prefix(struct decoder *d, struct span prefix, struct decode_context *cx)
{
	struct json_value root;

	/* The array's '[' and what may follow it become its end. */
	size_t open = span_rfind(prefix, '[');

	if (open == prefix.len)
		return;
	buf_reset(&d->mended);
	buf_add(&d->mended, span_first(prefix, open + 1));
	buf_add_str(&d->mended, "]}");
	add_padding(&d->mended);
	if (json_parse(d->second, span_of(d->mended.at, open + 3), &root) !=
	    STATUS_OK)
		return;
	wrap_context(d, root, cx);
	cx->account = arena_dup(d->batch->arena, cx->account);
	cx->cluster = arena_dup(d->batch->arena, cx->cluster);
	cx->stream = arena_dup(d->batch->arena, cx->stream);
	if (json_get(root, SPAN("configurationItems")).tape != NULL)
		decode_skip(d, "AWS Config snapshot");
}

void
piece_read(struct decoder *d, enum cut_kind kind, struct span prefix)
{
	struct decode_context cx = { .time_us = DECODE_NO_TIME };
	struct batch *b = d->batch;
	struct json_value root, item;
	struct json_iter it;

	if (kind == CUT_ITEMS)
		read_prefix(d, prefix, &cx);
	if (b->text_len == 0 || d->skipped)
		return;
	blank_edges(b, kind);
	if (kind == CUT_VALUES &&
	    !wrap_is_json(span_trim(span_of(b->text, b->text_len)))) {
		lines_read(d);
		return;
	}
	d->njoins = 0;
	if (kind == CUT_VALUES)
		join_values(d, b->text, b->text_len);
	if (parse_all(b, &root) != STATUS_OK) {
		sift(d);
		if (parse_all(b, &root) != STATUS_OK) {
			decode_reject(d, span_of(b->text, b->text_len),
			    json_parser_error(b->parser));
			return;
		}
	}
	it = json_iter(root);
	while (!d->skipped && json_next_item(&it, &item))
		wrap_value(d, item, &cx);
}
