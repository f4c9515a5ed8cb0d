/*
 * commands.h - the commands, each in its own file.
 */
#pragma once

#include "cli/command.h"

extern const struct command cli_backfill;
extern const struct command cli_serve;
extern const struct command cli_simulate;
extern const struct command cli_findings;
extern const struct command cli_investigate;
extern const struct command cli_state;
extern const struct command cli_detectors;
extern const struct command cli_playbook;
extern const struct command cli_config;
extern const struct command cli_aws;
extern const struct command cli_version;
extern const struct command cli_help;
