#include "cli/parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "config/nearest.h"
#include "config/value.h"

static const struct command_option help_option = {
	.letter = 'h',
	.name = "help",
};

static void *
place(struct parse_request *r, const struct command_option *o)
{
	return (char *)r->options + o->offset;
}

static const struct command_option *
option_of_name(const struct command *c, struct span name)
{
	const struct command_option *o = c->options;

	for (; o != NULL && o->name != NULL; o++)
		if (span_equal(name, span_str(o->name)))
			return o;
	return span_equal(name, SPAN("help")) ? &help_option : NULL;
}

static const struct command_option *
option_of_letter(const struct command *c, char letter)
{
	const struct command_option *o = c->options;

	for (; o != NULL && o->name != NULL; o++)
		if (o->letter == letter)
			return o;
	return letter == 'h' ? &help_option : NULL;
}

/* What an argument of this kind should look like. */
static void
add_wanted(const struct command_option *o, struct buf *out)
{
	switch (o->kind) {
	case OPTION_FLAG:
		buf_add_str(out, "nothing");
		break;
	case OPTION_TEXT:
	case OPTION_FILE:
	case OPTION_FOLDER:
		buf_add_str(out, "a text that is not empty");
		break;
	case OPTION_WORD:
		for (size_t i = 0; o->words[i] != NULL; i++)
			buf_printf(out, "%s%s",
			    i == 0	      ? ""
			    : o->words[i + 1] ? ", "
					      : " or ",
			    o->words[i]);
		break;
	case OPTION_TIME:
		buf_add_str(
		    out, "a time such as 2026-11-01 or 2026-11-01T08:30:00Z");
		break;
	case OPTION_COUNT:
		buf_printf(out, "a number from %u to %u", o->least, o->most);
		break;
	case OPTION_SEED:
		buf_add_str(out, "a whole number");
		break;
	case OPTION_SIZE:
		buf_add_str(out, "a size such as 1GiB");
		break;
	case OPTION_SEVERITY:
		buf_add_str(out,
		    "low, medium, high, critical or a number from 1 to 10");
		break;
	}
}

static bool
set_word(const struct command_option *o, const char *text, void *at)
{
	for (size_t i = 0; o->words[i] != NULL; i++) {
		if (strcmp(o->words[i], text) == 0) {
			*(const char **)at = o->words[i];
			return true;
		}
	}
	return false;
}

static bool
set_count(const struct command_option *o, struct span text, void *at)
{
	uint64_t number;

	if (!span_to_u64(text, &number) || number < o->least ||
	    number > o->most)
		return false;
	*(unsigned *)at = (unsigned)number;
	return true;
}

static bool
set_value(
    struct parse_request *r, const struct command_option *o, const char *text)
{
	void *at = place(r, o);

	switch (o->kind) {
	case OPTION_FLAG:
		*(bool *)at = true;
		return true;
	case OPTION_TEXT:
	case OPTION_FILE:
	case OPTION_FOLDER:
		*(const char **)at = text;
		return text[0] != '\0';
	case OPTION_WORD:
		return set_word(o, text, at);
	case OPTION_TIME:
		return civil_parse(span_str(text), at);
	case OPTION_COUNT:
		return set_count(o, span_str(text), at);
	case OPTION_SEED:
		return span_to_u64(span_str(text), at);
	case OPTION_SIZE:
		return value_size(span_str(text), at);
	case OPTION_SEVERITY:
		return value_severity(span_str(text), at);
	}
	return false;
}

static void
set_defaults(struct parse_request *r)
{
	const struct command_option *o = r->command->options;

	for (; o != NULL && o->name != NULL; o++) {
		if (o->absent != NULL)
			continue;
		if (o->fallback != NULL) {
			bool fits = set_value(r, o, o->fallback);

			ASSERT(fits);
		} else if (o->kind == OPTION_TIME) {
			*(int64_t *)place(r, o) = INT64_MIN;
		}
	}
}

static enum status
fail_value(const struct command_option *o, const char *text, struct buf *error)
{
	struct nearest near = { 0 };
	bool is_absent = false;

	for (size_t i = 0; o->words != NULL && o->words[i] != NULL; i++)
		nearest_offer(&near, span_str(text), o->words[i]);
	for (size_t i = 0; o->absent_words && o->absent_words[i]; i++)
		is_absent |= strcmp(o->absent_words[i], text) == 0;
	buf_printf(error, "--%s: \"%s\" ", o->name, text);
	if (is_absent)
		buf_add_str(error, "is not in this version; give ");
	else if (near.name != NULL)
		buf_printf(
		    error, "is not known; did you mean %s? (", near.name);
	else
		buf_add_str(error, "does not fit; give ");
	add_wanted(o, error);
	if (near.name != NULL && !is_absent)
		buf_add_char(error, ')');
	return STATUS_INVALID;
}

