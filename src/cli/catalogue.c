#include "cli/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "cli/guardduty_types.h"
#include "detect/detector.h"
#include "output/emit.h"

#define TECHNIQUES_MAX 512

static const struct {
	unsigned bit;
	const char *name;
} needs[] = {
	{ DETECT_NEEDS_BASELINE, "baseline" },
	{ DETECT_NEEDS_INVENTORY, "inventory" },
	{ DETECT_NEEDS_ADDRESSES, "list of addresses" },
	{ DETECT_NEEDS_NAMES, "list of domains" },
	{ DETECT_NEEDS_IMAGES, "list of images or hashes" },
	{ DETECT_NEEDS_GEO, "geo" },
};

/* Calls visit() with each need's name. */
static void
each_need(
    unsigned bits, void (*visit)(void *cookie, const char *name), void *cookie)
{
	for (size_t i = 0; i < COUNTOF(needs); i++) {
		if (bits & needs[i].bit)
			visit(cookie, needs[i].name);
	}
	for (unsigned i = 1; i < CARRIED_COUNT; i++) {
		if (bits & 1u << i)
			visit(cookie, carried_name(1u << i));
	}
}

static void
add_name(void *cookie, const char *name)
{
	struct buf *out = cookie;

	if (out->len > 0)
		buf_add_str(out, ", ");
	buf_add_str(out, name);
}

void
catalogue_add_needs(unsigned bits, struct buf *out)
{
	struct buf text = { 0 };

	each_need(bits, add_name, &text);
	buf_add_str(out, text.len > 0 ? buf_text(&text) : "nothing");
	buf_done(&text);
}

unsigned
catalogue_wants(const struct detector *d)
{
	unsigned wants = d->wants;

	/* Addresses of these logs are pods and machines to the inventory. */
	if (d->sources & (DETECT_VPCFLOW | DETECT_DNS))
		wants |= DETECT_NEEDS_INVENTORY;
	return wants & ~d->needs;
}

void
catalogue_add_sources(unsigned bits, struct buf *out)
{
	const char *separator = "";

	for (enum source s = 0; s < SOURCE_COUNT; s++) {
		if (!(bits & SOURCE_BIT(s)))
			continue;
		buf_printf(out, "%s%s", separator, source_text(s));
		separator = ", ";
	}
}

/* One word for how it decides. */
static const char *
kind_of(const struct detector_row *row)
{
	const unsigned lists =
	    DETECT_NEEDS_ADDRESSES | DETECT_NEEDS_NAMES | DETECT_NEEDS_IMAGES;

	if (row->detector->needs & lists)
		return "list";
	if (strcmp(row->area, "sequence") == 0)
		return "sequence";
	return row->detector->statistical ? "statistic" : "rule";
}

static const char *
tactic_of(const struct detector *d)
{
	return d->tactic == TACTIC_NONE ? "" : tactic_text(d->tactic);
}

/* --- table ----------------------------------------------------------------
 */

static void
table_row(const struct detector_row *row, struct buf *out)
{
	const struct detector *d = row->detector;
	struct buf sources = { 0 }, need = { 0 };

	catalogue_add_sources(d->sources, &sources);
	catalogue_add_needs(d->needs, &need);
	buf_printf(out, "%8.1f  %-10s  %-9s  %-9s  %-24s  %s%s\n", d->severity,
	    buf_text(&sources), kind_of(row),
	    guardduty_types_has(d->type) ? "same" : "none",
	    d->mitre != NULL ? d->mitre : "", d->type,
	    d->off ? " (off by default)" : "");
	buf_printf(out, "%8s  needs %s\n", "", buf_text(&need));
	buf_done(&sources);
	buf_done(&need);
}

