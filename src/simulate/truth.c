#include "simulate/truth.h"

#include <stdlib.h>

#include "simulate/text.h"

#define NAMES_MAX 40
#define IDS_MAX 50 /* of one step; its count goes on */

struct name {
	const char *kind;
	char *value;
};

struct attack {
	const char *name, *what, *expected;
	struct name names[NAMES_MAX];
	size_t name_count;
};

struct step {
	size_t attack;
	const char *what;
	int64_t first_us, last_us;
	size_t records;
	struct buf ids, files;
	size_t id_count, file_count;
	char last_file[256];
};

struct truth {
	struct attack *attacks;
	size_t attack_count;
	struct step *steps;
	size_t step_count;
};

struct truth *
truth_new(void)
{
	return status_calloc(1, sizeof(struct truth));
}

void
truth_free(struct truth *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->attack_count; i++)
		for (size_t j = 0; j < t->attacks[i].name_count; j++)
			free(t->attacks[i].names[j].value);
	for (size_t i = 0; i < t->step_count; i++) {
		buf_done(&t->steps[i].ids);
		buf_done(&t->steps[i].files);
	}
	free(t->attacks);
	free(t->steps);
	free(t);
}

void
truth_attack(
    struct truth *t, const char *name, const char *what, const char *expected)
{
	t->attacks = status_realloc(
	    t->attacks, t->attack_count + 1, sizeof(*t->attacks));
	t->attacks[t->attack_count++] =
	    (struct attack){ .name = name, .what = what, .expected = expected };
}

void
truth_name(struct truth *t, const char *kind, const char *value)
{
	struct attack *a = &t->attacks[t->attack_count - 1];
	size_t len = strlen(value) + 1;

	for (size_t i = 0; i < a->name_count; i++)
		if (!strcmp(a->names[i].value, value) &&
		    !strcmp(a->names[i].kind, kind))
			return;
	if (a->name_count == NAMES_MAX)
		return;
	a->names[a->name_count].kind = kind;
	a->names[a->name_count].value = status_calloc(len, 1);
	memcpy(a->names[a->name_count++].value, value, len);
}

int
truth_step(struct truth *t, const char *what)
{
	t->steps =
	    status_realloc(t->steps, t->step_count + 1, sizeof(*t->steps));
	t->steps[t->step_count] =
	    (struct step){ .attack = t->attack_count - 1, .what = what };
	return (int)t->step_count++;
}

void
truth_proof(struct truth *t, int step, int64_t time_us, const char *id)
{
	struct step *s;

	if (step < 0)
		return;
	s = &t->steps[step];
	if (s->records++ == 0 || time_us < s->first_us)
		s->first_us = time_us;
	if (time_us > s->last_us)
		s->last_us = time_us;
	if (id[0] == '\0' || s->id_count >= IDS_MAX)
		return;
	buf_printf(&s->ids, "%s\"%s\"", s->id_count++ ? "," : "", id);
}

void
truth_place(struct truth *t, int step, const char *path)
{
	struct step *s = &t->steps[step];

	if (!strcmp(s->last_file, path))
		return;
	for (size_t i = 0; path[i] != '\0' && i + 1 < sizeof(s->last_file);
	     i++) {
		s->last_file[i] = path[i];
		s->last_file[i + 1] = '\0';
	}
	if (s->file_count < IDS_MAX)
		buf_printf(
		    &s->files, "%s\"%s\"", s->file_count++ ? "," : "", path);
}

static void
add_list(struct buf *out, const struct attack *a, const char *kind)
{
	bool first = true;

	buf_printf(out, ",\"%s\":[", kind);
	for (size_t i = 0; i < a->name_count; i++) {
		if (strcmp(a->names[i].kind, kind) != 0)
			continue;
		buf_add_str(out, first ? "\"" : ",\"");
		text_json(out, span_str(a->names[i].value));
		buf_add_char(out, '"');
		first = false;
	}
	buf_add_char(out, ']');
}

static void
add_expected(struct buf *out, const char *types)
{
	struct span rest = span_str(types);
	bool first = true;

	buf_add_str(out, ",\"expected\":[");
	while (rest.at != NULL) {
		struct span type = span_cut(&rest, ',');

		buf_printf(
		    out, "%s\"%.*s\"", first ? "" : ",", SPAN_ARGS(type));
		first = false;
	}
	buf_add_char(out, ']');
}

static void
add_step(struct buf *out, const struct step *s)
{
	buf_add_str(out, "{\"what\":\"");
	text_json(out, span_str(s->what));
	buf_add_str(out, "\",\"first\":\"");
	text_time(out, s->first_us);
	buf_add_str(out, "\",\"last\":\"");
	text_time(out, s->last_us);
	buf_printf(out, "\",\"records\":%zu,\"ids\":[%s],\"files\":[%s]}",
	    s->records, buf_text(&s->ids), buf_text(&s->files));
}

static void
add_attack(struct buf *out, const struct truth *t, size_t which)
{
	static const char *const kinds[] = { "actors", "addresses", "clusters",
		"accounts", "targets" };
	const struct attack *a = &t->attacks[which];
	int64_t first = INT64_MAX, last = 0;
	bool comma = false;

	for (size_t i = 0; i < t->step_count; i++) {
		const struct step *s = &t->steps[i];

		if (s->attack != which || s->records == 0)
			continue;
		first = s->first_us < first ? s->first_us : first;
		last = s->last_us > last ? s->last_us : last;
	}
	buf_printf(out, "{\"name\":\"%s\",\"what\":\"", a->name);
	text_json(out, span_str(a->what));
	buf_add_str(out, "\",\"first\":\"");
	text_time(out, last ? first : 0);
	buf_add_str(out, "\",\"last\":\"");
	text_time(out, last);
	buf_add_char(out, '"');
	for (size_t i = 0; i < COUNTOF(kinds); i++)
		add_list(out, a, kinds[i]);
	add_expected(out, a->expected);
	buf_add_str(out, ",\"steps\":[");
	for (size_t i = 0; i < t->step_count; i++) {
		if (t->steps[i].attack != which || t->steps[i].records == 0)
			continue;
		if (comma)
			buf_add_str(out, ",");
		add_step(out, &t->steps[i]);
		comma = true;
	}
	buf_add_str(out, "]}");
}

void
truth_json(const struct truth *t, const char *head, struct buf *out)
{
	buf_printf(out, "{%s%s\"attacks\":[", head, head[0] ? "," : "");
	for (size_t i = 0; i < t->attack_count; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_attack(out, t, i);
	}
	buf_add_str(out, "]}\n");
}
