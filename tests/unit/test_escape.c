#include "base/escape.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "test.h"

typedef void encoder(struct span, struct buf *);

static void
expect(encoder *encode, struct span in, struct span out)
{
	struct buf b = { 0 };

	encode(in, &b);
	assert_span_equal(buf_span(&b), out);
	buf_done(&b);
}

static void
terminal(void **state)
{
	(void)state;
	expect(escape_terminal, SPAN("plain caf\xc3\xa9"),
	    SPAN("plain caf\xc3\xa9"));
	expect(
	    escape_terminal, SPAN("\033[31mred\a"), SPAN("\\x1b[31mred\\x07"));
	expect(escape_terminal,
	    SPAN("a\xe2\x80\xae"
		 "b"),
	    SPAN("a\\xe2\\x80\\xae"
		 "b"));
	expect(escape_terminal,
	    SPAN("\xc2\x9b"
		 "31m"),
	    SPAN("\\xc2\\x9b"
		 "31m"));
	expect(
	    escape_terminal, SPAN("a\nb\0c\x7f"), SPAN("a\\x0ab\\x00c\\x7f"));
	expect(escape_terminal, SPAN("\xff\xc0\x80\xed\xa0\x80"),
	    SPAN("\\xff\\xc0\\x80\\xed\\xa0\\x80"));
}

static void
bidi(void **state)
{
	static const uint32_t points[] = { 0x202a, 0x202b, 0x202c, 0x202d,
		0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200e, 0x200f, 0x61c,
		0x200b, 0xfeff, 0x85, 0xad, 0xe0041 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(points); i++)
		assert_true(escape_is_invisible(points[i]));
	assert_false(escape_is_invisible('a'));
	assert_false(escape_is_invisible(0xe9));
	assert_false(escape_is_invisible(0x4e2d));
	assert_false(escape_is_invisible(0x1f600));
}

static void
json_any_bytes(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 2000; seed++) {
		char bytes[24];
		struct buf b = { 0 };
		json_t *parsed;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (char)((seed * 2654435761u +
					      i * 40503u * (seed + 7)) >>
					  13);
		buf_add_char(&b, '"');
		escape_json(span_of(bytes, sizeof(bytes)), &b);
		buf_add_char(&b, '"');
		parsed = json_loadb(
		    b.at, b.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		assert_non_null(parsed);
		json_decref(parsed);
		buf_done(&b);
	}
}

static void
json_keeps(void **state)
{
	struct span text = SPAN("\"\\\n\t\x01\xe2\x80\xae\xf0\x9f\x98\x80/");
	struct buf b = { 0 };
	json_t *parsed;

	(void)state;
	buf_add_char(&b, '"');
	escape_json(text, &b);
	buf_add_char(&b, '"');
	parsed = json_loadb(b.at, b.len, JSON_DECODE_ANY, NULL);
	assert_non_null(parsed);
	assert_span_equal(span_str(json_string_value(parsed)), text);
	assert_int_equal(
	    span_search(buf_span(&b), SPAN("\xe2\x80\xae")), b.len);
	json_decref(parsed);
	buf_done(&b);
}

static void
csv(void **state)
{
	(void)state;
	expect(escape_csv, SPAN("plain"), SPAN("plain"));
	expect(escape_csv, SPAN("a,b"), SPAN("\"a,b\""));
	expect(escape_csv, SPAN("say \"hi\""), SPAN("\"say \"\"hi\"\"\""));
	expect(escape_csv, SPAN("=1+1"), SPAN("\"'=1+1\""));
	expect(escape_csv, SPAN("  @SUM(A1)"), SPAN("\"'  @SUM(A1)\""));
	expect(escape_csv, SPAN("\t=1"), SPAN("\"'\\x09=1\""));
	expect(escape_csv, SPAN("-2"), SPAN("\"'-2\""));
	expect(escape_csv,
	    SPAN("\xef\xbc\x9d"
		 "1"),
	    SPAN("\"'\xef\xbc\x9d"
		 "1\""));
	expect(escape_csv, SPAN("a\r\nb"), SPAN("a\\x0d\\x0ab"));
	expect(escape_csv, SPAN(""), SPAN(""));
}

static void
html(void **state)
{
	(void)state;
	expect(escape_html, SPAN("<script>alert('x\"&`')</script>"),
	    SPAN("&lt;script&gt;alert(&#39;x&quot;&amp;&#96;&#39;)&lt;/"
		 "script&gt;"));
	expect(escape_html, SPAN("a\0b"), SPAN("a\\x00b"));
}

/* What /bin/sh makes of one word, as printed by printf %s. */
static void
shell_says(struct span word, struct buf *said)
{
	struct buf line = { 0 };
	FILE *sh;
	int c;

	buf_add_str(&line, "printf %s ");
	buf_add(&line, word);
	sh = popen(buf_text(&line), "r");
	assert_non_null(sh);
	while ((c = fgetc(sh)) != EOF)
		buf_add_char(said, (char)c);
	assert_int_equal(pclose(sh), 0);
	buf_done(&line);
}

static void
shell(void **state)
{
	static const char *const words[] = { "", "plain", "two words", "it's",
		"''", "$(id)", "`id`", "a;b|c&d", "\"q\"", "\\", "~", "*",
		"$HOME", "#x", "!x", "-n", "a'b'\\''c", "caf\xc3\xa9", "{a,b}",
		"a=b", ">x", "<x", "()" };

	(void)state;
	for (size_t i = 0; i < COUNTOF(words); i++) {
		struct buf word = { 0 }, said = { 0 };

		assert_true(escape_shell(span_str(words[i]), &word));
		shell_says(buf_span(&word), &said);
		assert_span_equal(buf_span(&said), span_str(words[i]));
		buf_done(&word);
		buf_done(&said);
	}
}

static void
shell_refuses(void **state)
{
	static const struct {
		const char *at;
		size_t len;
	} words[] = { { "a\nb", 3 }, { "\033[2J", 4 }, { "a\0b", 3 },
		{ "\xff", 1 }, { "\xe2\x80\xae", 3 }, { "\r", 1 } };

	(void)state;
	for (size_t i = 0; i < COUNTOF(words); i++) {
		struct buf word = { 0 };

		assert_false(
		    escape_shell(span_of(words[i].at, words[i].len), &word));
		assert_int_equal(word.len, 0);
		buf_done(&word);
	}
}

static void
width(void **state)
{
	(void)state;
	assert_int_equal(escape_width(SPAN("abc")), 3);
	assert_int_equal(escape_width(SPAN("e\xcc\x81")), 1);
	assert_int_equal(escape_width(SPAN("\xe4\xb8\xad")), 2);
	assert_int_equal(escape_width(SPAN("\xe2\x80\xae")), 12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a terminal shows controls, marks and broken bytes",
		    terminal),
		TEST(
		    "characters that reorder or hide text are invisible", bidi),
		TEST("any bytes become a valid JSON string", json_any_bytes),
		TEST("valid text survives JSON, marks written as escapes",
		    json_keeps),
		TEST("a CSV cell is one line and never a formula", csv),
		TEST("markup is text in HTML", html),
		TEST("the shell reads a quoted word as it was", shell),
		TEST("a word that cannot be seen is not quoted but refused",
		    shell_refuses),
		TEST("width counts columns, not bytes", width),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
