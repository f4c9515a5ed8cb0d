#include "aws/s3_page.h"

#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "codec/xml.h"

#define ENTRIES_MAX 10000 /* servers give 1,000; some allow more */

struct reading {
	struct xml x;
	struct s3_page *page;
	char *end; /* of the text that is kept */
	size_t objects_room, prefixes_room;
	bool is_encoded; /* EncodingType was seen, and is "url" */
};

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void
s3_page_decode(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		int high = -1, low = -1;

		if (s.at[i] == '%' && i + 2 < s.len) {
			high = hex_digit(s.at[i + 1]);
			low = hex_digit(s.at[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			buf_add_char(out, (char)(high * 16 + low));
			i += 2;
		} else {
			buf_add_char(out, s.at[i] == '+' ? ' ' : s.at[i]);
		}
	}
}

/* There is room for all: what is kept is shorter than what is read, and once
 * more when it is decoded. */
static struct span
keep(struct reading *r, struct span s)
{
	struct span kept = { r->end, s.len };

	if (s.len > 0)
		memcpy(r->end, s.at, s.len);
	r->end += s.len;
	return kept;
}

static struct span
unquoted(struct span s)
{
	s = span_trim(s);
	if (s.len >= 2 && s.at[0] == '"' && s.at[s.len - 1] == '"')
		return span_of(s.at + 1, s.len - 2);
	return s;
}

static bool
is_cold(struct span storage_class)
{
	return span_equal(storage_class, SPAN("GLACIER")) ||
	       span_equal(storage_class, SPAN("DEEP_ARCHIVE"));
}

/* One member of <Contents>; others are skipped. */
static bool
read_member(struct reading *r, struct s3_object *o)
{
	struct span name = r->x.name, text;

	if (span_equal(name, SPAN("Owner")) ||
	    span_equal(name, SPAN("RestoreStatus")))
		return xml_skip(&r->x);
	if (!xml_leaf(&r->x, &text))
		return false;
	if (span_equal(name, SPAN("Key")))
		o->key = keep(r, text);
	else if (span_equal(name, SPAN("ETag")))
		o->etag = keep(r, unquoted(text));
	else if (span_equal(name, SPAN("Size")))
		return span_to_u64(span_trim(text), &o->size);
	else if (span_equal(name, SPAN("LastModified")))
		(void)civil_parse(span_trim(text), &o->modified_us);
	else if (span_equal(name, SPAN("StorageClass")))
		o->cold = is_cold(span_trim(text));
	return true;
}

static bool
read_object(struct reading *r)
{
	struct s3_page *p = r->page;
	struct s3_object o = { 0 };
	enum xml_piece piece;

	while ((piece = xml_next(&r->x)) == XML_OPEN) {
		if (!read_member(r, &o))
			return false;
	}
	if (piece != XML_CLOSE || o.key.len == 0 || p->nobjects == ENTRIES_MAX)
		return false;
	if (p->nobjects == r->objects_room) {
		r->objects_room = 2 * r->objects_room + 64;
		p->objects = status_realloc(
		    p->objects, r->objects_room, sizeof(*p->objects));
	}
	p->objects[p->nobjects++] = o;
	return true;
}

static bool
read_prefixes(struct reading *r)
{
	struct s3_page *p = r->page;
	enum xml_piece piece;

	while ((piece = xml_next(&r->x)) == XML_OPEN) {
		struct span text;

		if (!xml_leaf(&r->x, &text) || p->nprefixes == ENTRIES_MAX)
			return false;
		if (p->nprefixes == r->prefixes_room) {
			r->prefixes_room = 2 * r->prefixes_room + 64;
			p->prefixes = status_realloc(p->prefixes,
			    r->prefixes_room, sizeof(*p->prefixes));
		}
		p->prefixes[p->nprefixes++] = keep(r, text);
	}
	return piece == XML_CLOSE;
}

/* One member of <ListBucketResult>. */
static bool
read_part(struct reading *r)
{
	struct s3_page *p = r->page;
	struct span name = r->x.name, text;

	if (span_equal(name, SPAN("Contents")))
		return read_object(r);
	if (span_equal(name, SPAN("CommonPrefixes")))
		return read_prefixes(r);
	if (!xml_leaf(&r->x, &text))
		return false;
	if (span_equal(name, SPAN("IsTruncated")))
		p->truncated = span_equal(span_trim(text), SPAN("true"));
	else if (span_equal(name, SPAN("NextContinuationToken")))
		p->token = keep(r, text);
	else if (span_equal(name, SPAN("EncodingType")))
		r->is_encoded = span_equal(span_trim(text), SPAN("url"));
	return true;
}

static bool
read_all(struct reading *r)
{
	enum xml_piece piece;

	if (xml_next(&r->x) != XML_OPEN ||
	    !span_equal(r->x.name, SPAN("ListBucketResult")))
		return false;
	while ((piece = xml_next(&r->x)) == XML_OPEN) {
		if (!read_part(r))
			return false;
	}
	return piece == XML_CLOSE && xml_next(&r->x) == XML_END &&
	       (!r->page->truncated || r->page->token.len > 0);
}

static void
decode_keys(struct reading *r)
{
	struct s3_page *p = r->page;
	struct buf text = { 0 };

	for (size_t i = 0; i < p->nobjects + p->nprefixes; i++) {
		struct span *s = i < p->nobjects
				     ? &p->objects[i].key
				     : &p->prefixes[i - p->nobjects];

		buf_reset(&text);
		s3_page_decode(*s, &text);
		*s = keep(r, buf_span(&text));
	}
	buf_done(&text);
}

enum status
s3_page_read(struct span xml, struct s3_page *page)
{
	struct reading r = { .page = page };
	bool ok;

	*page = (struct s3_page){ 0 };
	r.end = page->text = status_calloc(xml.len + 1, 2);
	xml_init(&r.x, xml);
	ok = read_all(&r);
	xml_done(&r.x);
	if (!ok) {
		s3_page_done(page);
		return STATUS_MALFORMED;
	}
	if (r.is_encoded)
		decode_keys(&r);
	return STATUS_OK;
}

void
s3_page_done(struct s3_page *page)
{
	free(page->objects);
	free(page->prefixes);
	free(page->text);
	*page = (struct s3_page){ 0 };
}
