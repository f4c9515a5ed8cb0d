#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/rng.h"
#include "codec/cut.h"
#include "codec/scan.h"
#include "test.h"

/* ThreadSanitizer keeps four bytes and more of its own for each that was
 * touched, those of the text among them. */
#ifdef __SANITIZE_THREAD__
#define GROWTH_KB (32 * 1024 + 8 * 100 * 1024)
#else
#define GROWTH_KB (32 * 1024)
#endif

/* Memory that moves and forgets each time, as a caller's may. */
struct memory {
	char *at;
};

static char *
reserve(void *cookie, size_t bytes)
{
	struct memory *m = cookie;

	free(m->at);
	m->at = malloc(bytes + 1);
	return m->at;
}

/* What a cutter gave, piece after piece. */
struct cut_list {
	struct {
		enum cut_kind kind;
		struct buf text;
		struct buf prefix;
	} pieces[4096];
	size_t count;
	size_t losses; /* records, by TOO_LARGE */
	size_t lost;   /* bytes, by all */
	enum status st;
};

static struct cut_list list;

static void
forget(void)
{
	size_t i;

	for (i = 0; i < list.count; i++) {
		buf_done(&list.pieces[i].text);
		buf_done(&list.pieces[i].prefix);
	}
	memset(&list, 0, sizeof(list));
}

static void
cut(struct span text, size_t aim, size_t most)
{
	struct reader *r = reader_new(&READER_LIMITS_DEFAULT);
	struct cutter *c = cutter_new();
	struct memory m = { NULL };
	struct cut_piece piece;

	forget();
	cutter_limits(c, aim, most);
	reader_open_memory(r, text);
	cutter_begin(c, r);
	for (;;) {
		list.st = cutter_next(c, &piece, reserve, &m);
		if (list.st)
			list.lost += cutter_lost(c);
		if (list.st == STATUS_TOO_LARGE) {
			assert_int_not_equal(cutter_lost(c), 0);
			list.losses++;
			continue;
		}
		if (list.st || piece.len == 0)
			break;
		assert_true(list.count < COUNTOF(list.pieces));
		list.pieces[list.count].kind = piece.kind;
		buf_add(
		    &list.pieces[list.count].text, span_of(m.at, piece.len));
		buf_add(&list.pieces[list.count++].prefix, piece.prefix);
	}
	/* The end stays the end. */
	assert_int_not_equal(
	    cutter_next(c, &piece, reserve, &m), STATUS_TOO_LARGE);
	assert_int_equal(piece.len, 0);
	free(m.at);
	cutter_free(c);
	reader_free(r);
}

static void
assert_piece(size_t i, enum cut_kind kind, const char *text)
{
	assert_true(i < list.count);
	assert_int_equal(list.pieces[i].kind, kind);
	assert_span_equal(
	    span_trim(buf_span(&list.pieces[i].text)), span_str(text));
}

static void
cuts_lines(void **state)
{
	(void)state;
	cut(SPAN("\n2 a\n2 bb\n2 ccc\n2 d"), 8, 100);
	assert_int_equal(list.st, STATUS_OK);
	assert_int_equal(list.count, 4);
	assert_piece(0, CUT_LINES, "2 a");
	assert_piece(1, CUT_LINES, "2 bb");
	assert_piece(2, CUT_LINES, "2 ccc");
	assert_piece(3, CUT_LINES, "2 d");
	cut(SPAN(" \n\n "), 8, 100);
	assert_int_equal(list.st, STATUS_OK);
	assert_int_equal(list.count, 0);
	cut(SPAN(""), 8, 100);
	assert_int_equal(list.st, STATUS_OK);
	assert_int_equal(list.count, 0);
}

static void
skips_long_lines(void **state)
{
	(void)state;
	cut(SPAN("1 a\n2 bbbbbbbbbbbbbbbbbbbbbbbbbb\n3 c\n"), 8, 12);
	assert_int_equal(list.st, STATUS_OK);
	assert_int_equal(list.losses, 1);
	assert_int_equal(list.lost, 29);
	assert_int_equal(list.count, 2);
	assert_piece(0, CUT_LINES, "1 a");
	assert_piece(1, CUT_LINES, "3 c");
	cut(SPAN("{\"a\":1}\n{\"b\":\"xxxxxxxxxxxxxxxxxxxxx\"}\n{\"c\":1}\n"),
	    8, 12);
	assert_int_equal(list.losses, 1);
	assert_int_equal(list.count, 2);
	assert_piece(1, CUT_VALUES, "{\"c\":1}");
}

