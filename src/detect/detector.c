#include "detect/detector.h"

const struct detector_row *
detector_row_named(struct span name)
{
	for (size_t i = 0; i < detector_count; i++) {
		if (span_equal(name, span_str(detector_table[i].name)))
			return &detector_table[i];
	}
	return NULL;
}
