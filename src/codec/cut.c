#include "codec/cut.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "codec/scan.h"

#define SNIFF_LINES 16
#define FIRST_ROOM_BYTES ((size_t)1024 * 1024)

enum state {
	START,	   /* nothing was seen yet but blanks */
	TEXT,	   /* lines that are no JSON */
	VALUES,	   /* between values, or in one that is held back */
	ITEMS,	   /* in a streamed array of objects */
	BETWEEN,   /* in an object, looking for its next array of objects */
	SKIP,	   /* in a value or item that is too long */
	SKIP_LINE, /* in a line that is too long */
};

/*
 * The window holds what was read and not yet given: win[at..end).  `scan` is
 * where the scan stands behind the first `scanned` bytes of it, and `whole`
 * the bytes up to the last record's end that it saw.
 */
struct cutter {
	struct reader *reader;
	size_t aim, most;
	char *win;
	size_t room, at, end;
	bool ended;
	enum status end_status; /* of the reader, once ended */
	enum state state;
	struct scan scan;
	size_t scanned, whole;
	enum state after; /* SKIP_LINE: where to go on */
	bool bracket;	  /* BETWEEN: the last byte but blanks was its '[' */
	bool streamed;	  /* ... and items of this object were given */
	uint64_t base;	  /* ITEMS: depth between items */
	struct buf prefix;
	size_t lost;
};

struct cutter *
cutter_new(void)
{
	struct cutter *c = status_calloc(1, sizeof(*c));

	cutter_limits(c, CUT_AIM_BYTES, CUT_RECORD_BYTES);
	c->prefix.limit = CUT_PREFIX_BYTES;
	c->ended = true;
	return c;
}

void
cutter_free(struct cutter *c)
{
	if (c == NULL)
		return;
	buf_done(&c->prefix);
	free(c->win);
	free(c);
}

void
cutter_limits(struct cutter *c, size_t aim, size_t most)
{
	ASSERT(aim > 0 && most > 0);
	c->aim = aim < most ? aim : most;
	c->most = most;
}

size_t
cutter_lost(const struct cutter *c)
{
	return c->lost;
}

/* Stand in front of a record, in a stream's values or an array's items. */
static void
enter(struct cutter *c, enum state state)
{
	c->state = state;
	if (state != ITEMS)
		c->base = 0;
	c->scan = (struct scan){ c->base, false, false };
	c->scanned = 0;
	c->whole = 0;
}

void
cutter_begin(struct cutter *c, struct reader *r)
{
	c->reader = r;
	c->at = c->end = 0;
	c->ended = false;
	c->end_status = STATUS_OK;
	c->lost = 0;
	buf_reset(&c->prefix);
	enter(c, START);
}

/* --- the window ----------------------------------------------------------- */

static size_t
held(const struct cutter *c)
{
	return c->end - c->at;
}

static struct span
window(const struct cutter *c)
{
	return span_of(c->win + c->at, held(c));
}

/* Hold `want` bytes, fewer only at the end. */
static void
fill(struct cutter *c, size_t want)
{
	if (held(c) >= want || c->ended)
		return;
	if (c->room - c->at < want && c->at) {
		memmove(c->win, c->win + c->at, held(c));
		c->end -= c->at;
		c->at = 0;
	}
	if (c->room < want) {
		size_t room = c->room ? c->room : FIRST_ROOM_BYTES;

		while (room < want)
			room *= 2;
		c->win = status_realloc(c->win, room, 1);
		c->room = room;
	}
	while (held(c) < want && !c->ended) {
		size_t got;

		c->end_status = reader_read(
		    c->reader, c->win + c->end, want - held(c), &got);
		c->end += got;
		c->ended = c->end_status != STATUS_OK || got == 0;
	}
}

/* Hold more than now, up to one byte more than a record may have. */
static void
fill_more(struct cutter *c)
{
	size_t want = held(c) < c->aim ? c->aim : held(c) * 2;

	fill(c, want <= c->most ? want : c->most + 1);
}

