#include "detect/k8s_exec.h"

#include "base/hash.h"
#include "detect/k8s_request.h"

bool
k8s_exec_of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("pods")) &&
	       (span_equal(a->subresource, SPAN("exec")) ||
		   span_equal(a->subresource, SPAN("attach"))) &&
	       (span_equal(a->verb, SPAN("get")) ||
		   span_equal(a->verb, SPAN("create")));
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Append `word`, percent-decoded; returns the new length. */
static size_t
add_word(char *room, size_t len, struct span word)
{
	if (len > 0 && len < K8S_EXEC_COMMAND_BYTES)
		room[len++] = ' ';
	for (size_t i = 0; i < word.len && len < K8S_EXEC_COMMAND_BYTES; i++) {
		char c = word.at[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%' && i + 2 < word.len &&
			   hex_digit(word.at[i + 1]) >= 0 &&
			   hex_digit(word.at[i + 2]) >= 0) {
			c = (char)(hex_digit(word.at[i + 1]) * 16 +
				   hex_digit(word.at[i + 2]));
			i += 2;
		}
		room[len++] = c;
	}
	return len;
}

struct span
k8s_exec_command(struct span uri, char room[K8S_EXEC_COMMAND_BYTES])
{
	struct span rest = span_skip(uri, span_find(uri, '?', 0));
	size_t len = 0;

	if (rest.len > 0)
		rest = span_skip(rest, 1);
	while (rest.at != NULL && len < K8S_EXEC_COMMAND_BYTES) {
		struct span pair = span_cut(&rest, '&');

		if (span_starts(pair, SPAN("command=")))
			len = add_word(
			    room, len, span_skip(pair, sizeof("command=") - 1));
	}
	return span_of(room, len);
}

struct span
k8s_exec_container(struct span uri)
{
	return k8s_request_query(
	    span_skip(uri, span_find(uri, '?', 0) + 1), SPAN("container"));
}

bool
k8s_exec_is_first(struct k8s_exec_seen *seen, struct span id)
{
	uint64_t hash = hash_span(&HASH_KEY_DEFAULT, id);

	if (span_is_empty(id))
		return true;
	for (size_t i = 0; i < K8S_EXEC_REMEMBERED; i++)
		if (seen->ids[i] == hash)
			return false;
	seen->ids[seen->next] = hash;
	seen->next = (seen->next + 1) % K8S_EXEC_REMEMBERED;
	return true;
}