static void
cuts_values(void **state)
{
	(void)state;
	cut(SPAN("{\"a\":1}\n{\"b\":2}\n{\"c\":3}"), 17, 100);
	assert_int_equal(list.count, 2);
	assert_piece(0, CUT_VALUES, "{\"a\":1}\n{\"b\":2}");
	assert_piece(1, CUT_VALUES, "{\"c\":3}");
	cut(SPAN("{\"a\":1}{\"b\":[2]} {\"c\":\"}\\\"\"}"), 20, 100);
	assert_int_equal(list.count, 2);
	assert_piece(0, CUT_VALUES, "{\"a\":1}{\"b\":[2]}");
	assert_piece(1, CUT_VALUES, "{\"c\":\"}\\\"\"}");
	cut(SPAN("{\n \"a\": 1\n}\n{\n \"b\": 2\n}\n"), 16, 100);
	assert_int_equal(list.count, 2);
	assert_piece(0, CUT_VALUES, "{\n \"a\": 1\n}");
	assert_piece(1, CUT_VALUES, "{\n \"b\": 2\n}");
	/* A whole object or array that fits is one piece. */
	cut(SPAN("{\"Records\":[{\"a\":1},{\"b\":2}]}"), 8, 100);
	assert_int_equal(list.count, 1);
	assert_piece(0, CUT_VALUES, "{\"Records\":[{\"a\":1},{\"b\":2}]}");
	cut(SPAN("[\n{\"a\":1},\n{\"b\":2}\n]"), 8, 100);
	assert_int_equal(list.count, 1);
	assert_piece(0, CUT_VALUES, "[\n{\"a\":1},\n{\"b\":2}\n]");
}

static void
keeps_lines_after_broken_ones(void **state)
{
	(void)state;
	cut(SPAN("{\"a\":1}\n{\"b\":\"un}\n{\"c\":{\n{\"d\":4}\n{\"e\":5}\n"
		 "rubbish\n{\"f\":6}\n{\"g\":7}\n"),
	    18, 100);
	assert_int_equal(list.st, STATUS_OK);
	assert_int_equal(list.lost, 0);
	assert_true(list.count >= 3);
	assert_piece(list.count - 1, CUT_VALUES, "{\"f\":6}\n{\"g\":7}");
	/* Pretty-printed values behind one that does not end. */
	cut(SPAN("{\n \"a\": {\n}\n{\n \"b\": 2\n}\n{\n \"c\": 3\n}\n"), 14,
	    100);
	assert_int_equal(list.st, STATUS_OK);
	assert_int_equal(list.lost, 0);
	assert_piece(list.count - 1, CUT_VALUES, "{\n \"c\": 3\n}");
	/* A streamed array that the wrong bracket closes, in a long item. */
	cut(SPAN("[{\"a\":1},{\"b\":2},xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}{\"c\":"
		 "3}"),
	    10, 20);
	assert_int_equal(list.st, STATUS_OK);
	assert_int_equal(list.losses, 1);
	assert_piece(list.count - 1, CUT_VALUES, "{\"c\":3}");
	/* An unclosed quote ends with its line. */
	cut(SPAN("{\n \"a\": \"x\n}\n{\n \"b\": 2\n}\n"), 14, 100);
	assert_int_equal(list.count, 2);
	assert_piece(1, CUT_VALUES, "{\n \"b\": 2\n}");
}

