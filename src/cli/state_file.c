#include "cli/state_file.h"

#include <stddef.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/config_file.h"
#include "cli/exit_code.h"
#include "finding/finding.h"

#define PREFIX_LEAST 4

static int
complain(struct buf *error, enum status st)
{
	cli_complain("%s", buf_text(error));
	buf_done(error);
	return st == STATUS_NOT_FOUND ? EXIT_CODE_NO_INPUT : EXIT_CODE_IO;
}

int
state_file_open(const char *path, const char *config_path, bool write,
    struct state_file *file)
{
	struct buf error = { 0 };
	enum status st;
	int code;

	*file = (struct state_file){ 0 };
	code = config_file_load(config_path, &file->config);
	if (code != EXIT_CODE_DONE)
		return code;
	if (path == NULL)
		path = file->config->store_path;
	if (path == NULL)
		path = getenv("NEPHOSCOPE_STATE");
	if (path == NULL || path[0] == '\0') {
		cli_complain("which state file? Give --state FILE, or -c FILE "
			     "with store: {path: ...}, or set "
			     "NEPHOSCOPE_STATE");
		state_file_close(file);
		return EXIT_CODE_USAGE;
	}
	/* A first look that makes no file. */
	st = store_open(
	    &(struct store_options){
		.path = path,
		.read_only = true,
		.skip_checks = true,
	    },
	    &file->store, &error);
	/* A file of an older version is brought up to date by opening it to
	 * write; one of a newer version is refused again. */
	if (st == STATUS_UNSUPPORTED || (st == STATUS_OK && write)) {
		store_close(file->store);
		file->store = NULL;
		buf_reset(&error);
		st = store_open(
		    &(struct store_options){
			.path = path,
			.skip_checks = true,
		    },
		    &file->store, &error);
	}
	if (st == STATUS_OK) {
		buf_done(&error);
		return EXIT_CODE_DONE;
	}
	state_file_close(file);
	return complain(&error, st);
}

void
state_file_close(struct state_file *file)
{
	store_close(file->store);
	config_free(file->config);
	*file = (struct state_file){ 0 };
}

static bool
take(void *cookie, const struct store_finding *f)
{
	struct finding **finding = cookie;

	if (*finding == NULL)
		*finding = finding_unpack(f->packed);
	return true;
}

int
state_file_finding(
    struct state_file *file, const char *prefix, struct finding **finding)
{
	struct buf error = { 0 };
	enum status st;

	*finding = NULL;
	if (span_str(prefix).len < PREFIX_LEAST) {
		cli_complain("\"%s\" is too short for an id; give its first %d "
			     "digits at least",
		    prefix, PREFIX_LEAST);
		return EXIT_CODE_USAGE;
	}
	st = store_finding(file->store, prefix, take, finding, &error);
	if (st == STATUS_OK && *finding != NULL)
		return EXIT_CODE_DONE;
	if (st == STATUS_OK) {
		cli_complain("finding %s is of a detector that this version "
			     "does not have",
		    prefix);
		return EXIT_CODE_UNAVAILABLE;
	}
	finding_free(*finding);
	*finding = NULL;
	if (st == STATUS_NOT_FOUND)
		buf_printf(&error,
		    "no finding's id begins with \"%s\"; `nephoscope findings "
		    "list` has them",
		    prefix);
	else if (st == STATUS_INVALID)
		buf_printf(&error,
		    "several findings' ids begin with \"%s\"; give more of it",
		    prefix);
	return complain(&error, st);
}
