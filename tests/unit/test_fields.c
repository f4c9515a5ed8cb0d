#include "test.h"

#include <stdio.h>

#include "decode/fields.h"

struct row {
	struct span got[48];
};

/* Keys as alike as keys can be: of all lengths around the eight and sixteen
 * bytes that are compared as numbers, and different in one byte each. */
struct alike {
	char keys[48][40];
	struct field fields[48];
	size_t count;
	struct field_map map;
};

static void
make_alike(struct alike *a)
{
	static const size_t lengths[] = { 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17,
		18, 24 };

	a->count = 0;
	for (size_t i = 0; i < COUNTOF(lengths); i++) {
		size_t len = lengths[i];
		const size_t at[] = { 0, len / 2, len - 1 };

		for (size_t k = 0; k < COUNTOF(at); k++) {
			if (k > 0 && at[k] == at[k - 1])
				continue;
			assert_true(a->count < COUNTOF(a->keys));
			memset(a->keys[a->count], 'a', len);
			a->keys[a->count][at[k]] = 'b';
			a->keys[a->count][len] = '\0';
			a->fields[a->count] = (struct field){
				.key = span_of(a->keys[a->count], len),
				.offset = offsetof(struct row, got) +
					  a->count * sizeof(struct span),
				.type = FIELD_STRING,
			};
			a->count++;
		}
	}
	fields_index(&a->map, a->fields, a->count);
}

static uint64_t
read_text(const struct field_map *map, const char *text, struct row *row)
{
	struct json_parser *p = json_parser_new(1 << 16);
	struct json_value root;
	char room[256];
	uint64_t found;

	(void)snprintf(room, sizeof(room), "%s", text);
	assert_int_equal(
	    json_parse(p, span_of(room, strlen(room)), &root), STATUS_OK);
	*row = (struct row){ 0 };
	found = fields_read(map, root, row);
	json_parser_free(p);
	return found;
}

static void
each_key_finds_its_own_field(void **state)
{
	struct alike a;
	struct row row;
	char text[128];

	(void)state;
	make_alike(&a);
	for (size_t i = 0; i < a.count; i++) {
		(void)snprintf(text, sizeof(text), "{\"%s\":\"x\",\"other\":1}",
		    a.keys[i]);
		assert_int_equal(
		    read_text(&a.map, text, &row), (uint64_t)1 << i);
		assert_int_equal(row.got[i].len, 1);
	}
}

static void
other_keys_find_none(void **state)
{
	struct alike a;
	struct row row;
	char text[128];

	(void)state;
	make_alike(&a);
	for (size_t i = 0; i < a.count; i++) {
		(void)snprintf(text, sizeof(text), "{\"%sa\":\"x\",\"%.*s\":1}",
		    a.keys[i], (int)strlen(a.keys[i]) - 1,
		    "ccccccccccccccccccccc"
		    "ccccccccccccc");
		/* One longer may be another of the keys; never this one. */
		assert_int_equal(
		    read_text(&a.map, text, &row) & (uint64_t)1 << i, 0);
	}
	assert_int_equal(read_text(&a.map, "[1]", &row), 0);
	assert_int_equal(read_text(&a.map, "{\"\":1}", &row), 0);
	/* As alike at both ends as two keys can be. */
	assert_int_equal(
	    read_text(&a.map, "{\"aaaaaaaaacaaaaaaaaaaaaaa\":\"x\"}", &row), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each key finds its own field",
		    each_key_finds_its_own_field),
		TEST("other keys find none", other_keys_find_none),
	};

	return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