static void
streams_items(void **state)
{
	(void)state;
	cut(SPAN("{\"x\":1,\"s\":[\"a\",\"b\"],\"Records\" : [ {\"a\":1} "
		 ",{\"b\":[{}]}"
		 ",\n{\"c\":3}],\"n\":\"]\"}\n{\"d\":4}"),
	    10, 40);
	assert_int_equal(list.st, STATUS_OK);
	assert_int_equal(list.lost, 0);
	assert_int_equal(list.count, 4);
	assert_piece(0, CUT_ITEMS, "{\"a\":1}");
	assert_span_equal(buf_span(&list.pieces[0].prefix),
	    SPAN("{\"x\":1,\"s\":[\"a\",\"b\"],\"Records\" : [ "));
	assert_piece(1, CUT_ITEMS, "{\"b\":[{}]}");
	assert_piece(2, CUT_ITEMS, "{\"c\":3}");
	assert_piece(3, CUT_VALUES, "{\"d\":4}");
	/* A top-level array. */
	cut(SPAN("[{\"a\":1},{\"b\":2},{\"c\":3},{\"d\":4}]"), 10, 20);
	assert_int_equal(list.count, 4);
	assert_piece(3, CUT_ITEMS, "{\"d\":4}");
	assert_span_equal(buf_span(&list.pieces[3].prefix), SPAN("["));
	/* Two arrays of one object. */
	cut(SPAN("{\"t\":[{\"k\":1},{\"k\":2}],\"items\":[{\"a\":1},{\"b\":2}]"
		 "}"),
	    10, 20);
	assert_int_equal(list.count, 4);
	assert_span_equal(buf_span(&list.pieces[0].prefix), SPAN("{\"t\":["));
	assert_piece(3, CUT_ITEMS, "{\"b\":2}");
	assert_span_equal(
	    buf_span(&list.pieces[3].prefix), SPAN("{\"t\":[],\"items\":["));
}

static void
skips_long_items_and_values(void **state)
{
	(void)state;
	cut(SPAN(
		"{\"Records\":[{\"a\":1},{\"b\":\"xxxxxxxxxxxxxxxxxxxxxxxxx\"},"
		"{\"c\":3}]}"),
	    10, 20);
	assert_int_equal(list.st, STATUS_OK);
	assert_int_equal(list.losses, 1);
	assert_int_equal(list.count, 2);
	assert_piece(0, CUT_ITEMS, "{\"a\":1}");
	assert_piece(1, CUT_ITEMS, "{\"c\":3}");
	cut(SPAN("{\n\"a\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}{\"b\":2}"),
	    10, 20);
	assert_int_equal(list.losses, 1);
	assert_int_equal(list.count, 1);
	assert_piece(0, CUT_VALUES, "{\"b\":2}");
}

static void
gives_whole_items_of_a_cut_object(void **state)
{
	static const char text[] =
	    "{\"Records\":[{\"a\":1},{\"b\":\"]}\"},{\"c\":3}]}";
	size_t n;

	(void)state;
	for (n = 1; n < sizeof(text) - 1; n++) {
		cut(span_of(text, n), 64, 1000);
		assert_int_equal(list.st, STATUS_TRUNCATED);
		if (n < 19) {
			assert_int_equal(list.count, 0);
			assert_int_equal(list.lost, n > 12 ? n - 12 : n);
			continue;
		}
		assert_int_equal(list.count, 1);
		assert_piece(0, CUT_ITEMS,
		    n < 30   ? "{\"a\":1}"
		    : n < 38 ? "{\"a\":1},{\"b\":\"]}\"}"
			     : "{\"a\":1},{\"b\":\"]}\"},{\"c\":3}");
	}
}

static void
drops_the_unfinished_line(void **state)
{
	/* gzip of 0 bytes, cut: the reader fails at once. */
	struct buf text = { 0 };

	(void)state;
	cut(SPAN("{\"a\":1}\n{\"b\":2"), 64, 1000);
	assert_int_equal(list.count, 1);
	cut(SPAN("\x1f\x8b\x08\0\0\0\0\0\0\3"), 64, 1000);
	assert_int_equal(list.st, STATUS_TRUNCATED);
	assert_int_equal(list.count, 0);
	/* A stored block of 20 bytes, with 17 of them there. */
	buf_add(&text, SPAN("\x1f\x8b\x08\0\0\0\0\0\0\3\1\x14\0\xeb\xff"));
	buf_add(&text, SPAN("{\"a\":1}\n{\"b\":2,\"c"));
	cut(buf_span(&text), 64, 1000);
	assert_int_equal(list.st, STATUS_TRUNCATED);
	assert_int_equal(list.count, 1);
	assert_piece(0, CUT_VALUES, "{\"a\":1}");
	assert_int_equal(list.lost, 9);
	buf_done(&text);
}

/* --- scanning against a plain reference ----------------------------------- */

