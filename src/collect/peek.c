#include "collect/peek.h"

#include "base/civil.h"
#include "base/status.h"

#define FLOW_START_COLUMN 10		   /* of the default format, from 0 */
#define EPOCH_S_MAX ((uint64_t)4102444800) /* the year 2100 */
#define FLOW_LINES 32

static const char *const time_keys[] = {
	"eventTime",
	"requestReceivedTimestamp",
	"stageTimestamp",
	"query_timestamp",
	"timestamp",
	"time",
};

static struct span
next_line(struct span *text)
{
	struct span line = span_cut(text, '\n');

	return span_trim(line);
}

/* Seconds or milliseconds since 1970. */
static bool
take_epoch(struct span s, int64_t *time_us)
{
	size_t n = 0;
	uint64_t value;

	while (n < s.len && n < 20 && s.at[n] >= '0' && s.at[n] <= '9')
		n++;
	if (!span_to_u64(span_first(s, n), &value))
		return false;
	if (value >= EPOCH_S_MAX)
		value /= 1000;
	if (value < 100000000 || value >= EPOCH_S_MAX)
		return false;
	*time_us = (int64_t)value * CIVIL_US_PER_S;
	return true;
}

/* The value behind a key's closing quote; escaped quotes too, as in JSON
 * that is a string of other JSON. */
static bool
take_value(struct span s, int64_t *time_us)
{
	size_t n = 0;
	size_t end;

	while (n < s.len && n < 16 && memchr("\\\": \t", s.at[n], 5))
		n++;
	s = span_skip(s, n);
	end = 0;
	while (end < s.len && end < CIVIL_TEXT_BYTES &&
	       !memchr("\\\",}", s.at[end], 4))
		end++;
	s = span_first(s, end);
	return civil_parse(s, time_us) || take_epoch(s, time_us);
}

/* The first occurrence of a key that has a time: its place and the time. */
static size_t
find_key(struct span text, struct span key, int64_t *time_us)
{
	size_t at = 0;

	for (;;) {
		size_t n = span_search(span_skip(text, at), key);

		if (n == text.len - at)
			return text.len;
		at += n;
		if (at > 0 && text.at[at - 1] == '"' &&
		    take_value(span_skip(text, at + key.len), time_us))
			return at;
		at += key.len;
	}
}

static int64_t
time_of_json(struct span text)
{
	size_t first = text.len;
	int64_t best = 0;
	size_t i;

	for (i = 0; i < COUNTOF(time_keys); i++) {
		int64_t time_us;
		size_t at = find_key(
		    span_first(text, first), span_str(time_keys[i]), &time_us);

		if (at < first) {
			first = at;
			best = time_us;
		}
	}
	return best;
}

static bool
is_flow_header(struct span line)
{
	return span_contains_nocase(line, SPAN("srcaddr")) ||
	       span_contains_nocase(line, SPAN("dstaddr")) ||
	       span_contains_nocase(line, SPAN("account-id")) ||
	       span_contains_nocase(line, SPAN("interface-id")) ||
	       span_contains_nocase(line, SPAN("log-status"));
}

/* The word at `column`, from 0, of a row; empty when there is none. */
static struct span
column_of(struct span line, size_t column)
{
	char separator = span_find(line, ',', 0) < line.len ? ',' : ' ';

	while (line.at) {
		struct span word = span_trim(span_cut(&line, separator));

		if (word.len == 0 && separator == ' ')
			continue;
		if (column-- == 0)
			return word;
	}
	return (struct span){ NULL, 0 };
}

static int64_t
time_of_flow(struct span text)
{
	size_t column = FLOW_START_COLUMN;
	size_t lines = 0;

	while (text.at && lines++ < FLOW_LINES) {
		struct span line = next_line(&text);
		int64_t time_us;
		size_t i;

		if (is_flow_header(line)) {
			for (i = 0; i < 64; i++) {
				struct span word = column_of(line, i);

				if (span_equal(word, SPAN("start")) ||
				    span_equal(word, SPAN("\"start\"")))
					column = i;
			}
			continue;
		}
		if (take_epoch(column_of(line, column), &time_us))
			return time_us;
	}
	return 0;
}

/* A line that begins with its own time, as a container runtime writes. */
static bool
take_line_time(struct span line, int64_t *time_us)
{
	struct span word = span_first(line, span_find(line, ' ', 0));

	return span_find(word, '-', 0) == 4 && civil_parse(word, time_us);
}

static struct span
skip_blank_lines(struct span text)
{
	return span_skip(text, (size_t)(span_trim(text).at - text.at));
}

int64_t
peek_time(struct span text)
{
	int64_t time_us;
	struct span rest;

	text = skip_blank_lines(text);
	if (text.len == 0)
		return 0;
	if (text.at[0] == '{' || text.at[0] == '[') {
		time_us = time_of_json(text);
		if (time_us != 0 || text.at[0] == '{')
			return time_us;
	}
	rest = text;
	if (take_line_time(next_line(&rest), &time_us))
		return time_us;
	time_us = time_of_flow(text);
	return time_us ? time_us : time_of_json(text);
}

bool
peek_is_log(struct span text)
{
	struct span line;
	size_t i;

	text = skip_blank_lines(text);
	if (text.len == 0)
		return false;
	if (memchr("{[0123456789", text.at[0], 12))
		return true;
	line = next_line(&text);
	for (i = 0; i < line.len; i++) {
		if (line.at[i] == '\0')
			return false;
	}
	return is_flow_header(line) ||
	       span_search(line, SPAN("[INFO]")) < line.len ||
	       span_search(line, SPAN("{\"")) < line.len ||
	       span_starts(line, SPAN("#fields")) ||
	       span_starts(line, SPAN("#separator"));
}
