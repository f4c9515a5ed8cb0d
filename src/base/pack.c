#include "base/pack.h"

void
pack_bytes(struct buf *b, const void *at, size_t len)
{
	buf_add(b, span_of(at, len));
}

void
pack_u64(struct buf *b, uint64_t n)
{
	pack_bytes(b, &n, sizeof(n));
}

void
pack_i64(struct buf *b, int64_t n)
{
	pack_bytes(b, &n, sizeof(n));
}

void
pack_f64(struct buf *b, double n)
{
	pack_bytes(b, &n, sizeof(n));
}

void
pack_span(struct buf *b, struct span s)
{
	pack_u64(b, s.len);
	buf_add(b, s);
}

struct unpack
unpack_of(struct span packed)
{
	return (struct unpack){ .rest = packed };
}

void
unpack_bytes(struct unpack *u, void *at, size_t len)
{
	if (u->failed || u->rest.len < len) {
		u->failed = true;
		if (len > 0)
			memset(at, 0, len);
		return;
	}
	if (len > 0)
		memcpy(at, u->rest.at, len);
	u->rest = span_skip(u->rest, len);
}

uint64_t
unpack_u64(struct unpack *u)
{
	uint64_t n;

	unpack_bytes(u, &n, sizeof(n));
	return n;
}

uint64_t
unpack_count(struct unpack *u, uint64_t most)
{
	uint64_t n = unpack_u64(u);

	if (n > most) {
		u->failed = true;
		return 0;
	}
	return n;
}

int64_t
unpack_i64(struct unpack *u)
{
	int64_t n;

	unpack_bytes(u, &n, sizeof(n));
	return n;
}

double
unpack_f64(struct unpack *u)
{
	double n;

	unpack_bytes(u, &n, sizeof(n));
	return n;
}

struct span
unpack_span(struct unpack *u)
{
	size_t len = (size_t)unpack_u64(u);
	struct span s;

	if (u->failed || u->rest.len < len) {
		u->failed = true;
		return span_of(NULL, 0);
	}
	s = span_first(u->rest, len);
	u->rest = span_skip(u->rest, len);
	return s;
}

bool
unpack_is_whole(const struct unpack *u)
{
	return !u->failed && u->rest.len == 0;
}
