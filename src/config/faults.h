/*
 * faults.h - what is wrong with a file, with line and column.
 *
 * Collected rather than stopping at the first, so that one run shows all
 * there is to mend.  One thread.
 */
#pragma once

#include <stdarg.h>

#include "base/buf.h"
#include "base/status.h"

#define FAULTS_MAX 20

struct faults {
	const char *path; /* named in each line; borrowed */
	struct buf *out;  /* one line each */
	unsigned count;	  /* those past FAULTS_MAX are counted only */
};

/* Add "path:line:column: text\n"; lines and columns count from 1.  What the
 * text quotes from the file is made printable here. */
void faults_add(struct faults *f, unsigned line, unsigned column,
    const char *fmt, ...) PRINTF_LIKE(4, 5);

/* True when no more are wanted: the last one said that there may be more. */
bool faults_full(struct faults *f);
