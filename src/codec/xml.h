/*
 * xml.h - XML as AWS's services answer with it, read piece by piece.
 *
 * Elements and text only: attributes, comments and processing instructions
 * are skipped, a namespace prefix is cut off, entities are the five of XML
 * and character references; CDATA is text.  A document type is refused, so
 * nothing expands.  Tags must match, depth and text are bounded, and exactly
 * one root element is accepted.  One thread.
 *
 *	xml_init(&x, text);
 *	while ((piece = xml_next(&x)) == XML_OPEN || ...) ...
 *	xml_done(&x);
 *
 * Text of nothing but white space between elements is not given.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"

#define XML_DEPTH_MAX 32
#define XML_TEXT_MAX ((size_t)256 * 1024)

enum xml_piece {
	XML_OPEN,  /* <name>: x->name; <name/> gives OPEN, then CLOSE */
	XML_CLOSE, /* </name>: x->name */
	XML_TEXT,  /* x->text, decoded, all up to the next tag */
	XML_END,   /* after the root's close and nothing but blanks */
	XML_BAD,   /* not what is read here; stays so */
};

struct xml {
	struct span name; /* borrows from the document */
	struct span text; /* until the next call */
	size_t depth;	  /* elements open now: 1 inside the root */
	/* private */
	struct span rest;
	struct span open[XML_DEPTH_MAX]; /* names with prefix */
	struct buf decoded;
	bool close_next, had_root, bad;
};

/* `text` is borrowed until xml_done(). */
void xml_init(struct xml *x, struct span text);
void xml_done(struct xml *x); /* wipes what was decoded */

enum xml_piece xml_next(struct xml *x);

/*
 * After an XML_OPEN: the text of an element that holds nothing else (empty
 * included), read to its close.  The text lives until the next call.  False
 * for child elements or broken XML, and the reader is then BAD.
 */
bool xml_leaf(struct xml *x, struct span *text);

/* After an XML_OPEN: read to its close and forget.  False when BAD. */
bool xml_skip(struct xml *x);
