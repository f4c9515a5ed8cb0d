/* The C++ side of json.h: run simdjson's DOM parser, hand out its tape. */
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <new>

extern "C" {
#include "base/status.h"
}
#include "codec/json.h"

static_assert(JSON_PADDING >= simdjson::SIMDJSON_PADDING, "padding");

struct json_parser {
	explicit json_parser(size_t limit) : dom(limit)
	{
	}
	simdjson::dom::parser dom;
	const char *error = "";
	bool sized = false;
	size_t string_max = JSON_STRING_MAX;
};

extern "C" {

struct json_parser *
json_parser_new(size_t limit)
{
	struct json_parser *p = new (std::nothrow) json_parser(limit);

	if (p == nullptr)
		status_no_memory(1, sizeof(*p));
	return p;
}

void
json_parser_strings(struct json_parser *p, size_t most)
{
	p->string_max = most;
}

void
json_parser_free(struct json_parser *p)
{
	delete p;
}

void
json_parser_wipe(struct json_parser *p)
{
	/* As large as document::allocate() makes it, its padding aside. */
	size_t size = 5 * p->dom.doc.capacity() / 3;

	if (p->dom.doc.string_buf && size > 0)
		explicit_bzero(p->dom.doc.string_buf.get(), size);
}

const char *
json_parser_error(const struct json_parser *p)
{
	return p->error;
}

static enum status
status_of(simdjson::error_code error, size_t size)
{
	switch (error) {
	case simdjson::CAPACITY:
	case simdjson::DEPTH_ERROR:
		return STATUS_TOO_LARGE;
	case simdjson::MEMALLOC: /* the record is not to blame */
		status_no_memory(1, size);
	default:
		return STATUS_MALFORMED;
	}
}

/*
 * Does any string exceed `most` bytes?  Strings lie in the buffer in the
 * order of the tape, each behind the other with five bytes between, so the
 * distance of neighbours tells without reading the buffer.
 */
static bool
has_long_string(const uint64_t *tape, const uint8_t *strings, size_t most)
{
	const uint64_t offset_bits = ((uint64_t)1 << 56) - 1;
	size_t end = (size_t)(tape[0] & offset_bits), last = SIZE_MAX;
	uint32_t len;

	for (size_t i = 1; i < end; i++) {
		switch (tape[i] >> 56) {
		case 'l':
		case 'u':
		case 'd':
			i++;
			break;
		case '"':
			if (last != SIZE_MAX &&
			    (tape[i] & offset_bits) - last > most + 5)
				return true;
			last = (size_t)(tape[i] & offset_bits);
			break;
		default:
			break;
		}
	}
	if (last == SIZE_MAX)
		return false;
	memcpy(&len, strings + last, sizeof(len));
	return len > most;
}

/* Allocate for the first text at least this much, so that growing is rare. */
static const size_t first_capacity = 256 * 1024;

enum status
json_parse(struct json_parser *p, struct span text, struct json_value *root)
{
	simdjson::error_code error;

	if (!p->sized || p->dom.capacity() < text.len) {
		size_t size =
		    text.len > first_capacity ? text.len : first_capacity;

		if (size > p->dom.max_capacity())
			size = p->dom.max_capacity();
		if (text.len > size) {
			p->error = "the text is larger than the limit";
			return STATUS_TOO_LARGE;
		}
		error = p->dom.allocate(size, JSON_DEPTH_MAX);
		if (error) {
			p->error = simdjson::error_message(error);
			return status_of(error, text.len);
		}
		p->sized = true;
	}
	error = p->dom.parse((const uint8_t *)text.at, text.len, false).error();
	if (error) {
		p->error = simdjson::error_message(error);
		return status_of(error, text.len);
	}
	if (text.len > p->string_max &&
	    has_long_string(p->dom.doc.tape.get(), p->dom.doc.string_buf.get(),
		p->string_max)) {
		p->error = "a string is longer than 1 MiB";
		return STATUS_TOO_LARGE;
	}
	root->tape = p->dom.doc.tape.get();
	root->strings = p->dom.doc.string_buf.get();
	root->at = 1; /* word 0 is the root marker */
	return STATUS_OK;
}

int64_t
json_int(struct json_value v, int64_t otherwise)
{
	double d;

	switch (json_type(v)) {
	case JSON_INTEGER:
		return (int64_t)v.tape[v.at + 1];
	case JSON_DOUBLE:
		memcpy(&d, &v.tape[v.at + 1], sizeof(d));
		if (d >= -9.2e18 && d <= 9.2e18)
			return (int64_t)d;
		return otherwise;
	default:
		return otherwise;
	}
}

double
json_number(struct json_value v, double otherwise)
{
	double d;

	switch (json_type(v)) {
	case JSON_INTEGER:
		return (double)(int64_t)v.tape[v.at + 1];
	case JSON_UNSIGNED:
		return (double)v.tape[v.at + 1];
	case JSON_DOUBLE:
		memcpy(&d, &v.tape[v.at + 1], sizeof(d));
		return d;
	default:
		return otherwise;
	}
}

struct json_value
json_get(struct json_value object, struct span key)
{
	struct json_iter it = json_iter(object);
	struct json_value member;
	struct span name;

	if (!json_is(object, JSON_OBJECT))
		return json_value{};
	while (json_next_member(&it, &name, &member)) {
		if (span_equal(name, key))
			return member;
	}
	return json_value{};
}

struct span
json_get_string(struct json_value object, struct span key)
{
	return json_string(json_get(object, key));
}

} /* extern "C" */
