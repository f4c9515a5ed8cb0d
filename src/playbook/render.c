/*
 * Filling in a playbook.  The values come from logs, so an attacker chose
 * them: each becomes one word of the shell and nothing else, and where the
 * place in the command is one that a quoted word could still misuse (an
 * option, a path, a list), only harmless characters are let in.
 */
#include <string.h>

#include "base/escape.h"
#include "base/place.h"
#include "finding/vocabulary.h"
#include "playbook/playbook.h"
#include "playbook/proposal.h"

#define RENDER_VALUE_BYTES 500 /* signals cut at 512: a cut value is wrong */
#define RENDER_TEXT_BYTES ((size_t)1024 * 1024)

/* What a word of the shell is in. */
struct context {
	char quote;    /* the open quote, or 0 */
	bool redirect; /* the word is the target of a redirection */
	bool command;  /* the word is the command's name */
	bool in_word;
	size_t word; /* offset of the word */
};

#define WALK_DEPTH 4 /* $( inside $( */

/* Where in a shell command the reader of the template is. */
struct walk {
	struct context at;
	struct context outer[WALK_DEPTH]; /* around each open parenthesis */
	unsigned depth;
	bool escaped, dollar, comment;
	bool lost; /* deeper, or closed more often than opened */
};

static void
walk_start(struct walk *w)
{
	*w = (struct walk){ .at = { .command = true } };
}

/* "(" and "$(": quotes begin anew in it. */
static void
walk_open(struct walk *w)
{
	if (w->depth == WALK_DEPTH) {
		w->lost = true;
		return;
	}
	w->outer[w->depth++] = w->at;
	w->at = (struct context){ .command = true };
}

static void
walk_close(struct walk *w)
{
	if (w->depth == 0) {
		w->lost = true;
		return;
	}
	w->at = w->outer[--w->depth];
	w->at.in_word = true;
}

/* A character that ends a word, outside quotes. */
static void
walk_break(struct walk *w, char c)
{
	if (w->at.in_word)
		w->at.command = w->at.redirect = false;
	if (strchr("|;&\n", c) != NULL)
		w->at.command = true;
	if (c == '>')
		w->at.redirect = true;
	w->at.in_word = false;
}

/* A character outside quotes. */
static void
walk_bare(struct walk *w, char c, size_t at)
{
	if (c == '(') {
		walk_open(w);
		return;
	}
	if (c == ')') {
		walk_close(w);
		return;
	}
	if (strchr(" \t\n|;&<>", c) != NULL) {
		walk_break(w, c);
		return;
	}
	if (c == '#' && !w->at.in_word) {
		w->comment = true;
		return;
	}
	w->escaped = c == '\\';
	if (c == '\'' || c == '"')
		w->at.quote = c;
	if (!w->at.in_word)
		w->at.word = at;
	w->at.in_word = true;
}

/* A character inside quotes. */
static void
walk_quoted(struct walk *w, char c)
{
	if (c == w->at.quote)
		w->at.quote = '\0';
	else if (c == '\\' && w->at.quote == '"')
		w->escaped = true;
	else if (c == '(' && w->dollar && w->at.quote == '"')
		walk_open(w);
}

static void
walk_step(struct walk *w, char c, size_t at)
{
	if (w->escaped) {
		w->escaped = false;
	} else if (w->comment) {
		if (c == '\n') {
			w->comment = false;
			walk_bare(w, c, at);
		}
	} else if (w->at.quote != '\0') {
		walk_quoted(w, c);
	} else {
		walk_bare(w, c, at);
	}
	w->dollar = c == '$';
}

/* After a placeholder of the template. */
static void
walk_value(struct walk *w, size_t at)
{
	if (!w->at.in_word)
		w->at.word = at;
	w->at.in_word = true;
}

/*
 * {kubectl} and {aws} stand for the tool aimed at the finding's place, and
 * {parcel_text} for what prints the log file with the record.
 */
struct tool {
	const char *name, *option, *fact;
};

static const struct tool tools[] = {
	{ "kubectl", "--context=", "cluster" },
	{ "aws", "--region=", "region" },
	{ "parcel_text", NULL, "parcel" },
};

static const struct tool *
tool_of(struct span name)
{
	for (size_t i = 0; i < COUNTOF(tools); i++) {
		if (span_equal(span_str(tools[i].name), name))
			return &tools[i];
	}
	return NULL;
}

static bool
is_ours(struct span name)
{
	return span_equal(name, SPAN("incident")) ||
	       span_equal(name, SPAN("id"));
}

