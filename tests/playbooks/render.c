/*
 * render VALUE...: every step, question and suppression of every playbook of
 * this build, whether its condition holds or not, filled in with each VALUE
 * for every fact at once; "-" stands for a harmless value of each fact's own
 * kind.  One JSON object a line, for check.py.
 */
#include <stdio.h>

#include "base/escape.h"
#include "finding/vocabulary.h"
#include "playbook/playbook.h"
#include "playbook/table.h"

static const struct detector detector = {
	.type = "Recon:EC2/Portscan", /* one that suppressions may name */
	.title = "t",
	.story = "s",
	.mitre = "",
};
static const struct detector_row row = {
	.detector = &detector,
	.name = "x",
	.area = "k8s",
	.file = "x",
	.method = "m",
};

/* What a fact is like where the command cares. */
static const struct {
	const char *name, *value;
} harmless[] = {
	{ "access_key", "AKIAEXAMPLE123456789" },
	{ "account", "111122223333" },
	{ "bucket", "acme-data" },
	{ "client", "10.1.2.3" },
	{ "event_id", "6f1c-audit" },
	{ "image", "registry.example/app:1" },
	{ "instance", "i-0123456789abcdef0" },
	{ "interface", "eni-0123456789abcdef0" },
	{ "local", "10.1.2.3" },
	{ "parcel", "/logs/audit.json.gz" },
	{ "peer", "203.0.113.9" },
	{ "pod", "web/debug-7x2" },
	{ "region", "eu-west-1" },
	{ "registered_domain", "example.org" },
	{ "remote", "203.0.113.9" },
	{ "resource_type", "deployments" },
	{ "verb", "get" },
};

static struct span
value_of(const char *name, const char *value)
{
	if (strcmp(value, "-") != 0)
		return span_str(value);
	for (size_t i = 0; i < COUNTOF(harmless); i++) {
		if (!strcmp(harmless[i].name, name))
			return span_str(harmless[i].value);
	}
	return span_str(name);
}

/* A finding with the facts that `text` names. */
static void
add_facts(struct signal *s, const char *text, const char *value)
{
	struct span rest = span_str(text), name;

	while (rest.len > 0) {
		size_t len = vocabulary_placeholder(rest, &name);
		const struct fact_name *fact =
		    len ? vocabulary_find(name) : NULL;

		if (fact != NULL && s->nfacts < SIGNAL_FACTS_MAX)
			s->facts[s->nfacts++] = (struct fact){ fact->name,
				value_of(fact->name, value) };
		rest = span_skip(rest, len ? len : 1);
	}
}

static void
set_up(struct signal *s, const char *value)
{
	*s = (struct signal){
		.row = &row,
		.account = value_of("account", value),
		.region = value_of("region", value),
		.cluster = value_of("cluster", value),
		.actor = value_of("actor", value),
		.resource = value_of("resource", value),
		.tenant = value_of("tenant", value),
	};
	s->facts[s->nfacts++] =
	    (struct fact){ "parcel", value_of("parcel", value) };
	s->facts[s->nfacts++] = (struct fact){ "pod", value_of("pod", value) };
	s->facts[s->nfacts++] =
	    (struct fact){ "owner", value_of("owner", value) };
}

/* "KEY":"TEXT" of a line; an empty text is left out. */
static void
put(struct buf *line, const char *key, struct span text)
{
	if (span_is_empty(text))
		return;
	buf_printf(line, ",\"%s\":\"", key);
	escape_json(text, line);
	buf_add_char(line, '"');
}

static void
begin(
    struct buf *line, const char *playbook, const char *kind, const char *value)
{
	buf_printf(
	    line, "{\"playbook\":\"%s\",\"kind\":\"%s\"", playbook, kind);
	if (strcmp(value, "-") != 0)
		put(line, "value", span_str(value));
}

static void
end(struct buf *line)
{
	printf("%s}\n", buf_text(line));
	buf_done(line);
}

static void
each_step(const struct playbook *p, const char *value)
{
	for (size_t i = 0; i < p->nsteps; i++) {
		struct playbook one = { .steps = { p->steps[i] }, .nsteps = 1 };
		struct signal s;
		struct finding f = {
			.first = &s, .id = "0123456789", .severity = 5
		};
		struct playbook_steps steps;
		struct buf line = { 0 };

		begin(
		    &line, p->id, playbook_part_text(p->steps[i].part), value);
		set_up(&s, value);
		one.steps[0].when = NULL;
		if (one.steps[0].command != NULL)
			add_facts(&s, one.steps[0].command, value);
		if (one.steps[0].undo != NULL)
			add_facts(&s, one.steps[0].undo, value);
		playbook_render(&one, &f, &steps);
		put(&line, "title", steps.lines[0].title);
		put(&line, "command", steps.lines[0].command);
		put(&line, "undo", steps.lines[0].undo);
		put(&line, "leftOut", steps.lines[0].left_out);
		playbook_steps_done(&steps);
		end(&line);
	}
}

static void
each_question(const struct playbook *p, const char *value)
{
	for (size_t i = 0; i < p->nquestions; i++) {
		struct playbook one = { .questions = { p->questions[i] },
			.nquestions = 1 };
		struct signal s;
		struct finding f = {
			.first = &s, .id = "0123456789", .severity = 5
		};
		struct playbook_steps steps;
		struct buf line = { 0 };

		begin(&line, p->id, "Ask", value);
		set_up(&s, value);
		one.questions[0].when = NULL;
		if (one.questions[0].query != NULL)
			add_facts(&s, one.questions[0].query, value);
		playbook_render(&one, &f, &steps);
		put(&line, "title", steps.queries[0].text);
		put(&line, "command", steps.queries[0].query);
		put(&line, "leftOut", steps.queries[0].left_out);
		playbook_steps_done(&steps);
		end(&line);
	}
}

static void
each_excuse(const struct playbook *p, const char *value)
{
	for (size_t i = 0; i < p->nbenign; i++) {
		struct playbook one = { .benign = { p->benign[i] },
			.nbenign = 1 };
		struct signal s;
		struct finding f = {
			.first = &s, .id = "0123456789", .severity = 5
		};
		struct playbook_steps steps;
		struct buf line = { 0 };

		begin(&line, p->id, "Harmless", value);
		set_up(&s, value);
		one.benign[0].when = NULL;
		playbook_render(&one, &f, &steps);
		put(&line, "title", steps.excuses[0].condition);
		put(&line, "suppress", steps.excuses[0].suppress);
		put(&line, "leftOut", steps.excuses[0].left_out);
		playbook_steps_done(&steps);
		end(&line);
	}
}

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < playbook_count; i++) {
		struct playbook *p = playbook_of_type(playbook_table[i].name);

		for (int a = 1; a < argc; a++) {
			each_step(p, argv[a]);
			each_question(p, argv[a]);
			each_excuse(p, argv[a]);
		}
		playbook_free(p);
	}
	return 0;
}