/* Bytes leave the window; what was scanned of the rest stays scanned. */
static void
consume(struct cutter *c, size_t n)
{
	c->at += n;
	c->scanned = c->scanned > n ? c->scanned - n : 0;
	c->whole = c->whole > n ? c->whole - n : 0;
	if (c->at == c->end)
		c->at = c->end = 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t
count_blanks(struct span s, bool commas)
{
	size_t n = 0;

	while (n < s.len && (is_blank(s.at[n]) || (commas && s.at[n] == ',')))
		n++;
	return n;
}

/* Drop blanks (and commas) in front of a record; false when nothing more
 * comes.  Only between records, where nothing is scanned yet. */
static bool
drop_blanks(struct cutter *c, bool commas)
{
	for (;;) {
		consume(c, count_blanks(window(c), commas));
		if (held(c))
			return true;
		if (c->ended)
			return false;
		fill(c, c->aim);
	}
}

/* --- styles --------------------------------------------------------------- */

static bool
opens_value(char c)
{
	return c == '{' || c == '[';
}

/* "[INFO] ..." and "[2026-..." open lines of text, not an array of records. */
static bool
opens_json(struct span text)
{
	size_t next;

	if (text.at[0] != '[')
		return opens_value(text.at[0]);
	next = 1 + count_blanks(span_skip(text, 1), false);
	return next >= text.len || opens_value(text.at[next]) ||
	       text.at[next] == ']';
}

/* True when the line, without its '\n', is one value and nothing else. */
static bool
is_one_value(struct span line)
{
	size_t n = scan_value(line);

	return n > 0 && count_blanks(span_skip(line, n), false) == line.len - n;
}

/* True when half of the first lines or more are single values: one broken line
 * before a good one is no reason to lose both. */
static bool
looks_by_line(const struct cutter *c)
{
	struct span rest = span_first(window(c), c->most);
	unsigned good = 0, bad = 0;

	while (rest.len && good + bad < SNIFF_LINES) {
		size_t n = span_find(rest, '\n', 0);
		struct span line = span_first(rest, n);

		if (n == rest.len && !c->ended)
			break; /* not whole yet: tells nothing */
		if (is_one_value(line))
			good++;
		else if (count_blanks(line, false) < line.len)
			bad++;
		rest = span_skip(rest, n + 1);
	}
	return good > 0 && good >= bad;
}

/* Bytes up to the last line break of the first `head` bytes, else up to the
 * first one behind; 0: none.  For values, only one with a value behind it,
 * so that what is not by line for a while stays together. */
static size_t
line_end(struct span text, size_t head, bool values)
{
	const char *p = text.at + (head < text.len ? head : text.len);
	const char *end = text.at + text.len;

	while ((p = memrchr(text.at, '\n', (size_t)(p - text.at)))) {
		if (!values || (p + 1 < end && opens_value(p[1])))
			return (size_t)(p + 1 - text.at);
	}
	p = text.at + (head < text.len ? head : text.len);
	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		p++;
		if (!values || (p < end && opens_value(*p)))
			return (size_t)(p - text.at);
	}
	return 0;
}

/* A value that does not end may be broken: then the next one begins at the
 * start of a line where nothing inside a value could begin. */
static bool
is_restart(struct span text, size_t at)
{
	size_t before = at;

	if (at >= text.len || !opens_value(text.at[at]))
		return false;
	while (before > 0 && is_blank(text.at[before - 1]))
		before--;
	return before > 0 && !memchr(",[:{", text.at[before - 1], 4);
}

/* Bytes up to the last restart of the first `head` bytes, else the first one
 * behind; 0: none.  The last, so that much broken text is not scanned again
 * for each of its lines. */
static size_t
find_restart(struct span text, size_t head)
{
	size_t last = 0;
	size_t at = 0;

	for (;;) {
		at = span_find(text, '\n', at) + 1;
		if (at >= text.len || (last && at > head))
			return last;
		if (is_restart(text, at))
			last = at;
		if (last > head)
			return last;
	}
}

/* --- steps: each gives a piece's length, an end, or asks for another ------ */

enum step {
	STEP_AGAIN, /* the state has changed: look again */
	STEP_PIECE, /* *len bytes of the window are a piece */
	STEP_LOST,  /* a record was dropped: TOO_LARGE */
	STEP_CUT,   /* an unfinished record was dropped: TRUNCATED */
	STEP_END,   /* nothing is left */
};

static void
lose(struct cutter *c, size_t n)
{
	c->lost += n;
	consume(c, n);
}

/* The stream ended inside a record: drop what there is of it. */
static enum step
drop_rest(struct cutter *c)
{
	lose(c, held(c));
	enter(c, VALUES);
	return STEP_CUT;
}

static enum step
step_start(struct cutter *c)
{
	fill(c, c->aim);
	if (!drop_blanks(c, false))
		return STEP_END;
	enter(c, opens_json(window(c)) ? VALUES : TEXT);
	return STEP_AGAIN;
}