static const char *
check_place(const struct walk *w, struct span name)
{
	if (vocabulary_find(name) == NULL && tool_of(name) == NULL)
		return "a placeholder that nobody fills in";
	if (w->at.quote != '\0')
		return "a placeholder inside quotes";
	if (w->comment)
		return "a placeholder inside a comment";
	if (w->at.command && tool_of(name) == NULL)
		return "a placeholder as a command's name";
	if (w->at.redirect && !w->at.in_word && !is_ours(name))
		return "a placeholder as a file's name";
	return NULL;
}

static bool
is_sentence(const char *undo)
{
	return !strncmp(undo, "none", 4);
}

const char *
playbook_check_command(const char *command)
{
	struct span all = span_str(command), name;
	struct walk w;

	if (is_sentence(command))
		return NULL;
	if (strstr(command, "<<") != NULL || strchr(command, '`') != NULL)
		return "a here-document or backquotes";
	walk_start(&w);
	for (size_t i = 0; i < all.len;) {
		size_t len = vocabulary_placeholder(span_skip(all, i), &name);
		const char *wrong;

		if (len == 0) {
			walk_step(&w, all.at[i], i);
			i++;
			continue;
		}
		wrong = check_place(&w, name);
		if (wrong != NULL)
			return wrong;
		walk_value(&w, i);
		i += len;
	}
	if (w.lost)
		return "parentheses that do not match, or too deep";
	return w.at.quote != '\0' || w.depth > 0
		   ? "a quote or parenthesis that does not end"
		   : NULL;
}

/* Cut the next condition of "A and B" off. */
static struct span
next_condition(struct span *rest)
{
	size_t end = span_search(*rest, SPAN(" and "));
	struct span one = span_trim(span_first(*rest, end));

	*rest = span_skip(*rest, end + 5);
	return one;
}

/* Split "has:namespace"; false when there is no known fact in it. */
static bool
split_condition(struct span one, struct span *verb, struct span *value)
{
	size_t colon = span_find(one, ':', 0);
	struct span fact;

	*verb = span_first(one, colon);
	*value = span_skip(one, colon + 1);
	fact = span_equal(*verb, SPAN("has")) || span_equal(*verb, SPAN("no"))
		   ? *value
		   : *verb;
	return colon < one.len && !span_is_empty(*value) &&
	       vocabulary_find(fact) != NULL;
}

const char *
playbook_check_when(const char *when)
{
	struct span rest = span_str(when), verb, value;

	while (rest.len > 0) {
		if (!split_condition(next_condition(&rest), &verb, &value))
			return "a condition that is not has:FACT, no:FACT or "
			       "FACT:VALUE";
	}
	return NULL;
}

/* One of "A|B|C", each with * and ?. */
static bool
matches_one(struct span fact, struct span patterns)
{
	while (patterns.len > 0) {
		if (span_matches(fact, span_cut(&patterns, '|')))
			return true;
	}
	return false;
}

static bool
condition_holds(const struct finding *f, struct span one)
{
	struct span verb, value;
	struct buf fact = { 0 };
	bool holds;

	if (!split_condition(one, &verb, &value))
		return false;
	if (span_equal(verb, SPAN("has"))) {
		holds = vocabulary_value(f, value, &fact);
	} else if (span_equal(verb, SPAN("no"))) {
		holds = !vocabulary_value(f, value, &fact);
	} else {
		holds = vocabulary_value(f, verb, &fact) &&
			matches_one(buf_span(&fact), value);
	}
	buf_done(&fact);
	return holds;
}

static bool
applies(const struct finding *f, const char *when)
{
	struct span rest = span_str(when);

	while (rest.len > 0) {
		if (!condition_holds(f, next_condition(&rest)))
			return false;
	}
	return true;
}

/* What may stand inside a word that has a structure of its own. */
static bool
is_harmless(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') ||
			(c != '\0' && strchr("._:@+-", c) != NULL)))
			return false;
	}
	return span_search(s, SPAN("..")) == s.len;
}

/* "--option=" and nothing more: the rest of the word is the value. */
static bool
is_option(struct span prefix)
{
	return span_starts(prefix, SPAN("--")) &&
	       span_find(prefix, '=', 0) + 1 == prefix.len;
}

/* Say why there is no command. */
static void
give_up(
    struct buf *why, const char *before, struct span name, const char *after)
{
	if (why->len > 0)
		return;
	buf_add_str(why, before);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		buf_add_char(why, c == '_' || c == '.' ? ' ' : c);
	}
	buf_add_str(why, after);
}

