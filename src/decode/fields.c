#include "decode/fields.h"

#include "base/status.h"

/* Told apart by length and three bytes: enough for the keys of logs. */
static inline size_t
slot_of(struct span key)
{
	const unsigned char *k = (const unsigned char *)key.at;
	size_t mix;

	if (key.len == 0)
		return 0;
	mix = key.len * 31 + (size_t)k[0] * 7 + (size_t)k[key.len - 1] * 13 +
	      (size_t)k[key.len / 2] * 3;
	return mix % FIELDS_SLOTS;
}

void
fields_index(struct field_map *map, const struct field *fields, size_t count)
{
	ASSERT(count <= FIELDS_MAX);
	memset(map, 0, sizeof(*map));
	map->fields = fields;
	for (size_t i = 0; i < count; i++) {
		size_t at = slot_of(fields[i].key);

		while (map->slot[at] != 0)
			at = (at + 1) % FIELDS_SLOTS;
		map->slot[at] = (uint8_t)(i + 1);
	}
}

static inline size_t
find(const struct field_map *map, struct span key)
{
	size_t at = slot_of(key);

	while (map->slot[at] != 0) {
		if (span_equal(map->fields[map->slot[at] - 1].key, key))
			return map->slot[at];
		at = (at + 1) % FIELDS_SLOTS;
	}
	return 0;
}

static void
store(const struct field *f, struct json_value member, void *into)
{
	char *to = (char *)into + f->offset;

	if (f->type == FIELD_STRING) {
		struct span s = json_string(member);

		memcpy(to, &s, sizeof(s));
	} else {
		memcpy(to, &member, sizeof(member));
	}
}

uint64_t
fields_read(const struct field_map *map, struct json_value object, void *into)
{
	struct json_iter it = json_iter(object);
	struct json_value member;
	uint64_t found = 0;
	struct span key;

	if (!json_is(object, JSON_OBJECT))
		return 0;
	while (json_next_member(&it, &key, &member)) {
		size_t i = find(map, key);

		if (i == 0)
			continue;
		store(&map->fields[i - 1], member, into);
		found |= (uint64_t)1 << (i - 1);
	}
	return found;
}
