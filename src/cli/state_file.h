/*
 * state_file.h - the state file that a command is to look into.
 */
#pragma once

#include <stdbool.h>

#include "config/config.h"
#include "store/store.h"

struct state_file {
	struct config *config; /* for owners and names */
	struct store *store;
};

/*
 * Open `path`, or else what the configuration names under store: path, or else
 * what the environment names in NEPHOSCOPE_STATE.  With
 * `write` marks may be set, while a service goes on; else nothing is written.
 * Gives an exit code and has complained when it is not EXIT_CODE_DONE; both
 * members are then NULL.
 */
int state_file_open(const char *path, const char *config_path, bool write,
    struct state_file *file);
void state_file_close(struct state_file *file);

/* The finding whose id begins with `prefix`, unpacked; the caller frees it.
 * Exit code as above; EXIT_CODE_NO_INPUT when there is none. */
struct finding;
int state_file_finding(
    struct state_file *file, const char *prefix, struct finding **finding);
