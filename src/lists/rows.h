/*
 * rows.h - lists of one entry a line: plain, CSV with or without a header,
 * hosts files, filter rules, and the CSV forms that GuardDuty reads; also the
 * text of XML (STIX 1).
 */
#pragma once

#include <stdio.h>

#include "lists/intake.h"

#define ROWS_LINE_BYTES 65536

/* Read the file from where it stands to its end. */
void rows_read(struct intake *in, FILE *file);
