#include "output/metrics.h"

#include "base/escape.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

const char metrics_type[] = "text/plain; version=0.0.4; charset=utf-8";

/* Upper bounds in seconds; the last bucket has none. */
static const double bounds[METRICS_BUCKETS - 1] = { 0.001, 0.0025, 0.005, 0.01,
	0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10 };

void
metrics_histogram_add(struct metrics_histogram *h, double seconds)
{
	size_t i = 0;

	/* Also true for what is no number. */
	if (!(seconds > 0))
		seconds = 0;
	while (i < COUNTOF(bounds) && seconds > bounds[i])
		i++;
	h->buckets[i]++;
	h->count++;
	h->sum_s += seconds;
}

/* --- the format ----------------------------------------------------------- */

static void
add_head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP nephoscope_%s %s\n# TYPE nephoscope_%s %s\n",
	    name, help, name, type);
}

/* The value of a label: backslash, quote and line feed are escaped, broken
 * bytes replaced, since the text must be UTF-8. */
static void
add_value(struct buf *out, const char *value)
{
	struct span rest = span_str(value);

	while (rest.len) {
		struct span from = rest;
		uint32_t point;
		size_t len = escape_next(&rest, &point);

		if (point == ESCAPE_BROKEN)
			buf_add_str(out, REPLACEMENT);
		else if (point == '\n')
			buf_add_str(out, "\\n");
		else if (point == '"' || point == '\\')
			buf_printf(out, "\\%c", (char)point);
		else
			buf_add(out, span_first(from, len));
	}
}

static void
add_label(struct buf *out, char before, const char *name, const char *value)
{
	buf_printf(out, "%c%s=\"", before, name);
	add_value(out, value);
	buf_add_char(out, '"');
}

static void
add_count(struct buf *out, uint64_t value)
{
	buf_printf(out, " %llu\n", (unsigned long long)value);
}

/* A metric without labels. */
static void
add_single(struct buf *out, const char *name, const char *type,
    const char *help, double value)
{
	add_head(out, name, type, help);
	buf_printf(out, "nephoscope_%s %.17g\n", name, value);
}

static void
add_numbers(struct buf *out, const char *name, const char *label,
    const struct metrics_number *numbers, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		buf_printf(out, "nephoscope_%s", name);
		add_label(out, '{', label, numbers[i].name);
		buf_add_char(out, '}');
		add_count(out, numbers[i].value);
	}
}

static void
add_histogram(struct buf *out, const char *name, const char *help,
    const struct metrics_histogram *h)
{
	uint64_t sum = 0;
	size_t i;

	add_head(out, name, "histogram", help);
	for (i = 0; i < METRICS_BUCKETS; i++) {
		sum += h->buckets[i];
		buf_printf(out, "nephoscope_%s_bucket{le=\"", name);
		if (i < COUNTOF(bounds))
			buf_printf(out, "%g", bounds[i]);
		else
			buf_add_str(out, "+Inf");
		buf_add_str(out, "\"}");
		add_count(out, sum);
	}
	buf_printf(out, "nephoscope_%s_sum %.17g\nnephoscope_%s_count", name,
	    h->sum_s, name);
	add_count(out, h->count);
}

/* --- tables: one row a metric --------------------------------------------- */

struct row {
	const char *name, *type, *help;
	size_t offset; /* of a uint64_t */
};

static const struct row event_rows[] = {
	{ "events_total", "counter", "Records understood, repetitions too.",
	    offsetof(struct metrics_events, events) },
	{ "events_late_total", "counter",
	    "Records that came after their hour was closed.",
	    offsetof(struct metrics_events, late) },
	{ "events_duplicate_total", "counter", "Records that were seen before.",
	    offsetof(struct metrics_events, duplicates) },
	{ "events_quarantined_total", "counter",
	    "Records that were not understood and are kept aside.",
	    offsetof(struct metrics_events, quarantined) },
	{ "events_dropped_total", "counter",
	    "Records that were lost; anything but 0 is a fault.",
	    offsetof(struct metrics_events, dropped) },
};

#define SOURCE_AT(member)                                                      \
	(offsetof(struct metrics_source, counts) +                             \
	    offsetof(struct source_counts, member))

static const struct row source_rows[] = {
	{ "source_objects_total", "counter",
	    "Objects, files, messages or requests collected.",
	    SOURCE_AT(objects) },
	{ "source_bytes_total", "counter", "Bytes collected.",
	    SOURCE_AT(bytes) },
	{ "source_duplicates_total", "counter",
	    "Objects that were seen before.", SOURCE_AT(duplicates) },
	{ "source_errors_total", "counter",
	    "What could not be collected or was refused.", SOURCE_AT(errors) },
	{ "source_handshakes_failed_total", "counter",
	    "Callers with whom TLS did not come about.",
	    SOURCE_AT(handshakes_failed) },
	{ "source_retries_total", "counter", "Attempts beyond the first.",
	    SOURCE_AT(retries) },
	{ "source_dropped_total", "counter",
	    "Records lost upstream or too large to be taken.",
	    SOURCE_AT(dropped) },
	{ "source_events_total", "counter",
	    "Records understood, repetitions too.",
	    offsetof(struct metrics_source, events) },
	{ "source_quarantined_total", "counter",
	    "Records that could not be understood.",
	    offsetof(struct metrics_source, quarantined) },
	{ "source_waiting", "gauge", "Objects known to wait upstream.",
	    SOURCE_AT(waiting) },
};

