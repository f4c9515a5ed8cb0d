/*
 * vocabulary.h - the names that texts and playbooks may use in {braces}.
 *
 * Two kinds: what every finding has ({actor}, {time}, ...), and facts that
 * the engine or a detector put into the signal ({namespace}, {bucket}, ...).
 * docs/facts.md lists them for authors; a test keeps the two in step.  Any
 * thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"
#include "finding/finding.h"

struct fact_name {
	const char *name;
	const char *help;
	bool built_in; /* made from the finding, never missing but for text
			* that the log does not have */
};

extern const struct fact_name vocabulary_table[];
extern const size_t vocabulary_count;

/* The row of a name, or NULL. */
const struct fact_name *vocabulary_find(struct span name);

/*
 * Append the value of `name` to `out`, as raw bytes: built-in ones first,
 * then the signal's facts.  False, and nothing added, when it is missing or
 * empty.  Times are RFC 3339.
 */
NODISCARD bool vocabulary_value(
    const struct finding *f, struct span name, struct buf *out);

/*
 * The length of a placeholder at the start of `text`, braces included, and
 * its name; 0 when there is none.  A name is a lower-case letter, then
 * letters, digits, '_' and '.'; any other brace is text.
 */
size_t vocabulary_placeholder(struct span text, struct span *name);