static enum status
take_value(struct parse_request *r, const struct command_option *o,
    const char *text, struct buf *error)
{
	if (o == &help_option) {
		r->wants_help = true;
		return STATUS_OK;
	}
	if (o->absent != NULL) {
		buf_printf(error, "--%s: %s", o->name, o->absent);
		return STATUS_INVALID;
	}
	return set_value(r, o, text) ? STATUS_OK : fail_value(o, text, error);
}

static bool
wants_argument(const struct command_option *o)
{
	return o->argument != NULL;
}

static enum status
fail_unknown(const struct command *c, struct span name, struct buf *error)
{
	struct nearest near = { 0 };
	const struct command_option *o = c->options;

	for (; o != NULL && o->name != NULL; o++)
		if (o->absent == NULL)
			nearest_offer(&near, name, o->name);
	nearest_offer(&near, name, "help");
	buf_printf(error, "unknown option --%.*s; ", SPAN_ARGS(name));
	if (near.name != NULL)
		buf_printf(error, "did you mean --%s?", near.name);
	else
		buf_printf(error, "`nephoscope help %s` lists them", c->name);
	return STATUS_INVALID;
}

/* The argument after the option at *i, or NULL. */
static const char *
next_argument(const struct parse_request *r, int *i)
{
	return *i + 1 < r->argc ? r->argv[++*i] : NULL;
}

static enum status
fail_no_argument(const struct command_option *o, struct buf *error)
{
	buf_printf(error, "--%s needs %s: ", o->name, o->argument);
	add_wanted(o, error);
	return STATUS_INVALID;
}

/* "--name", "--name=value", or "--name" and the next argument. */
static enum status
take_long(struct parse_request *r, int *i, struct buf *error)
{
	struct span all = span_str(r->argv[*i] + 2);
	size_t equals = span_find(all, '=', 0);
	struct span name = span_first(all, equals);
	const struct command_option *o = option_of_name(r->command, name);
	const char *value = equals < all.len ? all.at + equals + 1 : NULL;

	if (o == NULL)
		return fail_unknown(r->command, name, error);
	if (!wants_argument(o)) {
		if (value != NULL) {
			buf_printf(error, "--%s takes no value", o->name);
			return STATUS_INVALID;
		}
		return take_value(r, o, "", error);
	}
	if (value == NULL && o->absent == NULL)
		value = next_argument(r, i);
	if (value == NULL && o->absent == NULL)
		return fail_no_argument(o, error);
	return take_value(r, o, value, error);
}

/* "-o value", "-ovalue", "-ab". */
static enum status
take_short(struct parse_request *r, int *i, struct buf *error)
{
	for (const char *at = r->argv[*i] + 1; *at != '\0'; at++) {
		const struct command_option *o =
		    option_of_letter(r->command, *at);
		const char *value;
		enum status st;

		if (o == NULL) {
			buf_printf(error,
			    "unknown option -%c; `nephoscope help %s` lists "
			    "them",
			    *at, r->command->name);
			return STATUS_INVALID;
		}
		if (wants_argument(o)) {
			value = at[1] != '\0' ? at + 1 : next_argument(r, i);
			if (value == NULL)
				return fail_no_argument(o, error);
			return take_value(r, o, value, error);
		}
		st = take_value(r, o, "", error);
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

static bool
is_action(const struct command *c, const char *word, struct nearest *near)
{
	for (size_t i = 0; c->actions[i] != NULL; i++) {
		if (strcmp(c->actions[i], word) == 0)
			return true;
		nearest_offer(near, span_str(word), c->actions[i]);
	}
	return false;
}

static enum status
check_operands(const struct parse_request *r, struct buf *error)
{
	const struct command *c = r->command;
	struct nearest near = { 0 };

	if (r->noperands < c->operands_least) {
		buf_printf(error, "%s needs %s; see `nephoscope help %s`",
		    c->name, c->operands, c->name);
		return STATUS_INVALID;
	}
	if (r->noperands > c->operands_most) {
		buf_printf(error, "\"%s\" is one argument too many for %s",
		    r->operands[c->operands_most], c->name);
		return STATUS_INVALID;
	}
	if (c->actions == NULL || r->noperands == 0 ||
	    is_action(c, r->operands[0], &near))
		return STATUS_OK;
	buf_printf(error, "%s has no action \"%s\"; ", c->name, r->operands[0]);
	if (near.name != NULL)
		buf_printf(error, "did you mean %s?", near.name);
	else
		buf_printf(error, "give %s", c->operands);
	return STATUS_INVALID;
}

enum status
parse_arguments(struct parse_request *r, struct buf *error)
{
	bool only_operands = false;

	set_defaults(r);
	for (int i = 0; i < r->argc; i++) {
		const char *word = r->argv[i];
		enum status st = STATUS_OK;

		if (only_operands || word[0] != '-' || word[1] == '\0')
			r->operands[r->noperands++] = word;
		else if (strcmp(word, "--") == 0)
			only_operands = true;
		else if (word[1] == '-')
			st = take_long(r, &i, error);
		else
			st = take_short(r, &i, error);
		if (st != STATUS_OK)
			return st;
	}
	return r->wants_help ? STATUS_OK : check_operands(r, error);
}
