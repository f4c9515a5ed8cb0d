/*
 * http_response.c - what an answer says, read by whoever asked.
 */
#include <stdio.h>

#include "net/http.h"

#define RETRY_AFTER_MAX_S 3600

struct span
http_header_of(const struct http_response *r, struct span name)
{
	for (size_t i = 0; i < r->nheaders; i++)
		if (span_equal_nocase(r->headers[i].name, name))
			return r->headers[i].value;
	return span_of(NULL, 0);
}

bool
http_is_retryable(const struct http_response *r)
{
	if (r->outcome == HTTP_ANSWERED)
		return r->status == 408 || r->status == 425 ||
		       r->status == 429 ||
		       (r->status >= 500 && r->status != 501 &&
			   r->status != 505);
	return r->outcome == HTTP_UNREACHABLE || r->outcome == HTTP_BROKEN ||
	       r->outcome == HTTP_TIMEOUT;
}

bool
http_is_success(const struct http_response *r)
{
	return r->outcome == HTTP_ANSWERED && r->status / 100 == 2;
}

unsigned
http_retry_after_s(const struct http_response *r)
{
	uint64_t seconds = 0;

	if (!span_to_u64(http_header_of(r, SPAN("Retry-After")), &seconds))
		return 0;
	return seconds > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S
					   : (unsigned)seconds;
}

char *
http_describe(const struct http_response *r, char *text)
{
	if (r->outcome == HTTP_ANSWERED)
		(void)snprintf(text, HTTP_TEXT_BYTES, "status %d", r->status);
	else
		(void)snprintf(text, HTTP_TEXT_BYTES, "%s", r->trouble);
	return text;
}

bool
http_is_line(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] == '\n' || s.at[i] == '\r' || s.at[i] == '\0')
			return false;
	return true;
}