struct fill {
	const struct finding *finding;
	struct buf *out, *why;
};

/* One value at its place; `prefix` is the word of the template before it. */
static void
fill_value(struct fill *fill, struct span name, struct span prefix)
{
	struct buf value = { 0 };
	struct span s;

	if (!vocabulary_value(fill->finding, name, &value)) {
		give_up(fill->why, "no ", name, " in the log");
		goto done;
	}
	s = buf_span(&value);
	if (s.len > RENDER_VALUE_BYTES)
		give_up(fill->why, "the ", name, " is too long for a command");
	else if (prefix.len == 0 && s.at[0] == '-')
		give_up(fill->why, "the ", name, " would be read as an option");
	else if (prefix.len > 0 && !is_option(prefix) && !is_harmless(s))
		give_up(fill->why, "the ", name,
		    " holds characters that the command would misread");
	else if (!escape_shell(s, fill->out))
		give_up(fill->why, "the ", name, " holds invisible characters");
done:
	buf_done(&value);
}

/* From where the log was read: an object, or a file. */
static void
fill_parcel(struct fill *fill)
{
	struct buf value = { 0 };
	bool known = fill->finding != NULL &&
		     vocabulary_value(fill->finding, SPAN("parcel"), &value);
	bool remote = known && span_starts(buf_span(&value), SPAN("s3://"));
	const char *stream = known ? place_stream(buf_span(&value)) : NULL;

	if (stream != NULL)
		give_up(fill->why, "the record came by ", span_str(stream),
		    ", from no file");
	buf_add_str(fill->out, remote ? "aws s3 cp " : "zcat -f -- ");
	if (fill->finding == NULL)
		buf_add_str(fill->out, "<parcel>");
	else
		fill_value(fill, SPAN("parcel"), SPAN(""));
	if (remote)
		buf_add_str(fill->out, " - | zcat -f");
	buf_done(&value);
}

static void
fill_tool(struct fill *fill, const struct tool *tool)
{
	struct buf value = { 0 };

	if (tool->option == NULL) {
		fill_parcel(fill);
		return;
	}
	buf_add_str(fill->out, tool->name);
	if (fill->finding == NULL) {
		buf_printf(fill->out, " %s<%s>", tool->option, tool->fact);
	} else if (vocabulary_value(
		       fill->finding, span_str(tool->fact), &value)) {
		buf_printf(fill->out, " %s", tool->option);
		fill_value(fill, span_str(tool->fact), span_str(tool->option));
	}
	buf_done(&value);
}

static void
fill_command(struct fill *fill, const char *command)
{
	struct span all = span_str(command), name;
	struct walk w;

	walk_start(&w);
	for (size_t i = 0; i < all.len;) {
		size_t len = vocabulary_placeholder(span_skip(all, i), &name);
		struct span prefix = SPAN("");

		if (len == 0) {
			buf_add_char(fill->out, all.at[i]);
			walk_step(&w, all.at[i], i);
			i++;
			continue;
		}
		if (w.at.in_word)
			prefix = span_of(all.at + w.at.word, i - w.at.word);
		if (tool_of(name) != NULL)
			fill_tool(fill, tool_of(name));
		else if (fill->finding == NULL)
			buf_printf(fill->out, "<%.*s>", SPAN_ARGS(name));
		else
			fill_value(fill, name, prefix);
		walk_value(&w, i);
		i += len;
	}
}

void
playbook_expand(const struct finding *f, const char *text, struct buf *out)
{
	struct span rest = span_str(text), name;

	if (f != NULL) {
		finding_expand(f, text, out);
		return;
	}
	while (rest.len > 0) {
		size_t len = vocabulary_placeholder(rest, &name);

		if (len > 0) {
			buf_printf(out, "<%.*s>", SPAN_ARGS(name));
		} else {
			len = span_find(rest, '{', 1);
			buf_add(out, span_first(rest, len));
		}
		rest = span_skip(rest, len);
	}
}

static struct span
keep_text(struct arena *a, const struct finding *f, const char *text)
{
	struct buf out = { 0 };
	struct span kept = span_of(NULL, 0);

	if (text != NULL) {
		playbook_expand(f, text, &out);
		kept = arena_dup(a, buf_span(&out));
	}
	buf_done(&out);
	return kept;
}