static size_t
plain_scan(struct scan *s, struct span text, uint64_t base, bool *closed)
{
	size_t i;

	*closed = false;
	for (i = 0; i < text.len; i++) {
		char c = text.at[i];
		bool escape = s->escape;

		s->escape = c == '\\' && !escape;
		if (c == '"' && !escape)
			s->in_string = !s->in_string;
		else if (c == '\n')
			s->in_string = false;
		else if (s->in_string)
			continue;
		else if (c == '{' || c == '[')
			s->depth++;
		else if (c == '}' || c == ']') {
			s->depth -= s->depth > 0;
			if (s->depth <= base) {
				*closed = true;
				return i + 1;
			}
		}
	}
	return text.len;
}

static void
scans_like_the_reference(void **state)
{
	static const char alphabet[] = "{}[]\"\\\\\n,a{ab cd\"ef";
	char text[600];
	struct rng rng;
	size_t round, i;

	(void)state;
	rng_seed(&rng, 7);
	for (round = 0; round < 20000; round++) {
		size_t len = rng_below(&rng, sizeof(text));
		size_t kinds = 4 + rng_below(&rng, sizeof(alphabet) - 4);
		struct scan a = { rng_below(&rng, 4), false, false };
		struct scan b = a;
		uint64_t base = rng_below(&rng, a.depth + 1);
		struct span rest = span_of(text, len);

		for (i = 0; i < len; i++)
			text[i] = alphabet[rng_below(&rng, kinds)];
		while (rest.len) {
			size_t n = 1 + rng_below(&rng, rest.len);
			bool closed_a, closed_b;
			size_t na = scan_to_close(
			    &a, span_first(rest, n), base, &closed_a);
			size_t nb = plain_scan(
			    &b, span_first(rest, n), base, &closed_b);

			assert_int_equal(na, nb);
			assert_int_equal(closed_a, closed_b);
			assert_int_equal(a.depth, b.depth);
			assert_int_equal(a.in_string, b.in_string);
			assert_int_equal(a.escape, b.escape);
			rest = span_skip(rest, na);
		}
	}
}

/* --- property: pieces put together are the values ------------------------- */

static void
add_value(struct buf *b, struct rng *rng, unsigned n)
{
	static const char *const odd[] = { "x", "}", "{", "\\\"", "\\\\", "]",
		"\\\\\\\"", "[{", "caf\xc3\xa9" };
	unsigned i;

	buf_printf(b, "{\"id\":%u", n);
	for (i = (unsigned)rng_below(rng, 5); i; i--) {
		buf_printf(b, ",\"k%u\":[{\"v\":\"%s\"},", i,
		    odd[rng_below(rng, COUNTOF(odd))]);
		buf_printf(b, "[%u,{}]]", i);
	}
	buf_add_char(b, '}');
}

/* The ids of the values at depth `at`, in order, from all pieces. */
static void
assert_ids(unsigned count)
{
	unsigned next = 0;
	size_t i;

	for (i = 0; i < list.count; i++) {
		struct span rest = buf_span(&list.pieces[i].text);

		for (;;) {
			char want[32];
			size_t n;

			while (rest.len && strchr(" \n\r\t,", rest.at[0]))
				rest = span_skip(rest, 1);
			if (rest.len == 0)
				break;
			n = scan_value(rest);
			assert_int_not_equal(n, 0);
			(void)snprintf(want, sizeof(want), "{\"id\":%u", next);
			assert_true(span_starts(rest, span_str(want)));
			next++;
			rest = span_skip(rest, n);
		}
	}
	assert_int_equal(next, count);
}

static void
loses_nothing(void **state)
{
	static const char *const joints[] = { "\n", "", " ", "\r\n", "\n\n" };
	struct buf text = { 0 };
	struct rng rng;
	unsigned round, i;

	(void)state;
	rng_seed(&rng, 11);
	for (round = 0; round < 600; round++) {
		unsigned count = 2 + (unsigned)rng_below(&rng, 40);
		unsigned style = (unsigned)rng_below(&rng, 4);
		const char *joint = joints[rng_below(&rng, COUNTOF(joints))];
		/* The longest value is under 300 bytes. */
		size_t aim = 1 + rng_below(&rng, 700);
		size_t most = 300 + rng_below(&rng, 3000);

		buf_reset(&text);
		if (style == 1)
			buf_add_str(&text, "{\"m\":\"x]\",\"Records\":[");
		if (style == 2)
			buf_add_str(&text, "[");
		for (i = 0; i < count; i++) {
			if (style == 1 || style == 2)
				buf_add_str(&text, i ? "," : "");
			if (i)
				buf_add_str(&text, joint);
			add_value(&text, &rng, i);
		}
		if (style == 1)
			buf_add_str(&text, "],\"end\":null}");
		if (style == 2)
			buf_add_str(&text, "]");
		cut(buf_span(&text), aim, most);
		assert_int_equal(list.st, STATUS_OK);
		assert_int_equal(list.lost, 0);
		/* One that fits is one value: nothing to take apart. */
		if (list.count && (style == 1 || style == 2) &&
		    list.pieces[0].kind == CUT_VALUES) {
			assert_int_equal(list.count, 1);
			assert_span_equal(
			    buf_span(&list.pieces[0].text), buf_span(&text));
			continue;
		}
		assert_ids(count);
	}
	buf_done(&text);
	forget();
}

