#include "output/csv.h"

#include "base/civil.h"
#include "base/escape.h"
#include "output/owner.h"

static const char *const columns[] = {
	"id",
	"severity",
	"severity_label",
	"severity_was",
	"type",
	"title",
	"description",
	"first_seen",
	"last_seen",
	"count",
	"account",
	"region",
	"cluster",
	"actor_kind",
	"actor",
	"resource_kind",
	"resource",
	"owner",
	"contact",
	"mitre",
	"first_event_source",
	"first_event_id",
	"first_event_parcel",
	"p_value",
	"archived",
	"suppressed_by",
};

void
csv_write_header(struct buf *out)
{
	for (size_t i = 0; i < COUNTOF(columns); i++) {
		if (i > 0)
			buf_add_char(out, ',');
		buf_add_str(out, columns[i]);
	}
	buf_add_str(out, "\r\n");
}

static void
text(struct buf *out, struct span s)
{
	buf_add_char(out, ',');
	escape_csv(s, out);
}

static void
expanded(struct buf *out, const struct finding *f, const char *template)
{
	struct buf whole = { 0 };

	finding_expand(f, template, &whole);
	text(out, buf_span(&whole));
	buf_done(&whole);
}

static void
moment(struct buf *out, int64_t time_us)
{
	char room[CIVIL_TEXT_BYTES];

	text(out, span_str(civil_format_ms(time_us, room)));
}

static void
what(const struct finding *f, struct buf *out)
{
	struct buf description = { 0 };

	buf_add_str(out, f->id);
	buf_printf(out, ",%.1f,%s,", f->severity, owner_severity(f->severity));
	if (f->severity_was > 0)
		buf_printf(out, "%.1f", f->severity_was);
	text(out, span_str(finding_detector(f)->type));
	expanded(out, f, finding_detector(f)->title);
	finding_describe(f, &description);
	text(out, buf_span(&description));
	buf_done(&description);
	moment(out, f->first_us);
	moment(out, f->last_us);
	buf_printf(out, ",%llu", (unsigned long long)f->count);
}

void
csv_write(const struct finding *f, const struct config *c, struct buf *out)
{
	const struct signal *s = f->first;
	struct owner owner = owner_of(f, c);

	what(f, out);
	text(out, s->account);
	text(out, s->region);
	text(out, s->cluster);
	text(out, span_str(entity_kind_text(s->actor_kind)));
	text(out, s->actor);
	text(out, span_str(entity_kind_text(s->resource_kind)));
	text(out, s->resource);
	text(out, owner.name);
	text(out, owner.contact);
	text(out, span_str(finding_detector(f)->mitre));
	text(out, span_str(source_text(s->source)));
	text(out, s->event.id);
	text(out, s->event.parcel);
	buf_add_char(out, ',');
	if (f->p > 0)
		buf_printf(out, "%.3g", f->p);
	buf_add_str(out, f->archived ? ",true" : ",false");
	text(out, f->suppressed ? f->suppressed->reason : SPAN(""));
	buf_add_str(out, "\r\n");
}