/* Bytes of whole lines at hand, or 0. */
static size_t
whole_lines(const struct cutter *c, bool values)
{
	bool rest = c->ended && held(c) <= c->aim;
	size_t n = 0;

	if (rest && c->end_status == STATUS_OK)
		return held(c);
	/* A broken stream's last line is not whole. */
	if (!rest)
		n = line_end(window(c), c->aim, values);
	if (n == 0 || n > c->most) {
		if (!values || c->ended || held(c) > c->most)
			n = line_end(window(c), c->aim, false);
	}
	if (n == 0 && c->ended && c->end_status == STATUS_OK)
		n = held(c);
	return n;
}

static enum step
step_lines(struct cutter *c, size_t *len)
{
	bool values = c->state == VALUES;

	fill(c, c->aim);
	if (held(c) == 0)
		return STEP_END;
	for (;;) {
		size_t n = whole_lines(c, values);

		if (n > 0 && n <= c->most) {
			*len = n;
			return STEP_PIECE;
		}
		if (n > c->most || held(c) > c->most) {
			c->after = c->state;
			c->state = SKIP_LINE;
			return STEP_AGAIN;
		}
		if (c->ended)
			return drop_rest(c);
		fill_more(c);
	}
}

static enum step
step_skip_line(struct cutter *c)
{
	for (;;) {
		size_t n = span_find(window(c), '\n', 0);

		if (n < held(c)) {
			lose(c, n + 1);
			enter(c, c->after);
			return STEP_LOST;
		}
		lose(c, n);
		if (c->ended) {
			enter(c, c->after);
			return c->end_status ? STEP_CUT : STEP_LOST;
		}
		fill(c, c->aim);
	}
}

/*
 * Scan on: up to the last record's end in the first `aim` bytes, else to the
 * first one behind.  An array's end ends its last item.
 */
static void
scan_records(struct cutter *c)
{
	while (c->scanned < held(c)) {
		size_t to = c->whole || c->scanned < c->aim ? c->aim : held(c);
		bool closed;

		if (to > held(c))
			to = held(c);
		if (c->scanned >= to)
			return;
		c->scanned += scan_to_close(&c->scan,
		    span_of(c->win + c->at + c->scanned, to - c->scanned),
		    c->base, &closed);
		if (!closed)
			continue;
		c->whole = c->scanned;
		if (c->scan.depth < c->base) {
			c->whole--;
			return;
		}
		if (c->whole >= c->aim)
			return;
	}
}

/* A value that is too long or does not end: what can be had of it? */
static enum step
open_value(struct cutter *c, size_t *len)
{
	size_t n = find_restart(window(c), c->aim);

	if (n > 0 && n <= c->most) {
		*len = n;
		return STEP_PIECE;
	}
	enter(c, BETWEEN);
	buf_reset(&c->prefix);
	c->bracket = false;
	c->streamed = false;
	return STEP_AGAIN;
}

/*
 * An object on one line, as CloudTrail delivers them, that is all there is
 * and fits: the parser finds its end, so it is not scanned for it here.
 */
static bool
is_delivery(struct cutter *c)
{
	struct span text = window(c);

	if (!span_starts(text, SPAN("{\"Records\":[")))
		return false;
	fill(c, c->most + 1);
	if (!c->ended || c->end_status != STATUS_OK || held(c) > c->most)
		return false;
	text = span_trim(window(c));
	return span_ends(text, SPAN("}]}")) &&
	       span_find(text, '\n', 0) == text.len;
}

static enum step
step_values(struct cutter *c, size_t *len)
{
	fill(c, c->aim);
	if (!drop_blanks(c, false))
		return STEP_END;
	fill(c, c->aim);
	if (is_delivery(c)) {
		*len = held(c);
		return STEP_PIECE;
	}
	if (looks_by_line(c))
		return step_lines(c, len);
	for (;;) {
		scan_records(c);
		if (c->whole > 0 && c->whole <= c->most) {
			*len = c->whole;
			return STEP_PIECE;
		}
		if (held(c) > c->most)
			return open_value(c, len);
		if (c->ended)
			break;
		fill_more(c);
	}
	if (c->scan.depth > 0)
		return open_value(c, len);
	if (c->end_status != STATUS_OK)
		return drop_rest(c);
	*len = held(c); /* no value at all: the decoder counts it */
	return STEP_PIECE;
}

/* At the ']' of a streamed array. */
static enum step
leave_array(struct cutter *c)
{
	uint64_t depth = c->base - 1;

	consume(c, 1);
	buf_add_char(&c->prefix, ']');
	if (depth == 0) {
		enter(c, VALUES);
		return STEP_AGAIN;
	}
	enter(c, BETWEEN);
	c->scan.depth = depth;
	c->bracket = false;
	return STEP_AGAIN;
}

