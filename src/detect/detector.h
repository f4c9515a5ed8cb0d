#pragma once
#include "base/status.h"
struct detector {
	const char *type;
};
extern const struct detector *const detector_table[];
extern const size_t detector_count;
