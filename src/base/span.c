#include "base/span.h"

#include "base/status.h"

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int
span_compare(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.at, b.at, len) : 0;

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

bool
span_equal_nocase(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	}
	return true;
}

size_t
span_find(struct span s, char c, size_t from)
{
	const char *hit;

	if (from >= s.len)
		return s.len;
	hit = memchr(s.at + from, c, s.len - from);
	return hit ? (size_t)(hit - s.at) : s.len;
}

size_t
span_rfind(struct span s, char c)
{
	for (size_t i = s.len; i > 0; i--) {
		if (s.at[i - 1] == c)
			return i - 1;
	}
	return s.len;
}

size_t
span_search(struct span s, struct span needle)
{
	if (needle.len == 0)
		return 0;
	for (size_t i = span_find(s, needle.at[0], 0); i < s.len;
	     i = span_find(s, needle.at[0], i + 1)) {
		if (s.len - i < needle.len)
			break;
		if (!memcmp(s.at + i, needle.at, needle.len))
			return i;
	}
	return s.len;
}

bool
span_contains_nocase(struct span s, struct span needle)
{
	char first;

	if (needle.len == 0)
		return true;
	first = lower(needle.at[0]);
	for (size_t i = 0; i + needle.len <= s.len; i++) {
		if (lower(s.at[i]) == first &&
		    span_equal_nocase(span_of(s.at + i, needle.len), needle))
			return true;
	}
	return false;
}

struct span
span_trim(struct span s)
{
	while (s.len > 0 && is_space(s.at[0])) {
		s.at++;
		s.len--;
	}
	while (s.len > 0 && is_space(s.at[s.len - 1]))
		s.len--;
	return s;
}

struct span
span_cut(struct span *rest, char sep)
{
	size_t end = span_find(*rest, sep, 0);
	struct span piece = span_first(*rest, end);

	if (end == rest->len)
		*rest = span_of(NULL, 0);
	else
		*rest = span_skip(*rest, end + 1);
	return piece;
}

uint64_t
span_tail(struct span s)
{
	uint64_t tail = 0;

	if (s.len >= sizeof(tail))
		memcpy(&tail, s.at + s.len - sizeof(tail), sizeof(tail));
	else if (s.len > 0)
		memcpy(&tail, s.at, s.len);
	return tail;
}

bool
span_to_u64(struct span s, uint64_t *out)
{
	uint64_t n = 0;

	if (s.len == 0 || s.len > 20)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned char)s.at[i] - (unsigned)'0';

		if (digit > 9 || n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*out = n;
	return true;
}

bool
span_matches(struct span s, struct span pattern)
{
	size_t i = 0, p = 0, star = SIZE_MAX, mark = 0;

	while (i < s.len) {
		if (p < pattern.len && pattern.at[p] == '*') {
			star = p++;
			mark = i;
		} else if (p < pattern.len &&
			   (pattern.at[p] == '?' || pattern.at[p] == s.at[i])) {
			p++;
			i++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			i = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.at[p] == '*')
		p++;
	return p == pattern.len;
}

char *
span_to_str(struct span s)
{
	char *text = status_calloc(s.len + 1, 1);

	if (s.len > 0)
		memcpy(text, s.at, s.len);
	return text;
}
