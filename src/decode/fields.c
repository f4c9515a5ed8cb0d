#include "decode/fields.h"

#include "base/status.h"

/*
 * The first and the last eight bytes of a key, which overlap in a short one:
 * with the length all that there is of up to PRINT_WHOLE bytes, so that two
 * numbers are compared for each key of each record, not texts.
 */
#define PRINT_WHOLE 16

static inline struct field_print
print_of(struct span key)
{
	struct field_print p = { 0, 0 };
	const char *k = key.at;

	if (key.len >= 8) {
		memcpy(&p.head, k, 8);
		memcpy(&p.tail, k + key.len - 8, 8);
	} else if (key.len >= 4) {
		memcpy(&p.head, k, 4);
		memcpy(&p.tail, k + key.len - 4, 4);
	} else if (key.len > 0) {
		p.head = (unsigned char)k[0];
		p.tail = (uint64_t)(unsigned char)k[key.len / 2] << 8 |
			 (unsigned char)k[key.len - 1];
	}
	return p;
}

static inline size_t
slot_of(struct field_print p, size_t len)
{
	uint64_t mix = (p.head ^ len) * UINT64_C(0x9e3779b97f4a7c15);

	mix = (mix ^ p.tail) * UINT64_C(0xff51afd7ed558ccd);
	return (size_t)(mix >> 57) % FIELDS_SLOTS;
}

void
fields_index(struct field_map *map, const struct field *fields, size_t count)
{
	ASSERT(count <= FIELDS_MAX);
	memset(map, 0, sizeof(*map));
	map->fields = fields;
	for (size_t i = 0; i < count; i++) {
		size_t at;

		map->print[i] = print_of(fields[i].key);
		at = slot_of(map->print[i], fields[i].key.len);
		while (map->slot[at] != 0)
			at = (at + 1) % FIELDS_SLOTS;
		map->slot[at] = (uint8_t)(i + 1);
	}
}

static inline size_t
find(const struct field_map *map, struct span key)
{
	struct field_print p = print_of(key);
	size_t at = slot_of(p, key.len);

	for (; map->slot[at] != 0; at = (at + 1) % FIELDS_SLOTS) {
		size_t i = map->slot[at] - 1u;

		if (map->print[i].head == p.head &&
		    map->print[i].tail == p.tail &&
		    map->fields[i].key.len == key.len &&
		    (key.len <= PRINT_WHOLE ||
			span_equal(map->fields[i].key, key)))
			return i + 1;
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
