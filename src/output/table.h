/*
 * table.h - findings for a person at a terminal.  Everything a log said is
 * made visible by escape_terminal() first; only this file's own colours are
 * control characters.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "config/config.h"
#include "finding/finding.h"
#include "playbook/playbook.h"

struct table_options {
	const struct config *config; /* or NULL */
	unsigned columns;	     /* of the terminal; 0: 80 */
	bool colour;
};

/* Many findings, the worst first, two lines each, and a summary. */
void table_write(const struct finding *const *findings, size_t n,
    const struct table_options *o, struct buf *out);

/* One finding, whole: what, why, which events, whose, what to do. */
void table_write_one(
    const struct finding *f, const struct table_options *o, struct buf *out);

/* A playbook, filled in for `f`, or with <names> when it is NULL. */
void table_write_playbook(const struct playbook *p, const struct finding *f,
    const struct table_options *o, struct buf *out);
