/*
 * The playbooks of this build.
 */
#include "detect/detector.h"
#include "playbook/playbook.h"
#include "playbook/table.h"

/* The detector's file name for a finding type, or the text itself. */
static const char *
name_of_type(const char *name_or_type)
{
	for (size_t i = 0; i < detector_count; i++) {
		if (!strcmp(detector_table[i].detector->type, name_or_type))
			return detector_table[i].file;
	}
	return name_or_type;
}

struct playbook *
playbook_of_type(const char *name_or_type)
{
	const char *name = name_of_type(name_or_type);

	for (size_t i = 0; i < playbook_count; i++) {
		const struct playbook_text *row = &playbook_table[i];
		struct playbook *playbook = NULL;
		struct buf error = { 0 };

		if (strcmp(row->name, name) != 0)
			continue;
		/* A unit test parses them all. */
		ASSERT(
		    playbook_parse(span_of((const char *)row->bytes, row->size),
			row->name, &playbook, &error) == STATUS_OK);
		buf_done(&error);
		return playbook;
	}
	return NULL;
}
