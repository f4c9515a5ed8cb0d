/*
 * process.h - run a program of the user's for what it prints.
 *
 * Without a shell: the command is cut into words as a POSIX shell quotes them
 * ('...', "...", \), and nothing is expanded.  One thread per call; the
 * program's standard error goes nowhere, since it may hold what must not be
 * logged.
 */
#pragma once

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

#define PROCESS_WORDS_MAX 64

struct process {
	struct span command;
	int limit_ms;
	size_t limit_bytes;
};

/*
 * Run it for at most `limit_ms` and take at most `limit_bytes` of its standard
 * output: *text borrows from *memory (secret_free).  It and its children are
 * ended when time or bytes are over.  On failure *why has one sentence part.
 */
NODISCARD enum status process_run(
    const struct process *p, char **memory, struct span *text, struct buf *why);

/* Cut into words, each NUL-terminated in *text; `words` has room for
 * PROCESS_WORDS_MAX + 1 and ends with NULL.  INVALID: an open quote, no word;
 * TOO_LARGE: too many. */
NODISCARD enum status process_words(
    struct span command, struct buf *text, char **words);
