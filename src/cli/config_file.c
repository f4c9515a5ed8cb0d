#include "cli/config_file.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/detector_check.h"
#include "cli/exit_code.h"

int
config_file_load(const char *path, struct config **config)
{
	struct buf notes = { 0 }, error = { 0 };
	struct config *c = NULL;
	enum status st = STATUS_OK;

	if (path == NULL)
		c = config_new();
	else
		st = config_load(path, &c, &error);
	if (st == STATUS_OK)
		st = detector_check(c, &notes, &error);
	if (st != STATUS_OK) {
		if (error.len == 0)
			cli_complain("%s: %s", path, status_text(st));
		(void)fputs(buf_text(&error), stderr);
		config_free(c);
		buf_done(&notes);
		buf_done(&error);
		return EXIT_CODE_CONFIG;
	}
	(void)fputs(c->notes, stderr);
	(void)fputs(buf_text(&notes), stderr);
	buf_done(&notes);
	buf_done(&error);
	*config = c;
	return EXIT_CODE_DONE;
}
