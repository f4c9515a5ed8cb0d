/*
 * command.h - the commands and their options, as data.
 *
 * One table: parsing, --help, the manual page and the completion are made
 * from it.  Constant; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/exit_code.h"

enum option_kind {
	OPTION_FLAG,	 /* bool, no argument */
	OPTION_TEXT,	 /* const char * into argv */
	OPTION_FILE,	 /* the same; completed as a file */
	OPTION_FOLDER,	 /* the same; completed as a folder */
	OPTION_WORD,	 /* the same; one of `words` */
	OPTION_TIME,	 /* int64_t us; INT64_MIN when not given */
	OPTION_COUNT,	 /* unsigned, from `least` to `most` */
	OPTION_SEED,	 /* uint64_t */
	OPTION_SIZE,	 /* uint64_t bytes, "1GiB" */
	OPTION_SEVERITY, /* double 1..10 or a word; 0 when not given */
};

struct command_option {
	char letter;		  /* 0: none */
	const char *name;	  /* without the dashes */
	const char *argument;	  /* how help calls it; NULL for a flag */
	const char *help;	  /* a sentence part, no full stop */
	const char *fallback;	  /* when not given; NULL: see the kind */
	const char *const *words; /* WORD: NULL-terminated */
	const char *const *absent_words; /* not in this version; or NULL */
	size_t offset;			 /* in the command's options struct */
	unsigned least, most;
	enum option_kind kind;
	/* Named by the design but not in this version: using it is an error
	 * with this sentence, and help does not list it. */
	const char *absent;
};

struct command_example {
	const char *line; /* what to type */
	const char *what; /* a sentence part, no full stop */
};

struct command_operands {
	const char *const *at;
	size_t count;
};

struct command {
	const char *name;
	const char *operands; /* how the synopsis names them; "" for none */
	const char *summary;  /* one line */
	const char *about;    /* paragraphs, separated by an empty line */
	const struct command_example *examples; /* up to one without line */
	const struct command_option *options;	/* up to one without name */
	size_t options_size;
	/* Words of the first operand, e.g. "check"; or NULL. */
	const char *const *actions;
	enum option_kind operand_kind; /* how operands are completed */
	unsigned operands_least, operands_most;
	/* Do it.  `options` has been parsed and checked, and defaults are in
	 * place; gives an enum exit_code. */
	int (*run)(
	    const void *options, const struct command_operands *operands);
	/* Named by the design but not in this version. */
	const char *absent;
};

/* In the order of the help; NULL at the end. */
extern const struct command *const command_table[];

/* By name, absent ones too; or NULL. */
const struct command *command_of_name(const char *name);
