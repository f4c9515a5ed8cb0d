#include "config/value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/ip.h"

#define NUMBER_BYTES_MAX 40

static const struct {
	const char *word;
	double severity;
} severities[] = {
	{ "low", 2 },
	{ "medium", 5 },
	{ "high", 8 },
	{ "critical", 9 },
};

/* Largest first, so that printing takes the shortest form. */
static const struct {
	const char *unit;
	uint64_t bytes;
	bool is_printed;
} units[] = {
	{ "TiB", (uint64_t)1 << 40, true },
	{ "GiB", (uint64_t)1 << 30, true },
	{ "MiB", (uint64_t)1 << 20, true },
	{ "KiB", (uint64_t)1 << 10, true },
	{ "TB", 1000000000000u, false },
	{ "GB", 1000000000u, false },
	{ "MB", 1000000u, false },
	{ "KB", 1000u, false },
	{ "kB", 1000u, false },
	{ "B", 1, false },
	{ "", 1, false },
};

bool
value_severity(struct span s, double *severity)
{
	double number;

	for (size_t i = 0; i < COUNTOF(severities); i++) {
		if (span_equal_nocase(s, span_str(severities[i].word))) {
			*severity = severities[i].severity;
			return true;
		}
	}
	if (!value_number(s, &number) || number < 1 || number > 10)
		return false;
	*severity = number;
	return true;
}

bool
value_size(struct span s, uint64_t *bytes)
{
	size_t digits = 0;
	struct span unit;
	uint64_t number;

	while (digits < s.len && s.at[digits] >= '0' && s.at[digits] <= '9')
		digits++;
	if (!span_to_u64(span_first(s, digits), &number))
		return false;
	unit = span_trim(span_skip(s, digits));
	for (size_t i = 0; i < COUNTOF(units); i++) {
		if (!span_equal(unit, span_str(units[i].unit)))
			continue;
		if (number > UINT64_MAX / units[i].bytes)
			return false;
		*bytes = number * units[i].bytes;
		return true;
	}
	return false;
}

bool
value_number(struct span s, double *number)
{
	char text[NUMBER_BYTES_MAX + 1];
	char *end;
	double x;

	if (s.len == 0 || s.len > NUMBER_BYTES_MAX)
		return false;
	/* Only what JSON allows, and ".5": strtod() knows "inf" and "0x1". */
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] == '\0' || !strchr("0123456789.eE+-", s.at[i]))
			return false;
	memcpy(text, s.at, s.len);
	text[s.len] = '\0';
	errno = 0;
	x = strtod(text, &end);
	if (*end != '\0' || end == text || errno == ERANGE)
		return false;
	*number = x;
	return true;
}

bool
value_is_address(struct span s)
{
	size_t colon = span_rfind(s, ':');
	struct span host = span_first(s, colon);
	uint64_t port;

	if (colon == s.len || host.len == 0 ||
	    !span_to_u64(span_skip(s, colon + 1), &port) || port > 65535)
		return false;
	return host.at[0] == '[' ? span_ends(host, SPAN("]"))
				 : span_find(host, ':', 0) == host.len;
}

bool
value_is_account(struct span s)
{
	uint64_t number;

	return s.len == 12 && span_to_u64(s, &number);
}

void
value_size_add(struct buf *out, uint64_t bytes)
{
	for (size_t i = 0; i < COUNTOF(units); i++) {
		if (bytes > 0 && units[i].is_printed &&
		    bytes % units[i].bytes == 0) {
			buf_printf(out, "%llu%s",
			    (unsigned long long)(bytes / units[i].bytes),
			    units[i].unit);
			return;
		}
	}
	buf_printf(out, "%llu", (unsigned long long)bytes);
}

void
value_number_add(struct buf *out, double number)
{
	char text[NUMBER_BYTES_MAX];

	if (number > -1e15 && number < 1e15 &&
	    number == (double)(int64_t)number) {
		buf_printf(out, "%lld", (long long)number);
		return;
	}
	for (int digits = 1; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, number);
		if (strtod(text, NULL) == number)
			break;
	}
	buf_add_str(out, text);
}

static bool
set_text(struct span text, void *at)
{
	char *copy;

	if (at == NULL)
		return true;
	copy = status_calloc(text.len + 1, 1);
	if (text.len > 0)
		memcpy(copy, text.at, text.len);
	*(char **)at = copy;
	return true;
}

