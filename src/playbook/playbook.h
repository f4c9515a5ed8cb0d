/*
 * playbook.h - what to do about a finding: data, read strictly, filled in
 * and quoted; nothing in here runs anything.
 *
 * A playbook is a YAML file of the form docs/playbooks.md describes.  The
 * ones of this build are parsed on demand.  A playbook is read-only once
 * made, so any thread may render it.
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"
#include "finding/finding.h"

#define PLAYBOOK_BYTES_MAX ((size_t)64 * 1024)
#define PLAYBOOK_STEPS_MAX 48
#define PLAYBOOK_LIST_MAX 12

/* In the order in which they are done. */
enum playbook_part {
	PLAYBOOK_EVIDENCE,
	PLAYBOOK_CONTAIN,
	PLAYBOOK_ERADICATE,
	PLAYBOOK_RECOVER,
	PLAYBOOK_VERIFY,
	PLAYBOOK_PART_COUNT,
};

/* Templates; NULL where the file does not say. */
struct playbook_step {
	enum playbook_part part;
	const char *title, *command, *effect, *undo, *needs, *expect, *when;
};

struct playbook_question {
	const char *text, *benign_if, *malicious_if;
};

struct playbook_benign {
	const char *condition, *suggestion;
};

struct playbook {
	const char *id, *summary;
	unsigned version;
	const char *applies_to[PLAYBOOK_LIST_MAX];
	const char *references[PLAYBOOK_LIST_MAX];
	const char *mitre[PLAYBOOK_LIST_MAX];
	size_t napplies_to, nreferences, nmitre;
	struct playbook_question questions[PLAYBOOK_LIST_MAX];
	size_t nquestions;
	struct playbook_benign benign[PLAYBOOK_LIST_MAX];
	size_t nbenign;
	struct playbook_step steps[PLAYBOOK_STEPS_MAX];
	size_t nsteps;
	struct arena *texts;
};

/* "Evidence", "Contain", ... */
const char *playbook_part_text(enum playbook_part part);

/*
 * Read one YAML document.  On failure *error holds "name:line:column: what
 * is wrong" and *playbook is untouched.  Caller frees.
 */
NODISCARD enum status playbook_parse(struct span yaml, const char *name,
    struct playbook **playbook, struct buf *error);

/*
 * The playbook of this build by a detector's file name or by a finding type;
 * NULL when there is none.  Caller frees.
 */
struct playbook *playbook_of_type(const char *name_or_type);

void playbook_free(struct playbook *p); /* NULL is allowed */

/* A step filled in.  Empty where there is nothing to say. */
struct playbook_line {
	enum playbook_part part;
	struct span title, command, effect, undo, needs, expect, when;
	struct span left_out; /* why there is no command, or empty */
};

struct playbook_steps {
	struct playbook_line lines[PLAYBOOK_STEPS_MAX];
	size_t nlines;
	struct arena *texts;
};

/*
 * Fill in the steps that apply to the finding.  Values in commands are one
 * shell word each; a step whose command needs a value that the log does not
 * have, or that no command should hold, keeps its title and says why in
 * left_out.  Without a finding placeholders are shown as <name> and `when`
 * as text.  Caller calls playbook_steps_done().
 */
void playbook_render(const struct playbook *p, const struct finding *f,
    struct playbook_steps *out);
void playbook_steps_done(struct playbook_steps *steps);

/* A text of a playbook (title, question, ...) filled in as raw bytes. */
void playbook_expand(
    const struct finding *f, const char *text, struct buf *out);

/*
 * Why `command` is no good as a template, or NULL: a placeholder inside
 * quotes, a comment or a here-document, or a name that nobody gives.
 */
const char *playbook_check_command(const char *command);

/* Why `when` is no condition, or NULL. */
const char *playbook_check_when(const char *when);
