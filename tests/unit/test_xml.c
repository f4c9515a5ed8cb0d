#include "codec/xml.h"

#include <stdlib.h>

#include "test.h"

/* The pieces of a document in one line: "<a" "=text" ">a", then "." or "!". */
static void
expect(const char *document, const char *pieces)
{
	struct xml x;
	struct buf seen = { 0 };
	enum xml_piece piece;

	xml_init(&x, span_str(document));
	do {
		piece = xml_next(&x);
		if (piece == XML_OPEN)
			buf_printf(&seen, "<%.*s", SPAN_ARGS(x.name));
		else if (piece == XML_CLOSE)
			buf_printf(&seen, ">%.*s", SPAN_ARGS(x.name));
		else if (piece == XML_TEXT)
			buf_printf(&seen, "=%.*s", SPAN_ARGS(x.text));
	} while (piece != XML_END && piece != XML_BAD);
	buf_add_char(&seen, piece == XML_END ? '.' : '!');
	assert_span_equal(buf_span(&seen), span_str(pieces));
	assert_int_equal(xml_next(&x), piece);
	buf_done(&seen);
	xml_done(&x);
}

static void
documents(void **state)
{
	(void)state;
	expect("<a/>", "<a>a.");
	expect("<?xml version=\"1.0\"?>\n<a x='1' y=\"<2\"/>", "!");
	expect("<?xml version=\"1.0\"?>\n<a x='1' y = \"2\" ><b>t</b> "
	       "<s:c xmlns:s='u'>1<!-- no -->2</s:c>\n</a>\n<!-- end -->",
	    "<a<b=t>b<c=12>c>a.");
	expect("<a>&lt;&#65;&#x1F600;&amp;amp;<![CDATA[<b>&lt;]]></a>",
	    "<a=<A\xf0\x9f\x98\x80&amp;<b>&lt;>a.");
	expect("\xef\xbb\xbf<a>x</a>", "<a=x>a.");
}

static void
broken(void **state)
{
	(void)state;
	expect("", "!");
	expect("text", "!");
	expect("<a>", "<a!");
	expect("<a></b>", "<a!");
	expect("<a/><b/>", "<a>a!");
	expect("<a/>x", "<a>a!");
	expect("</a>", "!");
	expect("<a>&nbsp;</a>", "<a!");
	expect("<a>&#0;</a>", "<a!");
	expect("<a>&#xd800;</a>", "<a!");
	expect("<a>&#99999999999;</a>", "<a!");
	expect("<a>&amp</a>", "<a!");
	expect("<a x=1/>", "!");
	expect("<a x='1'y='2'/>", "!");
	expect("<a><![CDATA[x</a>", "<a!");
	expect("<a><!-- x</a>", "<a!");
	expect("< a/>", "!");
}

static void
no_document_type(void **state)
{
	(void)state;
	expect("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "!");
	expect("<a><!DOCTYPE a></a>", "<a!");
}

static void
depth(void **state)
{
	struct buf deep = { 0 };
	struct xml x;
	enum xml_piece piece = XML_OPEN;
	size_t opened = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		buf_add_str(&deep, "<a>");
	xml_init(&x, buf_span(&deep));
	while ((piece = xml_next(&x)) == XML_OPEN)
		opened++;
	assert_int_equal(piece, XML_BAD);
	assert_int_equal(opened, XML_DEPTH_MAX);
	xml_done(&x);
	buf_done(&deep);
}

static void
long_text(void **state)
{
	struct buf text = { 0 };
	struct xml x;
	struct span leaf;

	(void)state;
	buf_add_str(&text, "<a>");
	for (size_t i = 0; i <= XML_TEXT_MAX; i++)
		buf_add_char(&text, 'x');
	buf_add_str(&text, "</a>");
	xml_init(&x, buf_span(&text));
	assert_int_equal(xml_next(&x), XML_OPEN);
	assert_false(xml_leaf(&x, &leaf));
	assert_int_equal(xml_next(&x), XML_BAD);
	xml_done(&x);
	buf_done(&text);
}

static void
leaves(void **state)
{
	struct xml x;
	struct span text;

	(void)state;
	xml_init(&x, SPAN("<r><k> a&amp;b </k><e/><w> </w>"
			  "<n><m>1</m></n><s><t>2</t><t/></s><l>z</l></r>"));
	assert_int_equal(xml_next(&x), XML_OPEN);
	assert_int_equal(xml_next(&x), XML_OPEN);
	assert_true(xml_leaf(&x, &text));
	assert_span_equal(text, SPAN(" a&b "));
	assert_int_equal(x.depth, 1);
	assert_int_equal(xml_next(&x), XML_OPEN);
	assert_true(xml_leaf(&x, &text));
	assert_int_equal(text.len, 0);
	assert_int_equal(xml_next(&x), XML_OPEN);
	assert_true(xml_leaf(&x, &text));
	assert_span_equal(text, SPAN(" "));
	assert_int_equal(xml_next(&x), XML_OPEN);
	assert_true(xml_skip(&x));
	assert_int_equal(xml_next(&x), XML_OPEN);
	assert_span_equal(x.name, SPAN("s"));
	assert_true(xml_skip(&x));
	assert_int_equal(xml_next(&x), XML_OPEN);
	assert_true(xml_leaf(&x, &text));
	assert_span_equal(text, SPAN("z"));
	assert_int_equal(xml_next(&x), XML_CLOSE);
	assert_int_equal(xml_next(&x), XML_END);
	xml_done(&x);
	xml_init(&x, SPAN("<r><n/></r>"));
	assert_int_equal(xml_next(&x), XML_OPEN);
	assert_false(xml_leaf(&x, &text));
	assert_int_equal(xml_next(&x), XML_BAD);
	xml_done(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("elements, text, entities and CDATA", documents),
		TEST("what is not well-formed is bad at once", broken),
		TEST("a document type is refused", no_document_type),
		TEST("depth is bounded", depth),
		TEST("text is bounded", long_text),
		TEST("leaves are read and elements are skipped", leaves),
	};

	return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
