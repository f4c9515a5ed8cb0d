/*
 * fuzz_xml.c - any bytes as an XML answer.
 *
 * Depth and text stay within their bounds, tags match, and leaves and skips
 * end where the pieces do.
 */
#include <stdint.h>

#include "codec/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static size_t
walk(struct span text)
{
	struct xml x;
	enum xml_piece piece;
	size_t opened = 0, closed = 0;

	xml_init(&x, text);
	while ((piece = xml_next(&x)) != XML_END && piece != XML_BAD) {
		opened += piece == XML_OPEN;
		closed += piece == XML_CLOSE;
		ASSERT(x.depth <= XML_DEPTH_MAX && x.depth == opened - closed);
		ASSERT(x.text.len <= XML_TEXT_MAX);
		ASSERT(piece != XML_TEXT || x.text.len > 0);
	}
	ASSERT(piece == XML_BAD || (opened == closed && opened > 0));
	xml_done(&x);
	return piece == XML_END ? opened : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct span text = span_of((const char *)bytes, size), leaf;
	size_t elements = walk(text);
	struct xml x;

	xml_init(&x, text);
	if (xml_next(&x) == XML_OPEN && elements > 0) {
		ASSERT(xml_skip(&x));
		ASSERT(xml_next(&x) == XML_END);
	}
	xml_done(&x);
	xml_init(&x, text);
	if (xml_next(&x) == XML_OPEN && xml_leaf(&x, &leaf))
		ASSERT(x.depth == 0);
	xml_done(&x);
	return 0;
}