/* Those that see less than they could, the blind first. */
static void
table_sight(const struct sight *sight, struct buf *out)
{
	static const enum sight_state order[] = { SIGHT_BLIND, SIGHT_PARTLY,
		SIGHT_WEAK, SIGHT_UNKNOWN, SIGHT_OFF, SIGHT_SEES };
	size_t counts[SIGHT_STATES] = { 0 };
	struct buf why = { 0 };

	buf_add_str(out, "STATE    TYPE, AND WHY\n");
	for (size_t o = 0; o < COUNTOF(order); o++) {
		for (size_t i = 0; i < detector_count; i++) {
			const struct detector_row *row = &detector_table[i];

			buf_reset(&why);
			if (sight_of(sight, row, &why) != order[o])
				continue;
			counts[order[o]]++;
			if (order[o] == SIGHT_SEES)
				continue;
			buf_printf(out, "%-7s  %s\n         %s\n",
			    sight_text(order[o]), row->detector->type,
			    buf_text(&why));
		}
	}
	buf_printf(out, "%zu detectors:", detector_count);
	for (size_t o = 0; o < COUNTOF(order); o++)
		buf_printf(out, "%s %zu %s", o ? "," : "", counts[order[o]],
		    sight_text(order[o]));
	buf_add_char(out, '\n');
	buf_done(&why);
}

void
catalogue_table(const struct sight *sight, struct buf *out)
{
	if (sight != NULL) {
		table_sight(sight, out);
		return;
	}
	buf_add_str(out, "SEVERITY  SOURCES     METHOD     GUARDDUTY  "
			 "ATT&CK                    TYPE\n");
	for (size_t i = 0; i < detector_count; i++)
		table_row(&detector_table[i], out);
}

/* --- JSON -----------------------------------------------------------------
 */

static void
emit_words(struct emit *e, const char *key, const char *words)
{
	struct span rest = span_str(words != NULL ? words : "");

	emit_array(e, key);
	while (rest.len > 0) {
		struct span word = span_cut(&rest, ' ');

		if (word.len > 0)
			emit_text(e, NULL, word);
	}
	emit_close(e, ']');
}

static void
emit_need(void *cookie, const char *name)
{
	emit_text(cookie, NULL, span_str(name));
}

static void
emit_needs(struct emit *e, const char *key, unsigned bits)
{
	emit_array(e, key);
	each_need(bits, emit_need, e);
	emit_close(e, ']');
}

static void
emit_sight(
    struct emit *e, const struct sight *sight, const struct detector_row *row)
{
	struct buf why = { 0 };
	enum sight_state state = sight_of(sight, row, &why);

	emit_text(e, "sight", span_str(sight_text(state)));
	emit_text_if(e, "why", buf_span(&why));
	buf_done(&why);
}

static void
emit_row(
    struct emit *e, const struct sight *sight, const struct detector_row *row)
{
	const struct detector *d = row->detector;

	emit_object(e, NULL);
	emit_text(e, "type", span_str(d->type));
	emit_text(e, "name", span_str(row->name));
	emit_text(e, "file", span_str(row->file));
	emit_array(e, "sources");
	for (enum source s = 0; s < SOURCE_COUNT; s++) {
		if (d->sources & SOURCE_BIT(s))
			emit_text(e, NULL, span_str(source_text(s)));
	}
	emit_close(e, ']');
	emit_number(e, "severity", d->severity);
	emit_text(e, "kind", span_str(kind_of(row)));
	emit_text(e, "method", span_str(row->method));
	emit_text_or_null(e, "guardduty",
	    span_str(guardduty_types_has(d->type) ? d->type : ""));
	emit_words(e, "mitre", d->mitre);
	emit_text_or_null(e, "tactic", span_str(tactic_of(d)));
	emit_needs(e, "needs", d->needs);
	emit_needs(e, "betterWith", catalogue_wants(d));
	emit_bool(e, "enabled", !d->off);
	if (sight != NULL)
		emit_sight(e, sight, row);
	emit_close(e, '}');
}

