#include "cli/stats_file.h"

#include "base/civil.h"
#include "cli/json_text.h"
#include "cli/outfile.h"

static void
add_count(struct buf *out, const char *name, uint64_t count)
{
	json_text_add(out, span_str(name));
	buf_printf(out, ":%llu", (unsigned long long)count);
}

static void
add_events(const struct run_stats *s, struct buf *out)
{
	buf_add_str(out, ",\"events\":{");
	for (unsigned i = 0; i < SOURCE_LOGS; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_count(out, source_text((enum source)i), s->events[i]);
	}
	buf_add_str(out, "},");
}

static void
add_skips(const struct run_stats *s, struct buf *out)
{
	buf_add_str(out, ",\"skipped\":[");
	for (size_t i = 0; i < s->nskips; i++) {
		buf_add_str(out, i ? ",{\"path\":" : "{\"path\":");
		json_text_add(out, span_str(s->skips[i].path));
		buf_add_str(out, ",\"reason\":");
		json_text_add(out, span_str(s->skips[i].reason));
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

static void
add_types(const struct run_stats *s, struct buf *out)
{
	buf_add_str(out, ",\"findings\":{");
	for (size_t i = 0; i < s->ntypes; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_count(out, s->types[i].type, s->types[i].count);
	}
	buf_add_char(out, '}');
}

static uint64_t
sum_of(const uint64_t *counts, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += counts[i];
	return sum;
}

/* What was summed up before, by kind of log. */
static void
add_kinds(const struct run_stats *s, struct buf *out)
{
	buf_add_str(out, ",\"kinds\":{");
	for (unsigned i = 0; i < SOURCE_LOGS; i++) {
		json_text_add(out, span_str(source_text((enum source)i)));
		buf_add_str(out, ":{");
		add_count(out, "duplicates", s->duplicates[i]);
		buf_add_char(out, ',');
		add_count(out, "late", s->late[i]);
		buf_add_char(out, ',');
		add_count(out, "quarantined", s->quarantined[i]);
		buf_add_str(out, "},");
	}
	buf_add_str(out, "\"unknown\":{");
	add_count(out, "quarantined", s->quarantined[SOURCE_COUNT]);
	buf_add_str(out, "}}");
}

static void
add_suppressions(const struct run_stats *s, struct buf *out)
{
	char time[CIVIL_TEXT_BYTES];

	buf_add_str(out, ",\"suppressions\":[");
	for (size_t i = 0; i < s->nsuppressions; i++) {
		const struct stats_suppression *one = &s->suppressions[i];

		buf_add_str(out, i ? ",{\"reason\":" : "{\"reason\":");
		json_text_add(out, span_str(one->reason));
		buf_add_str(out, ",\"owner\":");
		if (one->owner != NULL)
			json_text_add(out, span_str(one->owner));
		else
			buf_add_str(out, "null");
		buf_add_str(out, ",\"expires\":");
		if (one->expires_us != 0)
			json_text_add(
			    out, span_str(civil_format(one->expires_us, time)));
		else
			buf_add_str(out, "null");
		buf_add_char(out, ',');
		add_count(out, "findings", one->findings);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

void
stats_file_format(const struct run_stats *s, struct buf *out)
{
	buf_add_char(out, '{');
	add_count(out, "bytes", s->bytes);
	add_events(s, out);
	add_count(out, "duplicates", sum_of(s->duplicates, SOURCE_COUNT));
	buf_add_char(out, ',');
	add_count(out, "late", sum_of(s->late, SOURCE_COUNT));
	buf_add_char(out, ',');
	add_count(out, "quarantined", sum_of(s->quarantined, DECODE_KINDS));
	add_skips(s, out);
	add_types(s, out);
	buf_printf(out, ",\"seconds\":%.3f", s->seconds);
	add_kinds(s, out);
	for (size_t i = 0; i < s->nextras; i++) {
		buf_add_char(out, ',');
		add_count(out, s->extras[i].name, s->extras[i].count);
	}
	add_suppressions(s, out);
	buf_add_str(out, "}\n");
}

enum status
stats_file_write(const char *path, const struct run_stats *s, struct buf *error)
{
	struct buf text = { 0 };
	enum status st;

	stats_file_format(s, &text);
	st = outfile_write(path, buf_span(&text), error);
	buf_done(&text);
	return st;
}
