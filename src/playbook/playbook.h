/*
 * playbook.h - what to do about a finding: data, read strictly, filled in
 * and quoted; nothing in here runs anything.
 *
 * A playbook is a YAML file of the form docs/playbooks.md describes.  The
 * ones of this build are parsed on demand.  A playbook is read-only once
 * made, so any thread may render it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"
#include "finding/finding.h"

#define PLAYBOOK_BYTES_MAX ((size_t)64 * 1024)
#define PLAYBOOK_STEPS_MAX 64
#define PLAYBOOK_LIST_MAX 12
#define PLAYBOOK_DEPTH_MAX 4	 /* parts inside parts */
#define PLAYBOOK_INCLUDES_MAX 48 /* of one playbook, parts' own included */
#define PLAYBOOK_GATE 7.0	 /* contain before asking from this severity */

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
	const char *blast_radius; /* who else is hit */
	const char *destructive;  /* "yes": something is gone for good */
	const char *store;	  /* where evidence is kept, if in no file */
};

/* Answered by a query, or by asking somebody. */
struct playbook_question {
	const char *text, *benign_if, *malicious_if, *query, *ask, *when;
};

/* `suppress` lists keys of a suppression's match: "type account actor". */
struct playbook_benign {
	const char *condition, *suggestion, *suppress, *days, *when;
};

/* When it is something else: the id of the playbook to go to. */
struct playbook_elsewhere {
	const char *condition, *playbook;
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
	struct playbook_elsewhere elsewhere[PLAYBOOK_LIST_MAX];
	size_t nelsewhere;
	double gate; /* from this severity on: contain, then ask */
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

/* The same with other parts to include than those of this build; the last
 * row's name is NULL. */
struct playbook_text;
NODISCARD enum status playbook_parse_with(const struct playbook_text *parts,
    const struct playbook_text *text, struct playbook **playbook,
    struct buf *error);

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
	struct span blast_radius, store;
	struct span left_out; /* why there is no command, or empty */
	bool destructive;
};

/* A question filled in: there is a query, or somebody to ask, or why not. */
struct playbook_query {
	struct span text, benign_if, malicious_if, query, ask, when, left_out;
};

/* What it may be instead; `suppress` is an item for the configuration's
 * list of that name, one line of YAML. */
struct playbook_excuse {
	struct span condition, suggestion, suppress, left_out;
};

struct playbook_steps {
	struct playbook_line lines[PLAYBOOK_STEPS_MAX];
	size_t nlines;
	struct playbook_query queries[PLAYBOOK_LIST_MAX];
	size_t nqueries;
	struct playbook_excuse excuses[PLAYBOOK_LIST_MAX];
	size_t nexcuses;
	struct arena *texts;
};

/*
 * Fill in the steps, questions and excuses that apply to the finding.  Values
 * in commands are one shell word each; a step whose command needs a value that
 * the log does not have, or that no command should hold, keeps its title and
 * says why in left_out.  Without a finding placeholders are shown as <name> and
 * `when` as text.  Caller calls playbook_steps_done().
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

/* Why an item does not say what one of its kind must, or NULL. */
const char *playbook_check_step(const struct playbook_step *step);
const char *playbook_check_question(const struct playbook_question *question);
const char *playbook_check_benign(const struct playbook_benign *benign);

/* Why `suppress` does not list what a suppression may match, or NULL. */
const char *playbook_check_suppress(const char *suppress);

/* Why `when` is no condition, or NULL. */
const char *playbook_check_when(const char *when);
