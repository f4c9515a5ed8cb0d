/*
 * fuzz_lists.c - any bytes as a list of each kind.
 *
 * What is taken is found again: every network holds its own first address,
 * every hash is there.
 */
#include <stdint.h>
#include <stdio.h>

#include "lists/bundle.h"
#include "lists/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
expect_nets(struct nets *nets)
{
	nets_finish(nets);
	for (size_t i = 0; i < nets->count; i++) {
		struct ip_net net = nets_net(&nets->entries[i]);
		uint32_t at = nets_find(nets, &net.base);

		while (at != NETS_NONE && at != i)
			at = nets->around[at];
		ASSERT(at == i);
		ASSERT(ip_net_holds(&net, &net.base));
	}
}

static void
expect_keys(struct keys *keys)
{
	size_t count;

	keys_finish(keys);
	for (size_t i = 0; i < keys->count; i++)
		ASSERT(keys_find(keys, keys->entries[i].hash, &count) != NULL &&
		       count > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	for (enum intake_kind kind = 0; size > 0 && kind < INTAKE_KINDS;
	     kind++) {
		struct nets nets = { 0 };
		struct keys keys = { 0 };
		struct intake in = {
			.nets = &nets, .keys = &keys, .kind = kind
		};
		FILE *file = fmemopen((void *)(uintptr_t)bytes, size, "r");
		const char *why = NULL;

		ASSERT(file != NULL);
		if (bytes[0] == '{' || bytes[0] == '[') {
			enum status st = bundle_read(&in, file, &why);

			ASSERT(st == STATUS_OK || why != NULL);
		} else {
			rows_read(&in, file);
		}
		(void)fclose(file);
		expect_nets(&nets);
		expect_keys(&keys);
		nets_done(&nets);
		keys_done(&keys);
	}
	return 0;
}
