/*
 * man.h - the manual pages, made from the tables.
 *
 * Pure; any thread.
 */
#pragma once

#include "base/buf.h"

/* nephoscope.1 */
void man_program(struct buf *out);

/* nephoscope.conf.5 */
void man_config(struct buf *out);