static bool
set_owned(const struct shape_key *key, struct span text, void *at)
{
	if (text.len == 0)
		return false;
	if (key->kind == SHAPE_ACCOUNT && !value_is_account(text))
		return false;
	if (key->kind == SHAPE_ADDRESS && !value_is_address(text))
		return false;
	return set_text(text, at);
}

static bool
set_word(const struct shape_key *key, struct span text, void *at)
{
	for (const char *const *word = key->words; *word != NULL; word++)
		if (span_equal(text, span_str(*word)))
			return set_text(text, at);
	return false;
}

static bool
set_bool(struct span text, int *at)
{
	bool is_true = span_equal(text, SPAN("true"));

	if (!is_true && !span_equal(text, SPAN("false")))
		return false;
	if (at != NULL)
		*at = is_true;
	return true;
}

static bool
set_number(const struct shape_key *key, struct span text, double *at)
{
	double number;

	if (!value_number(text, &number) || number < key->least ||
	    number > key->most)
		return false;
	if (at != NULL)
		*at = number;
	return true;
}

static bool
set_size(const struct shape_key *key, struct span text, uint64_t *at)
{
	uint64_t bytes;

	if (!value_size(text, &bytes) || (double)bytes < key->least ||
	    (double)bytes > key->most)
		return false;
	if (at != NULL)
		*at = bytes;
	return true;
}

static bool
set_time(struct span text, int64_t *at)
{
	int64_t time_us;

	return civil_parse(text, at ? at : &time_us);
}

static bool
set_net(struct span text, struct ip_net *at)
{
	struct ip_net net;

	return ip_net_parse(text, at ? at : &net);
}

static bool
set_severity(struct span text, double *at)
{
	double severity;

	return value_severity(text, at ? at : &severity);
}

bool
value_set(const struct shape_key *key, struct span text, void *at)
{
	switch (key->kind) {
	case SHAPE_TEXT:
	case SHAPE_ACCOUNT:
	case SHAPE_ADDRESS:
		return set_owned(key, text, at);
	case SHAPE_WORD:
		return set_word(key, text, at);
	case SHAPE_TIME:
		return set_time(text, at);
	case SHAPE_NET:
		return set_net(text, at);
	case SHAPE_BOOL:
		return set_bool(text, at);
	case SHAPE_NUMBER:
		return set_number(key, text, at);
	case SHAPE_SIZE:
		return set_size(key, text, at);
	case SHAPE_SEVERITY:
		return set_severity(text, at);
	case SHAPE_MAP:
	case SHAPE_LIST:
	case SHAPE_NAMED:
		break;
	}
	return false;
}

/* "a", "a or b", "a, b or c". */
static void
add_words(const char *const *words, struct buf *out)
{
	for (size_t i = 0; words[i] != NULL; i++) {
		if (i > 0)
			buf_add_str(out, words[i + 1] ? ", " : " or ");
		buf_add_str(out, words[i]);
	}
}

static void
add_range(const struct shape_key *key, struct buf *out)
{
	bool is_size = key->kind == SHAPE_SIZE;

	if (key->least <= -1e300)
		return;
	buf_add_str(out, " from ");
	if (is_size)
		value_size_add(out, (uint64_t)key->least);
	else
		value_number_add(out, key->least);
	buf_add_str(out, " to ");
	if (is_size)
		value_size_add(out, (uint64_t)key->most);
	else
		value_number_add(out, key->most);
}

void
value_wanted(const struct shape_key *key, struct buf *out)
{
	static const char *const phrases[] = {
		[SHAPE_TEXT] = "a text",
		[SHAPE_ACCOUNT] = "the twelve digits of an account in quotes",
		[SHAPE_ADDRESS] = "an address such as 127.0.0.1:7480",
		[SHAPE_WORD] = "",
		[SHAPE_TIME] =
		    "a time such as 2026-11-01 or 2026-11-01T08:30:00Z",
		[SHAPE_NET] = "a network such as 10.1.0.0/16",
		[SHAPE_BOOL] = "true or false",
		[SHAPE_NUMBER] = "a number",
		[SHAPE_SIZE] = "a size such as 64MiB,",
		[SHAPE_SEVERITY] =
		    "low, medium, high, critical or a number from 1 to 10",
		[SHAPE_MAP] = "a mapping (key: value)",
		[SHAPE_LIST] = "a list ([a, b], or lines that begin with -)",
		[SHAPE_NAMED] = "a mapping (name: value)",
	};

	buf_add_str(out, phrases[key->kind]);
	if (key->kind == SHAPE_WORD)
		add_words(key->words, out);
	if (key->kind == SHAPE_NUMBER || key->kind == SHAPE_SIZE)
		add_range(key, out);
}