static enum step
step_items(struct cutter *c, size_t *len)
{
	fill(c, c->aim);
	if (!drop_blanks(c, true))
		return drop_rest(c);
	/* A '}' ends it too, as for the scan: the text is broken there. */
	if (c->win[c->at] == ']' || c->win[c->at] == '}')
		return leave_array(c);
	fill(c, c->aim);
	for (;;) {
		scan_records(c);
		if (c->whole > 0 && c->whole <= c->most) {
			*len = c->whole;
			return STEP_PIECE;
		}
		if (held(c) > c->most) {
			c->state = SKIP;
			c->scan = (struct scan){ c->base, false, false };
			return STEP_AGAIN;
		}
		if (c->ended)
			return drop_rest(c);
		fill_more(c);
	}
}

/* Over the rest of a value (base 0) or an item. */
static enum step
step_skip(struct cutter *c)
{
	for (;;) {
		bool closed;
		size_t n = scan_to_close(&c->scan, window(c), c->base, &closed);

		if (closed) {
			bool array = c->scan.depth < c->base;

			lose(c, array ? n - 1 : n);
			enter(c, c->base ? ITEMS : VALUES);
			return STEP_LOST;
		}
		lose(c, n);
		if (c->ended)
			return drop_rest(c);
		fill(c, c->aim);
	}
}

/*
 * One byte of an object outside its streamed arrays.  True when it is the
 * first of an item of an array of objects.
 */
static bool
walk_byte(struct cutter *c, const char *at, bool *closed)
{
	bool outside = !c->scan.in_string;

	*closed = false;
	if (c->bracket && !is_blank(*at)) {
		c->bracket = false;
		if (*at == '{')
			return true;
	}
	(void)scan_to_close(&c->scan, span_of(at, 1), 0, closed);
	/* An array that is the value, or a member of the object that is. */
	if (outside && *at == '[' &&
	    (c->scan.depth == 2 ? c->prefix.at[0] == '{' : c->scan.depth == 1))
		c->bracket = true;
	buf_add_char(&c->prefix, *at);
	return false;
}

static enum step
step_between(struct cutter *c)
{
	for (;;) {
		bool closed;

		if (held(c) == 0) {
			fill(c, c->aim);
			if (held(c) == 0)
				return drop_rest(c);
		}
		if (walk_byte(c, c->win + c->at, &closed)) {
			c->base = c->scan.depth;
			c->streamed = true;
			c->lost = 0;
			enter(c, ITEMS);
			return STEP_AGAIN;
		}
		lose(c, 1);
		if (closed) {
			enter(c, VALUES);
			if (!c->streamed)
				return STEP_LOST;
			c->lost = 0;
			return STEP_AGAIN;
		}
		if (buf_is_cut(&c->prefix)) {
			c->state = SKIP;
			return STEP_AGAIN;
		}
	}
}

static enum step
take_step(struct cutter *c, size_t *len)
{
	switch (c->state) {
	case START:
		return step_start(c);
	case TEXT:
		return step_lines(c, len);
	case VALUES:
		return step_values(c, len);
	case ITEMS:
		return step_items(c, len);
	case BETWEEN:
		return step_between(c);
	case SKIP:
		return step_skip(c);
	case SKIP_LINE:
		return step_skip_line(c);
	}
	return STEP_END;
}

static enum cut_kind
kind_of(enum state state)
{
	if (state == TEXT)
		return CUT_LINES;
	return state == ITEMS ? CUT_ITEMS : CUT_VALUES;
}

enum status
cutter_next(struct cutter *c, struct cut_piece *piece,
    char *(*reserve)(void *cookie, size_t bytes), void *cookie)
{
	enum step step;
	size_t len = 0;

	*piece = (struct cut_piece){ CUT_LINES, { NULL, 0 }, 0 };
	c->lost = 0;
	do
		step = take_step(c, &len);
	while (step == STEP_AGAIN);
	if (step == STEP_LOST)
		return STATUS_TOO_LARGE;
	if (step == STEP_CUT)
		return c->end_status ? c->end_status : STATUS_TRUNCATED;
	if (step == STEP_END)
		return c->end_status;
	piece->kind = kind_of(c->state);
	if (piece->kind == CUT_ITEMS)
		piece->prefix = buf_span(&c->prefix);
	piece->len = len;
	memcpy(reserve(cookie, len), c->win + c->at, len);
	consume(c, len);
	enter(c, c->state);
	return STATUS_OK;
}
