/*
 * table.h - the playbooks of this build, as bytes.
 *
 * Generated from playbooks/ by the build; a row's name is its file's name
 * without ".yaml".  The last row's name is NULL.  What playbooks share lies
 * in playbooks/parts/ and has a table of its own.
 */
#pragma once

#include <stddef.h>

struct playbook_text {
	const char *name;
	const unsigned char *bytes; /* NUL after `size` */
	size_t size;
};

extern const struct playbook_text playbook_table[];
extern const size_t playbook_count;

extern const struct playbook_text playbook_part_table[];
extern const size_t playbook_part_count;
