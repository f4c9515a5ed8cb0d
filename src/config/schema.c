/*
 * schema.c - the keys as a JSON Schema, for editors and other checkers.
 */
#include <jansson.h>
#include <stdlib.h>

#include "config/config.h"
#include "config/shape.h"

static json_t *
text_schema(const char *pattern)
{
	return pattern
		   ? json_pack(
			 "{s:s,s:s}", "type", "string", "pattern", pattern)
		   : json_pack("{s:s,s:i}", "type", "string", "minLength", 1);
}

static json_t *
words_schema(const char *const *words)
{
	json_t *list = json_array();

	for (size_t i = 0; words[i] != NULL; i++)
		json_array_append_new(list, json_string(words[i]));
	return json_pack("{s:o}", "enum", list);
}

static json_t *
number_schema(const struct shape_key *key)
{
	json_t *schema = json_pack("{s:s}", "type", "number");

	if (key->least > -1e300) {
		json_object_set_new(schema, "minimum", json_real(key->least));
		json_object_set_new(schema, "maximum", json_real(key->most));
	}
	return schema;
}

static json_t *
severity_schema(void)
{
	return json_pack("{s:[{s:[ssss]},{s:s,s:i,s:i}]}", "anyOf", "enum",
	    "low", "medium", "high", "critical", "type", "number", "minimum", 1,
	    "maximum", 10);
}

static json_t *
size_schema(void)
{
	return json_pack("{s:[{s:s,s:i},{s:s,s:s}]}", "anyOf", "type",
	    "integer", "minimum", 0, "type", "string", "pattern",
	    "^[0-9]+ *([KMGT]iB|[KMGT]B|kB|B)?$");
}

static json_t *key_schema(const struct shape_key *key);

static json_t *
map_schema(const struct shape_key *key)
{
	json_t *members = json_object(), *required = json_array();

	for (const struct shape_key *k = key->keys; k->name; k++) {
		json_object_set_new(members, k->name, key_schema(k));
		if (k->required)
			json_array_append_new(required, json_string(k->name));
	}
	return json_pack("{s:s,s:o,s:o,s:b}", "type", "object", "properties",
	    members, "required", required, "additionalProperties", 0);
}

static json_t *
kind_schema(const struct shape_key *key)
{
	switch (key->kind) {
	case SHAPE_TEXT:
	case SHAPE_NET:
	case SHAPE_TIME:
		return text_schema(NULL);
	case SHAPE_ACCOUNT:
		return text_schema("^[0-9]{12}$");
	case SHAPE_ADDRESS:
		return text_schema("^.+:[0-9]{1,5}$");
	case SHAPE_WORD:
		return words_schema(key->words);
	case SHAPE_BOOL:
		return json_pack("{s:s}", "type", "boolean");
	case SHAPE_NUMBER:
		return number_schema(key);
	case SHAPE_SIZE:
		return size_schema();
	case SHAPE_SEVERITY:
		return severity_schema();
	case SHAPE_MAP:
		return map_schema(key);
	case SHAPE_LIST:
		return json_pack("{s:s,s:o}", "type", "array", "items",
		    key_schema(key->item));
	case SHAPE_NAMED:
		return json_pack("{s:s,s:o}", "type", "object",
		    "additionalProperties", key_schema(key->item));
	}
	return json_object();
}

static json_t *
fallback_value(const struct shape_key *key)
{
	if (key->kind == SHAPE_NUMBER)
		return json_real(strtod(key->fallback, NULL));
	if (key->kind == SHAPE_BOOL)
		return json_boolean(key->fallback[0] == 't');
	return json_string(key->fallback);
}

static json_t *
key_schema(const struct shape_key *key)
{
	json_t *schema = kind_schema(key);

	if (key->help != NULL)
		json_object_set_new(
		    schema, "description", json_string(key->help));
	if (key->fallback != NULL)
		json_object_set_new(schema, "default", fallback_value(key));
	return schema;
}

static int
add_bytes(const char *bytes, size_t len, void *out)
{
	buf_add(out, span_of(bytes, len));
	return 0;
}

void
config_schema(struct buf *out)
{
	json_t *schema = json_object();
	json_t *root = key_schema(&shape_root);

	json_object_set_new(schema, "$schema",
	    json_string("https://json-schema.org/draft/2020-12/schema"));
	json_object_set_new(
	    schema, "title", json_string("nephoscope configuration"));
	json_object_update(schema, root);
	(void)json_dump_callback(
	    schema, add_bytes, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	buf_add_char(out, '\n');
	json_decref(root);
	json_decref(schema);
}
