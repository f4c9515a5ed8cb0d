#include "cli/backfill.h"

#include "cli/cli.h"
#include "cli/exit_code.h"

int
backfill_run(const struct backfill_options *o, const struct config *config)
{
	(void)o;
	(void)config;
	cli_complain("backfill is not built into this binary");
	return EXIT_CODE_UNAVAILABLE;
}
