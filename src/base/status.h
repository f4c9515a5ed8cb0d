/*
 * status.h - how a function says that it failed, and the few macros of the
 * whole program.
 *
 * Every fallible function returns enum status; values come back through
 * pointers and only when it is STATUS_OK.  ASSERT() is for what only a bug
 * can break; it stays on in release builds.  Input is never asserted.
 */
#pragma once

#include <stddef.h>

enum status {
	STATUS_OK = 0,
	STATUS_MALFORMED, /* the input is not what it claims to be */
	STATUS_TRUNCATED, /* the input ended early; what came before is whole */
	STATUS_TOO_LARGE, /* a bound on size, depth or count was reached */
	STATUS_UNSUPPORTED, /* understood, but not something we read */
	STATUS_NOT_FOUND,   /* no such file, key or type */
	STATUS_IO,	    /* the system said no: errno has the reason */
	STATUS_NO_MEMORY,   /* an arena or a configured limit is full */
	STATUS_INVALID, /* the caller's or the user's value is not allowed */
	STATUS_UNAVAILABLE, /* the other side does not answer, or says no */
	STATUS_COUNT,
};

/* A short lower-case sentence part for `st`, never NULL: "truncated". */
const char *status_text(enum status st);

/* The same for a value of errno, of any thread: "Permission denied". */
const char *status_errno_text(int reason);

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define COUNTOF(a) (sizeof(a) / sizeof((a)[0]))
#define ASSERT(cond)                                                           \
	((cond) ? (void)0 : status_assert_failed(#cond, __FILE__, __LINE__))

/* Print the broken invariant to stderr and abort. */
__attribute__((noreturn)) void status_assert_failed(
    const char *cond, const char *file, int line);

/* malloc() and realloc() that never return NULL: no memory ends the program
 * with a message (docs/adr/0006).  For start-up and growth of owned tables,
 * never per event.  status_calloc checks count * size for overflow. */
void *status_calloc(size_t count, size_t size);
void *status_realloc(void *old, size_t count, size_t size);
/* Give the system back what was freed, of all threads: some milliseconds.  For
 * what runs for months; without glibc nothing happens. */
void status_trim(void);
/* The same end where a library could not get its memory. */
__attribute__((noreturn)) void status_no_memory(size_t count, size_t size);
