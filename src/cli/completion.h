/*
 * completion.h - the completion for bash, made from the table of commands.
 */
#pragma once

#include "base/buf.h"

void completion_bash(struct buf *out);
