/*
 * exit_code.h - what the exit status says; fixed, scripts rely on it.
 *
 * From 64 on these are the numbers of BSD's sysexits.h.
 */
#pragma once

enum exit_code {
	EXIT_CODE_DONE = 0,
	EXIT_CODE_FINDINGS = 1, /* at or above --fail-on */
	EXIT_CODE_PARTIAL = 2,	/* some input was skipped */
	EXIT_CODE_USAGE = 64,
	EXIT_CODE_NOTHING_READ = 65, /* no log in the input */
	EXIT_CODE_NO_INPUT = 66,     /* no such file or folder */
	EXIT_CODE_UNAVAILABLE = 69,
	EXIT_CODE_IO = 74,
	EXIT_CODE_CONFIG = 78,
};