/* --- much of it in little memory ------------------------------------------ */

static char *
reserve_fixed(void *cookie, size_t bytes)
{
	assert_true(bytes <= CUT_RECORD_BYTES);
	return cookie;
}

static void
bounds_memory(void **state)
{
	struct rusage before, after;
	struct reader *r = reader_new(&READER_LIMITS_DEFAULT);
	struct cutter *c = cutter_new();
	char *room = malloc(CUT_RECORD_BYTES);
	struct buf text = { .limit = 110 << 20 }, once = { 0 };
	struct cut_piece piece;
	struct rng rng;
	size_t total = 0, half;

	(void)state;
	rng_seed(&rng, 3);
	buf_add_str(&text, "{\"Records\":[");
	add_value(&text, &rng, 1);
	while (text.len < 1000000) {
		buf_add_char(&text, ',');
		add_value(&text, &rng, 1);
	}
	half = text.len;
	buf_add(&once, span_of(text.at + 12, half - 12));
	while (text.len < 100 << 20) {
		buf_add_char(&text, ',');
		buf_add(&text, buf_span(&once));
	}
	buf_done(&once);
	buf_add_str(&text, "]}");
	getrusage(RUSAGE_SELF, &before);
	reader_open_memory(r, buf_span(&text));
	cutter_begin(c, r);
	for (;;) {
		assert_int_equal(
		    cutter_next(c, &piece, reserve_fixed, room), STATUS_OK);
		if (piece.len == 0)
			break;
		assert_int_equal(piece.kind, CUT_ITEMS);
		total += piece.len;
	}
	assert_true(total > text.len - 4096 && total < text.len);
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < GROWTH_KB);
	cutter_free(c);
	reader_free(r);
	free(room);
	buf_done(&text);
}

static void
refuses_one_endless_record(void **state)
{
	struct buf text = { .limit = 40 << 20 };

	(void)state;
	buf_add_str(&text, "{\"a\":\"");
	while (text.len < 20 << 20)
		buf_add_str(&text, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	cut(buf_span(&text), CUT_AIM_BYTES, CUT_RECORD_BYTES);
	assert_int_equal(list.st, STATUS_TRUNCATED);
	assert_int_equal(list.lost, text.len);
	buf_add_str(&text, "\"}{\"b\":1}");
	cut(buf_span(&text), CUT_AIM_BYTES, CUT_RECORD_BYTES);
	assert_int_equal(list.st, STATUS_OK);
	assert_int_equal(list.lost, text.len - 7);
	assert_piece(0, CUT_VALUES, "{\"b\":1}");
	buf_done(&text);
	forget();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("text is cut at line breaks", cuts_lines),
		TEST("lines that are too long are skipped and counted",
		    skips_long_lines),
		TEST("values are cut where they end, whatever the style",
		    cuts_values),
		TEST("a broken value does not swallow those behind it",
		    keeps_lines_after_broken_ones),
		TEST("the items of a large object are streamed", streams_items),
		TEST("items and values that are too long are skipped",
		    skips_long_items_and_values),
		TEST("of an object cut short the whole items are given",
		    gives_whole_items_of_a_cut_object),
		TEST("of a broken stream the last line is dropped",
		    drops_the_unfinished_line),
		TEST("the block scanner agrees with a plain one",
		    scans_like_the_reference),
		TEST("pieces put together are the values", loses_nothing),
		TEST("100 MB of one object are cut in bounded memory",
		    bounds_memory),
		TEST("a record without end is dropped and counted",
		    refuses_one_endless_record),
	};
	int failed = cmocka_run_group_tests_name("cut", tests, NULL, NULL);

	forget();
	return failed;
}
