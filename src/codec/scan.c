#include "codec/scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BLOCK 64

/* Where in a block each kind of byte is: bit i stands for byte i. */
struct marks {
	uint64_t quote, backslash, open, close, newline;
};

#ifdef __SSE2__
static inline uint64_t
equal_bits(const __m128i v[4], char c)
{
	const __m128i want = _mm_set1_epi8(c);
	uint64_t bits = 0;
	int i;

	for (i = 0; i < 4; i++)
		bits |= (uint64_t)(unsigned)_mm_movemask_epi8(
			    _mm_cmpeq_epi8(v[i], want))
			<< (16 * i);
	return bits;
}

static inline struct marks
mark_block(const char *at)
{
	const __m128i case_bit = _mm_set1_epi8(0x20);
	struct marks m;
	__m128i v[4], folded[4];
	int i;

	for (i = 0; i < 4; i++) {
		v[i] = _mm_loadu_si128(
		    (const __m128i *)(const void *)(at + (size_t)16 * i));
		/* '[' and ']' differ from '{' and '}' in one bit only. */
		folded[i] = _mm_or_si128(v[i], case_bit);
	}
	m.quote = equal_bits(v, '"');
	m.backslash = equal_bits(v, '\\');
	m.newline = equal_bits(v, '\n');
	m.open = equal_bits(folded, '{');
	m.close = equal_bits(folded, '}');
	return m;
}
#else
static inline struct marks
mark_block(const char *at)
{
	struct marks m = { 0, 0, 0, 0, 0 };
	unsigned i;

	for (i = 0; i < BLOCK; i++) {
		m.quote |= (uint64_t)(at[i] == '"') << i;
		m.backslash |= (uint64_t)(at[i] == '\\') << i;
		m.newline |= (uint64_t)(at[i] == '\n') << i;
		m.open |= (uint64_t)((at[i] | 0x20) == '{') << i;
		m.close |= (uint64_t)((at[i] | 0x20) == '}') << i;
	}
	return m;
}
#endif

/* One closing bracket: true when it closes to `base` or below. */
static inline bool
close_one(struct scan *s, uint64_t base)
{
	if (s->depth)
		s->depth--;
	return s->depth <= base;
}

static bool
scan_byte(struct scan *s, char c, uint64_t base)
{
	bool escaped = s->escape;

	s->escape = false;
	switch (c) {
	case '\\':
		s->escape = !escaped;
		return false;
	case '"':
		if (!escaped)
			s->in_string = !s->in_string;
		return false;
	case '\n':
		s->in_string = false;
		return false;
	case '{':
	case '[':
		if (!s->in_string)
			s->depth++;
		return false;
	case '}':
	case ']':
		return !s->in_string && close_one(s, base);
	default:
		return false;
	}
}

static size_t
scan_bytes(struct scan *s, struct span text, uint64_t base, bool *closed)
{
	size_t i;

	*closed = false;
	for (i = 0; i < text.len; i++) {
		if (scan_byte(s, text.at[i], base)) {
			*closed = true;
			return i + 1;
		}
	}
	return text.len;
}

/* Bits of the bytes behind an odd backslash; *escape goes from the block
 * before to the one behind. */
static inline uint64_t
escaped_bits(uint64_t backslash, bool *escape)
{
	uint64_t escaped = 0;

	if (*escape) {
		escaped = 1;
		backslash &= ~(uint64_t)1;
	}
	*escape = false;
	while (backslash) {
		int i = __builtin_ctzll(backslash);

		if (i == BLOCK - 1) {
			*escape = true;
			break;
		}
		escaped |= (uint64_t)2 << i;
		backslash &= ~((uint64_t)3 << i);
	}
	return escaped;
}

/* Bit i: the exclusive or of bits 0 to i. */
static inline uint64_t
prefix_xor(uint64_t bits)
{
	bits ^= bits << 1;
	bits ^= bits << 2;
	bits ^= bits << 4;
	bits ^= bits << 8;
	bits ^= bits << 16;
	bits ^= bits << 32;
	return bits;
}

/* Brackets of a block that may close to `base`, one by one. */
static size_t
walk_brackets(struct scan *s, uint64_t open, uint64_t close, uint64_t base)
{
	uint64_t both = open | close;

	while (both) {
		int i = __builtin_ctzll(both);

		if (open >> i & 1)
			s->depth++;
		else if (close_one(s, base))
			return (size_t)i + 1;
		both &= both - 1;
	}
	return 0;
}

/* A whole block: bytes to the close, or 0 when there is none in it. */
static inline size_t
scan_block(struct scan *s, const char *at, uint64_t base)
{
	struct marks m = mark_block(at);
	bool escape = s->escape;
	uint64_t quotes = m.quote;
	uint64_t inside;
	unsigned closes;
	size_t end;
	bool closed;

	if (m.backslash || escape)
		quotes &= ~escaped_bits(m.backslash, &escape);
	inside = prefix_xor(quotes) ^ (s->in_string ? ~(uint64_t)0 : 0);
	if (m.newline & inside) {
		end = scan_bytes(s, span_of(at, BLOCK), base, &closed);
		return closed ? end : 0;
	}
	m.open &= ~inside;
	m.close &= ~inside;
	closes = (unsigned)__builtin_popcountll(m.close);
	if (m.close && s->depth <= base + closes) {
		end = walk_brackets(s, m.open, m.close, base);
		if (end) {
			s->in_string = false;
			s->escape = false;
			return end;
		}
	} else {
		s->depth += (uint64_t)__builtin_popcountll(m.open);
		s->depth -= closes;
	}
	s->in_string = inside >> (BLOCK - 1);
	s->escape = escape;
	return 0;
}

size_t
scan_to_close(struct scan *s, struct span text, uint64_t base, bool *closed)
{
	size_t at = 0;

	while (text.len - at >= BLOCK) {
		size_t end = scan_block(s, text.at + at, base);

		if (end) {
			*closed = true;
			return at + end;
		}
		at += BLOCK;
	}
	return at + scan_bytes(s, span_skip(text, at), base, closed);
}

size_t
scan_value(struct span text)
{
	struct scan s = { 0, false, false };
	size_t at = 0;
	bool closed;

	while (at < text.len && (text.at[at] == ' ' || text.at[at] == '\t' ||
				    text.at[at] == '\n' || text.at[at] == '\r'))
		at++;
	if (at == text.len || (text.at[at] != '{' && text.at[at] != '['))
		return 0;
	at += scan_to_close(&s, span_skip(text, at), 0, &closed);
	return closed ? at : 0;
}