/* A command, or an empty span with the reason in *left_out. */
static struct span
keep_command(struct arena *a, const struct finding *f, const char *command,
    struct span *left_out)
{
	struct buf out = { 0 }, why = { 0 };
	struct fill fill = { f, &out, &why };
	struct span kept = span_of(NULL, 0);

	if (command == NULL)
		return kept;
	if (is_sentence(command))
		return keep_text(a, f, command);
	fill_command(&fill, command);
	if (why.len == 0)
		kept = arena_dup(a, buf_span(&out));
	else
		*left_out = arena_dup(a, buf_span(&why));
	buf_done(&out);
	buf_done(&why);
	return kept;
}

static void
render_step(const struct playbook_step *step, const struct finding *f,
    struct playbook_steps *out)
{
	struct playbook_line *line = &out->lines[out->nlines++];
	struct arena *a = out->texts;

	*line = (struct playbook_line){ .part = step->part };
	line->title = keep_text(a, f, step->title);
	line->effect = keep_text(a, f, step->effect);
	line->needs = keep_text(a, f, step->needs);
	line->expect = keep_text(a, f, step->expect);
	line->blast_radius = keep_text(a, f, step->blast_radius);
	line->store = keep_text(a, f, step->store);
	line->destructive =
	    step->destructive != NULL && !strcmp(step->destructive, "yes");
	if (f == NULL)
		line->when = span_str(step->when);
	line->undo = keep_command(a, f, step->undo, &line->left_out);
	line->command = keep_command(a, f, step->command, &line->left_out);
	/* A command that could not be undone is not offered. */
	if (!span_is_empty(line->left_out))
		line->command = line->undo = span_of(NULL, 0);
}

static void
render_question(const struct playbook_question *q, const struct finding *f,
    struct playbook_steps *out)
{
	struct playbook_query *to = &out->queries[out->nqueries++];
	struct arena *a = out->texts;

	*to = (struct playbook_query){ .text = keep_text(a, f, q->text) };
	to->benign_if = keep_text(a, f, q->benign_if);
	to->malicious_if = keep_text(a, f, q->malicious_if);
	to->ask = keep_text(a, f, q->ask);
	if (f == NULL)
		to->when = span_str(q->when);
	to->query = keep_command(a, f, q->query, &to->left_out);
}

static void
render_benign(const struct playbook_benign *b, const struct finding *f,
    struct playbook_steps *out)
{
	struct playbook_excuse *to = &out->excuses[out->nexcuses++];
	struct arena *a = out->texts;
	struct buf yaml = { 0 }, why = { 0 };

	*to = (struct playbook_excuse){
		.condition = keep_text(a, f, b->condition),
		.suggestion = keep_text(a, f, b->suggestion),
	};
	if (b->suppress != NULL) {
		if (proposal_write(b, f, &yaml, &why))
			to->suppress = arena_dup(a, buf_span(&yaml));
		else
			to->left_out = arena_dup(a, buf_span(&why));
	}
	buf_done(&yaml);
	buf_done(&why);
}

static bool
is_shown(const struct finding *f, const char *when)
{
	return f == NULL || when == NULL || applies(f, when);
}

void
playbook_render(const struct playbook *p, const struct finding *f,
    struct playbook_steps *out)
{
	out->nlines = out->nqueries = out->nexcuses = 0;
	out->texts = arena_new(RENDER_TEXT_BYTES);
	for (size_t i = 0; i < p->nquestions; i++) {
		if (is_shown(f, p->questions[i].when))
			render_question(&p->questions[i], f, out);
	}
	for (size_t i = 0; i < p->nsteps; i++) {
		if (is_shown(f, p->steps[i].when))
			render_step(&p->steps[i], f, out);
	}
	for (size_t i = 0; i < p->nbenign; i++) {
		if (is_shown(f, p->benign[i].when))
			render_benign(&p->benign[i], f, out);
	}
}

void
playbook_steps_done(struct playbook_steps *steps)
{
	arena_free(steps->texts);
	steps->texts = NULL;
	steps->nlines = steps->nqueries = steps->nexcuses = 0;
}

const char *
playbook_part_text(enum playbook_part part)
{
	static const char *const texts[PLAYBOOK_PART_COUNT] = {
		[PLAYBOOK_EVIDENCE] = "Evidence",
		[PLAYBOOK_CONTAIN] = "Contain",
		[PLAYBOOK_ERADICATE] = "Eradicate",
		[PLAYBOOK_RECOVER] = "Recover",
		[PLAYBOOK_VERIFY] = "Verify",
	};

	ASSERT(part < PLAYBOOK_PART_COUNT);
	return texts[part];
}
