#include "test.h"

#include <stdio.h>

#include "decode/fields.h"

/* Keys as alike as keys can be: of all lengths around the eight and sixteen
 * bytes that are compared as numbers, and different in one byte each. */
struct row {
	struct span got[48];
};

static size_t
make_keys(char keys[][40], struct field *fields, size_t room)
{
	static const size_t lengths[] = { 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17,
		18, 24 };
	size_t count = 0;

	for (size_t i = 0; i < COUNTOF(lengths); i++) {
		size_t len = lengths[i];
		const size_t at[] = { 0, len / 2, len - 1 };

		for (size_t k = 0; k < COUNTOF(at); k++) {
			if (k > 0 && at[k] == at[k - 1])
				continue;
			assert_true(count < room);
			memset(keys[count], 'a', len);
			keys[count][at[k]] = 'b';
			keys[count][len] = '\0';
			fields[count] = (struct field){
				.key = span_of(keys[count], len),
				.offset = offsetof(struct row, got) +
					  count * sizeof(struct span),
				.type = FIELD_STRING,
			};
			count++;
		}
	}
	return count;
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
	char keys[48][40], text[128];
	struct field fields[48];
	struct field_map map;
	struct row row;
	size_t count = make_keys(keys, fields, COUNTOF(fields));

	(void)state;
	fields_index(&map, fields, count);
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(
		    text, sizeof(text), "{\"%s\":\"x\",\"other\":1}", keys[i]);
		assert_int_equal(read_text(&map, text, &row), (uint64_t)1 << i);
		assert_int_equal(row.got[i].len, 1);
	}
}

static void
other_keys_find_none(void **state)
{
	char keys[48][40], text[128];
	struct field fields[48];
	struct field_map map;
	struct row row;
	size_t count = make_keys(keys, fields, COUNTOF(fields));

	(void)state;
	fields_index(&map, fields, count);
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(text, sizeof(text), "{\"%sa\":\"x\",\"%.*s\":1}",
		    keys[i], (int)strlen(keys[i]) - 1,
		    "ccccccccccccccccccccc"
		    "ccccccccccccc");
		/* One longer may be another of the keys; never this one. */
		assert_int_equal(
		    read_text(&map, text, &row) & (uint64_t)1 << i, 0);
	}
	assert_int_equal(read_text(&map, "[1]", &row), 0);
	assert_int_equal(read_text(&map, "{\"\":1}", &row), 0);
	/* As alike at both ends as two keys can be. */
	assert_int_equal(
	    read_text(&map, "{\"aaaaaaaaacaaaaaaaaaaaaaa\":\"x\"}", &row), 0);
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
