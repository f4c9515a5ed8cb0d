/* plain.h - findings as plain lines, for want of the output formats. */
#pragma once
#include "base/buf.h"
#include "finding/finding.h"
void plain_write(const struct finding *f, struct buf *out);
