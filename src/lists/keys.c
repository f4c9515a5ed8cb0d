#include "lists/keys.h"

#include <stdlib.h>

#include "base/status.h"

void
keys_done(struct keys *k)
{
	free(k->entries);
	*k = (struct keys){ 0 };
}

void
keys_add(struct keys *k, uint64_t hash, uint16_t list, uint32_t expires_s)
{
	if (k->count == k->room) {
		k->room += k->room / 2 + 1024;
		k->entries =
		    status_realloc(k->entries, k->room, sizeof(*k->entries));
	}
	k->entries[k->count++] = (struct keys_entry){
		.hash = hash, .list = list, .expires_s = expires_s
	};
}

static int
compare(const void *left, const void *right)
{
	const struct keys_entry *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->list != b->list)
		return a->list < b->list ? -1 : 1;
	/* What never expires comes first, then what expires last. */
	return a->expires_s - 1u > b->expires_s - 1u
		   ? -1
		   : a->expires_s != b->expires_s;
}

void
keys_finish(struct keys *k)
{
	size_t kept = 0;

	if (k->count == 0)
		return;
	qsort(k->entries, k->count, sizeof(*k->entries), compare);
	for (size_t i = 0; i < k->count; i++) {
		if (kept == 0 ||
		    k->entries[kept - 1].hash != k->entries[i].hash ||
		    k->entries[kept - 1].list != k->entries[i].list)
			k->entries[kept++] = k->entries[i];
	}
	k->count = k->room = kept;
	k->entries = status_realloc(k->entries, kept, sizeof(*k->entries));
}

const struct keys_entry *
keys_find(const struct keys *k, uint64_t hash, size_t *count)
{
	size_t first = 0, last = k->count, end;

	while (first < last) {
		size_t middle = first + (last - first) / 2;

		if (k->entries[middle].hash < hash)
			first = middle + 1;
		else
			last = middle;
	}
	end = first;
	while (end < k->count && k->entries[end].hash == hash)
		end++;
	*count = end - first;
	return *count > 0 ? &k->entries[first] : NULL;
}