static const struct row feed_rows[] = {
	{ "feed_delivered_total", "counter", "Findings delivered.",
	    offsetof(struct metrics_feed, delivered) },
	{ "feed_failures_total", "counter", "Deliveries that failed.",
	    offsetof(struct metrics_feed, failures) },
	{ "feed_retries_total", "counter", "Deliveries tried again.",
	    offsetof(struct metrics_feed, retries) },
	{ "feed_queued", "gauge", "Findings not yet delivered.",
	    offsetof(struct metrics_feed, queued) },
};

static uint64_t
number_at(const void *base, size_t offset)
{
	uint64_t value;

	memcpy(&value, (const char *)base + offset, sizeof(value));
	return value;
}

static void
add_events(struct buf *out, const struct metrics *m)
{
	size_t i, k;

	for (i = 0; i < COUNTOF(event_rows); i++) {
		const struct row *row = &event_rows[i];

		add_head(out, row->name, row->type, row->help);
		for (k = 0; k < m->nevents; k++) {
			buf_printf(out, "nephoscope_%s", row->name);
			add_label(out, '{', "source", m->events[k].source);
			buf_add_char(out, '}');
			add_count(out, number_at(&m->events[k], row->offset));
		}
	}
}

/* name="..",kind="..": of a source or a feed. */
static void
add_named(
    struct buf *out, const char *metric, const char *name, const char *kind)
{
	buf_printf(out, "nephoscope_%s", metric);
	add_label(out, '{', "name", name);
	add_label(out, ',', "kind", kind);
	buf_add_char(out, '}');
}

static void
add_sources(struct buf *out, const struct metrics *m)
{
	const struct metrics_source *s;
	const struct metrics_source *end = m->sources + m->nsources;
	size_t i;

	for (i = 0; i < COUNTOF(source_rows); i++) {
		const struct row *row = &source_rows[i];

		add_head(out, row->name, row->type, row->help);
		for (s = m->sources; s < end; s++) {
			add_named(out, row->name, s->name, s->kind);
			add_count(out, number_at(s, row->offset));
		}
	}
	add_head(out, "source_healthy", "gauge",
	    "1 while the source's upstream answers.");
	for (s = m->sources; s < end; s++) {
		add_named(out, "source_healthy", s->name, s->kind);
		add_count(out, s->counts.healthy);
	}
	add_head(out, "source_lag_seconds", "gauge",
	    "Age of the oldest log collected and not yet committed.");
	for (s = m->sources; s < end; s++) {
		if (!(s->lag_s >= 0))
			continue;
		add_named(out, "source_lag_seconds", s->name, s->kind);
		buf_printf(out, " %.6f\n", s->lag_s);
	}
}

static void
add_feeds(struct buf *out, const struct metrics *m)
{
	const struct metrics_feed *f;
	const struct metrics_feed *end = m->feeds + m->nfeeds;
	size_t i;

	for (i = 0; i < COUNTOF(feed_rows); i++) {
		const struct row *row = &feed_rows[i];

		add_head(out, row->name, row->type, row->help);
		for (f = m->feeds; f < end; f++) {
			add_named(out, row->name, f->name, f->kind);
			add_count(out, number_at(f, row->offset));
		}
	}
	add_head(out, "feed_healthy", "gauge",
	    "1 while the feed's receiver takes findings.");
	for (f = m->feeds; f < end; f++) {
		add_named(out, "feed_healthy", f->name, f->kind);
		add_count(out, f->healthy);
	}
}

static void
add_service(struct buf *out, const struct metrics *m)
{
	add_head(out, "build_info", "gauge", "1, by version.");
	buf_add_str(out, "nephoscope_build_info");
	add_label(out, '{', "version", m->version ? m->version : "");
	buf_add_str(out, "} 1\n");
	add_single(out, "start_time_seconds", "gauge",
	    "When the service started, in seconds since 1970.", m->start_s);
	add_single(out, "uptime_seconds", "gauge", "How long the service runs.",
	    m->uptime_s);
	add_single(out, "ready", "gauge", "1 while /readyz says 200.",
	    m->ready ? 1 : 0);
	add_single(out, "tenants", "gauge",
	    "Accounts and clusters that are known.", (double)m->tenants);
	add_single(out, "signals_total", "counter",
	    "What detectors noticed, before it became findings.",
	    (double)m->signals);
	add_single(out, "store_size_bytes", "gauge", "Size of the database.",
	    (double)m->store_bytes);
	add_single(out, "collected_limit_bytes", "gauge",
	    "Bound on what is collected and not yet judged.",
	    (double)m->memory_limit);
	add_single(out, "log_suppressed_total", "counter",
	    "Lines of the service's log left out by their rate.",
	    (double)m->log_suppressed);
	add_single(out, "log_lost_total", "counter",
	    "Lines of the service's log that could not be written.",
	    (double)m->log_lost);
}

void
metrics_write(const struct metrics *m, struct buf *out)
{
	add_service(out, m);
	add_events(out, m);
	add_sources(out, m);
	add_feeds(out, m);
	add_head(out, "findings_total", "counter", "Findings raised, by type.");
	add_numbers(out, "findings_total", "type", m->findings, m->nfindings);
	add_head(out, "findings_suppressed_total", "counter",
	    "Findings that the configuration suppresses, by type.");
	add_numbers(out, "findings_suppressed_total", "type", m->suppressed,
	    m->nsuppressed);
	add_head(out, "memory_bytes", "gauge", "Memory in use, by use.");
	add_numbers(out, "memory_bytes", "use", m->memory, m->nmemory);
	add_histogram(out, "commit_duration_seconds",
	    "How long commits took, until they were durable.", &m->commit);
	add_histogram(out, "finding_latency_seconds",
	    "From the arrival of a log to the finding it raised.",
	    &m->delivery);
}
