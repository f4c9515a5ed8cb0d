#include "cli/progress.h"

#include <stdlib.h>
#include <time.h>

#include "cli/terminal.h"

/* Before so much of the run is known, the rest is a guess not worth giving. */
#define ETA_SECONDS_MIN 1.0

struct progress {
	FILE *stream; /* NULL: no terminal */
	int64_t start_us;
	int64_t shown_us;
	bool is_shown;
};

static int64_t
clock_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* "812 B", "1.2 GiB". */
static void
add_bytes(struct buf *out, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB",
		"PiB" };
	double x = (double)bytes;
	size_t unit = 0;

	while (x >= 1023.95 && unit + 1 < COUNTOF(units)) {
		x /= 1024;
		unit++;
	}
	buf_printf(out, unit ? "%.1f %s" : "%.0f %s", x, units[unit]);
}

/* "812", "1.1 M". */
static void
add_count(struct buf *out, double x)
{
	static const char *const units[] = { "", " k", " M", " G", " T" };
	size_t unit = 0;

	while (x >= 999.95 && unit + 1 < COUNTOF(units)) {
		x /= 1000;
		unit++;
	}
	buf_printf(out, unit ? "%.1f%s" : "%.0f%s", x, units[unit]);
}

/* "0:42", "1:02:03"; more than four days is "days". */
static void
add_duration(struct buf *out, double seconds)
{
	unsigned s = seconds < 360000 ? (unsigned)(seconds + 0.5) : 360000;

	if (s >= 360000)
		buf_add_str(out, "days");
	else if (s >= 3600)
		buf_printf(out, "%u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
	else
		buf_printf(out, "%u:%02u", s / 60, s % 60);
}

void
progress_format(
    const struct progress_state *s, unsigned columns, struct buf *out)
{
	size_t start = out->len;

	add_bytes(out, s->bytes);
	if (s->bytes_total > 0) {
		double done = (double)s->bytes / (double)s->bytes_total;

		buf_add_str(out, " of ");
		add_bytes(out, s->bytes_total);
		buf_printf(
		    out, " (%u %%)", (unsigned)((done < 1 ? done : 1) * 100));
	}
	if (s->seconds > 0) {
		buf_add_str(out, ", ");
		add_count(out, (double)s->events / s->seconds);
		buf_add_str(out, " events/s");
	}
	buf_printf(out, ", %llu finding%s", (unsigned long long)s->findings,
	    s->findings == 1 ? "" : "s");
	if (s->bytes > 0 && s->bytes_total > s->bytes &&
	    s->seconds >= ETA_SECONDS_MIN) {
		double rest = (double)(s->bytes_total - s->bytes);

		buf_add_str(out, ", ");
		add_duration(out, rest * s->seconds / (double)s->bytes);
		buf_add_str(out, " left");
	}
	/* All of it is ASCII, so bytes are columns. */
	if (out->len - start > columns) {
		out->len = start + columns;
		out->at[out->len] = '\0';
	}
}

struct progress *
progress_new(FILE *stream)
{
	struct progress *p = status_calloc(1, sizeof(*p));

	p->stream = terminal_is(stream) ? stream : NULL;
	p->start_us = clock_us();
	/* The first line comes after one interval, so that a short run shows
	 * none. */
	p->shown_us = p->start_us;
	return p;
}

void
progress_free(struct progress *p)
{
	if (p == NULL)
		return;
	progress_clear(p);
	free(p);
}

void
progress_update(struct progress *p, const struct progress_state *s)
{
	struct progress_state shown = *s;
	struct buf line = { 0 };
	int64_t now_us;

	if (p->stream == NULL)
		return;
	now_us = clock_us();
	if (now_us - p->shown_us < PROGRESS_INTERVAL_US)
		return;
	p->shown_us = now_us;
	shown.seconds = progress_seconds(p);
	/* The last column stays free: some terminals wrap on reaching it. */
	progress_format(&shown, terminal_columns(p->stream) - 1, &line);
	(void)fprintf(p->stream, "\r%s\033[K", buf_text(&line));
	(void)fflush(p->stream);
	p->is_shown = true;
	buf_done(&line);
}

void
progress_clear(struct progress *p)
{
	if (p->stream == NULL || !p->is_shown)
		return;
	(void)fputs("\r\033[K", p->stream);
	(void)fflush(p->stream);
	p->is_shown = false;
}

double
progress_seconds(const struct progress *p)
{
	return (double)(clock_us() - p->start_us) / 1e6;
}