void
catalogue_json(const struct sight *sight, struct buf *out)
{
	struct emit e = { .out = out };

	emit_array(&e, NULL);
	for (size_t i = 0; i < detector_count; i++) {
		emit_row(&e, sight, &detector_table[i]);
		buf_add_char(out, '\n');
	}
	emit_close(&e, ']');
	buf_add_char(out, '\n');
}

/* --- Markdown -------------------------------------------------------------
 */

/* A cell: what would end it or be markup is escaped. */
static void
add_cell(struct buf *out, const char *text)
{
	buf_add_str(out, " ");
	for (; *text != '\0'; text++) {
		if (strchr("|*_<>`\\", *text) != NULL)
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
	buf_add_str(out, " |");
}

static void
markdown_row(const struct detector_row *row, struct buf *out)
{
	const struct detector *d = row->detector;
	struct buf cell = { 0 };

	buf_printf(out, "| `%s`%s | %.1f |", d->type, d->off ? " (off)" : "",
	    d->severity);
	catalogue_add_sources(d->sources, &cell);
	add_cell(out, buf_text(&cell));
	buf_reset(&cell);
	buf_printf(&cell, "%s: %s", kind_of(row), row->method);
	add_cell(out, buf_text(&cell));
	add_cell(out, guardduty_types_has(d->type) ? "same" : "none");
	add_cell(out, d->mitre != NULL ? d->mitre : "");
	add_cell(out, tactic_of(d));
	buf_reset(&cell);
	catalogue_add_needs(d->needs, &cell);
	add_cell(out, buf_text(&cell));
	buf_reset(&cell);
	catalogue_add_needs(catalogue_wants(d), &cell);
	add_cell(out, buf_text(&cell));
	buf_add_char(out, '\n');
	buf_done(&cell);
}

static bool
is_detected(const char *type)
{
	for (size_t i = 0; i < detector_count; i++) {
		if (strcmp(detector_table[i].detector->type, type) == 0)
			return true;
	}
	return false;
}

static void
markdown_absent(struct buf *out)
{
	buf_add_str(out, "\n## Types of GuardDuty that are not found\n\n");
	for (size_t i = 0; i < guardduty_types_count; i++) {
		const struct guardduty_type *t = &guardduty_types[i];

		if (is_detected(t->type))
			continue;
		buf_printf(out, "- `%s`: %s.\n", t->type,
		    t->unreachable != NULL ? t->unreachable
					   : "no detector in this version");
	}
}

static void
markdown_head(struct buf *out)
{
	size_t same = 0;

	for (size_t i = 0; i < guardduty_types_count; i++)
		same += is_detected(guardduty_types[i].type);
	buf_printf(out,
	    "# What can be found\n\n"
	    "Made by `nephoscope detectors list --format markdown`; a test "
	    "says when it is not.\n\n"
	    "%zu finding types; %zu of the %zu that GuardDuty has for these "
	    "sources (\"same\" below: type string and severity are its own).\n"
	    "*Needs* is what a detector is blind without, *better with* what "
	    "lets it see more or tell more apart: a learned baseline, the "
	    "inventory,\n"
	    "lists and geo files of yours, and what must be in the log. "
	    "`nephoscope detectors list --seen STATE` says which are blind on "
	    "your logs.\n",
	    detector_count, same, guardduty_types_count);
}

void
catalogue_markdown(struct buf *out)
{
	const char *area = "";

	markdown_head(out);
	for (size_t i = 0; i < detector_count; i++) {
		const struct detector_row *row = &detector_table[i];

		if (strcmp(area, row->area) != 0)
			buf_printf(out,
			    "\n## %s\n\n"
			    "| type | severity | sources | method | GuardDuty "
			    "| ATT&CK | tactic | needs | better with |\n"
			    "|---|---|---|---|---|---|---|---|---|\n",
			    row->area);
		area = row->area;
		markdown_row(row, out);
	}
	markdown_absent(out);
}

/* --- Navigator ------------------------------------------------------------
 */

struct technique {
	struct span id; /* within a descriptor */
	size_t score;
};

static int
compare(const void *a, const void *b)
{
	const struct technique *x = a, *y = b;

	return span_compare(x->id, y->id);
}

static bool
counts(const struct sight *sight, const struct detector_row *row)
{
	struct buf why = { 0 };
	enum sight_state state;

	if (sight == NULL)
		return true;
	state = sight_of(sight, row, &why);
	buf_done(&why);
	return state != SIGHT_BLIND && state != SIGHT_OFF;
}

static bool
names(const struct detector *d, struct span id)
{
	struct span rest = span_str(d->mitre != NULL ? d->mitre : "");

	while (rest.len > 0) {
		if (span_equal(span_cut(&rest, ' '), id))
			return true;
	}
	return false;
}

static size_t
collect(const struct sight *sight, struct technique *list)
{
	size_t n = 0;

	for (size_t i = 0; i < detector_count; i++) {
		const char *mitre = detector_table[i].detector->mitre;
		struct span rest = span_str(mitre != NULL ? mitre : "");

		if (!counts(sight, &detector_table[i]))
			continue;
		while (rest.len > 0) {
			struct span id = span_cut(&rest, ' ');
			size_t k = 0;

			while (k < n && !span_equal(list[k].id, id))
				k++;
			if (k == TECHNIQUES_MAX || id.len == 0)
				continue;
			if (k == n)
				list[n++] = (struct technique){ .id = id };
			list[k].score++;
		}
	}
	qsort(list, n, sizeof(*list), compare);
	return n;
}

static void
emit_technique(
    struct emit *e, const struct sight *sight, const struct technique *t)
{
	struct buf types = { 0 };

	for (size_t i = 0; i < detector_count; i++) {
		const struct detector *d = detector_table[i].detector;

		if (names(d, t->id) && counts(sight, &detector_table[i]))
			add_name(&types, d->type);
	}
	emit_object(e, NULL);
	emit_text(e, "techniqueID", t->id);
	emit_number(e, "score", (double)t->score);
	emit_text(e, "comment", buf_span(&types));
	emit_bool(e, "enabled", true);
	emit_bool(e, "showSubtechniques", span_find(t->id, '.', 0) < t->id.len);
	emit_close(e, '}');
	buf_add_char(e->out, '\n');
	buf_done(&types);
}

static void
emit_gradient(struct emit *e, size_t most)
{
	emit_object(e, "gradient");
	emit_array(e, "colors");
	emit_text(e, NULL, SPAN("#e3f2fdff"));
	emit_text(e, NULL, SPAN("#0d47a1ff"));
	emit_close(e, ']');
	emit_number(e, "minValue", 0);
	emit_number(e, "maxValue", (double)most);
	emit_close(e, '}');
}

void
catalogue_navigator(const struct sight *sight, struct buf *out)
{
	struct technique *list = status_calloc(TECHNIQUES_MAX, sizeof(*list));
	size_t n = collect(sight, list), most = 1;
	struct emit e = { .out = out };

	emit_object(&e, NULL);
	emit_text(&e, "name", SPAN("nephoscope " NEPHOSCOPE_VERSION));
	emit_object(&e, "versions");
	emit_text(&e, "attack", SPAN("17"));
	emit_text(&e, "navigator", SPAN("5.1.0"));
	emit_text(&e, "layer", SPAN("4.5"));
	emit_close(&e, '}');
	emit_text(&e, "domain", SPAN("enterprise-attack"));
	emit_text(&e, "description",
	    SPAN("How many detectors of nephoscope name each technique"));
	emit_array(&e, "techniques");
	for (size_t i = 0; i < n; i++) {
		emit_technique(&e, sight, &list[i]);
		most = list[i].score > most ? list[i].score : most;
	}
	emit_close(&e, ']');
	emit_gradient(&e, most);
	emit_close(&e, '}');
	buf_add_char(out, '\n');
	free(list);
}
