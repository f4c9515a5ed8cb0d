#include "base/status.h"

#include <stdint.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const texts[STATUS_COUNT] = {
	[STATUS_OK] = "ok",
	[STATUS_MALFORMED] = "malformed",
	[STATUS_TRUNCATED] = "truncated",
	[STATUS_TOO_LARGE] = "too large",
	[STATUS_UNSUPPORTED] = "unsupported",
	[STATUS_NOT_FOUND] = "not found",
	[STATUS_IO] = "input/output error",
	[STATUS_NO_MEMORY] = "out of memory",
	[STATUS_INVALID] = "invalid",
	[STATUS_UNAVAILABLE] = "unavailable",
};

const char *
status_text(enum status st)
{
	ASSERT(st < STATUS_COUNT);
	return texts[st];
}

const char *
status_errno_text(int reason)
{
	/* strerror may share one buffer among the threads. */
	const char *text = strerrordesc_np(reason);

	return text != NULL ? text : "unknown error";
}

_Noreturn void
status_assert_failed(const char *cond, const char *file, int line)
{
	(void)fprintf(stderr, "nephoscope: broken invariant: %s (%s:%d)\n",
	    cond, file, line);
	abort();
}

_Noreturn void
status_no_memory(size_t count, size_t size)
{
	(void)fprintf(stderr, "nephoscope: out of memory (%zu x %zu bytes)\n",
	    count, size);
	abort();
}

void *
status_calloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (p == NULL)
		status_no_memory(count, size);
	return p;
}

void *
status_realloc(void *old, size_t count, size_t size)
{
	void *p;

	if (size != 0 && count > SIZE_MAX / size)
		status_no_memory(count, size);
	p = realloc(old, count == 0 || size == 0 ? 1 : count * size);
	if (p == NULL)
		status_no_memory(count, size);
	return p;
}

void
status_trim(void)
{
#ifdef __GLIBC__
	(void)malloc_trim(0);
#endif
}
