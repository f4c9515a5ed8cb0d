#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/escape.h"
#include "base/hash.h"

#define SLOTS 256 /* messages whose rate is kept; a power of two */
#define PROBES 8
#define MESSAGE_BYTES 128
#define BURST 10
#define PER_SECOND 0.5
#define END_BYTES ((size_t)48) /* kept free for the end of a line */

struct slot {
	uint64_t key; /* of the message; 0: free */
	double tokens;
	int64_t filled_us;
	uint64_t suppressed;
	enum log_level level;
	char message[MESSAGE_BYTES];
};

struct log {
	struct log_options options;
	struct log_counts counts;
	struct slot slots[SLOTS];
};

static const char *const level_words[] = {
	[LOG_ERROR] = "error",
	[LOG_WARNING] = "warning",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

bool
log_level_of(struct span word, enum log_level *level)
{
	size_t i;

	for (i = 0; i < COUNTOF(level_words); i++) {
		if (span_equal(word, span_str(level_words[i]))) {
			*level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

/* --- one line ------------------------------------------------------------- */

/* Cut where a character ends. */
static struct span
bounded(const char *text)
{
	struct span s = { text, text ? strnlen(text, LOG_VALUE_BYTES + 1) : 0 };

	if (s.len <= LOG_VALUE_BYTES)
		return s;
	s.len = LOG_VALUE_BYTES;
	while (s.len > LOG_VALUE_BYTES - 4 &&
	       ((unsigned char)s.at[s.len] & 0xc0) == 0x80)
		s.len--;
	return s;
}

static bool
is_bare(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\')
			return false;
	}
	return s.len > 0;
}

static void
add_key(const char *key, struct buf *out)
{
	for (; *key; key++) {
		bool plain = (*key >= 'a' && *key <= 'z') ||
			     (*key >= 'A' && *key <= 'Z') ||
			     (*key >= '0' && *key <= '9') || *key == '_' ||
			     *key == '-' || *key == '.';

		buf_add_char(out, plain ? *key : '_');
	}
}

static void
add_pair(bool json, const char *key, const char *value, struct buf *out)
{
	struct span s = bounded(value);
	bool bare = !json && is_bare(s);

	if (json)
		buf_add_str(out, ",\"");
	else
		buf_add_char(out, ' ');
	add_key(key, out);
	buf_add_str(out, json ? "\":\"" : bare ? "=" : "=\"");
	if (bare)
		buf_add(out, s);
	else
		escape_json(s, out);
	if (!bare)
		buf_add_char(out, '"');
}

/* A pair that does not fit is left out, and the line says so. */
static void
add_fitting(bool json, const char *const *field, struct buf *out, bool *cut)
{
	struct buf pair = { 0 };

	add_pair(json, field[0], field[1], &pair);
	if (out->len + pair.len + END_BYTES <= LOG_LINE_BYTES)
		buf_add(out, buf_span(&pair));
	else
		*cut = true;
	buf_done(&pair);
}

void
log_format(const struct log_entry *e, bool json, struct buf *out)
{
	char time[CIVIL_TEXT_BYTES];
	const char *const words[] = { "level", level_words[e->level] };
	const char *const text[] = { "msg", e->message };
	const char *const *fields = e->fields;
	bool cut = false;

	buf_printf(out, json ? "{\"time\":\"%s\"" : "time=%s",
	    civil_format_ms(e->time_us, time));
	add_fitting(json, words, out, &cut);
	add_fitting(json, text, out, &cut);
	for (; fields && fields[0]; fields += 2)
		add_fitting(json, fields, out, &cut);
	if (cut)
		buf_add_str(out, json ? ",\"cut\":true" : " cut=true");
	buf_add_str(out, json ? "}\n" : "\n");
}

/* --- rates ---------------------------------------------------------------- */

static void
refill(const struct log *l, struct slot *s, int64_t now_us)
{
	double passed = (double)(now_us - s->filled_us) / CIVIL_US_PER_S;

	/* A clock that was set back fills nothing, and no more is owed. */
	s->filled_us = now_us;
	if (passed <= 0)
		return;
	s->tokens += passed * l->options.per_second;
	if (s->tokens > l->options.burst)
		s->tokens = l->options.burst;
}

static void
write_line(struct log *l, const struct log_entry *e)
{
	struct buf line = { 0 };

	log_format(e, l->options.json, &line);
	if (write(l->options.fd, line.at, line.len) == (ssize_t)line.len)
		l->counts.written++;
	else
		l->counts.lost++;
	buf_done(&line);
}

static void
tell(struct log *l, struct slot *s, int64_t now_us)
{
	char number[24];
	const char *const fields[] = { "suppressed", number, NULL };

	if (s->suppressed == 0)
		return;
	(void)snprintf(
	    number, sizeof(number), "%llu", (unsigned long long)s->suppressed);
	s->suppressed = 0;
	write_line(
	    l, &(struct log_entry){ now_us, s->level, s->message, fields });
}

/* The slot of a message: its own, a free one, or that which was used least
 * lately, whose count is told first. */
static struct slot *
slot_of(struct log *l, int64_t now_us, const char *message)
{
	uint64_t key = hash_span(&HASH_KEY_DEFAULT, span_str(message)) | 1;
	struct slot *best = NULL;
	size_t i;

	for (i = 0; i < PROBES; i++) {
		struct slot *s = &l->slots[((key >> 1) + i) % SLOTS];

		if (s->key == key)
			return s;
		if (best == NULL ||
		    (best->key &&
			(s->key == 0 || s->filled_us < best->filled_us)))
			best = s;
	}
	tell(l, best, now_us);
	*best = (struct slot){
		.key = key,
		.tokens = l->options.burst,
		.filled_us = now_us,
	};
	(void)snprintf(best->message, MESSAGE_BYTES, "%s", message);
	return best;
}

/* --- the log -------------------------------------------------------------- */

struct log *
log_new(const struct log_options *options)
{
	struct log *l = status_calloc(1, sizeof(*l));

	l->options = *options;
	if (l->options.burst == 0)
		l->options.burst = BURST;
	if (l->options.per_second <= 0)
		l->options.per_second = PER_SECOND;
	return l;
}

void
log_free(struct log *l)
{
	free(l);
}

void
log_line(struct log *l, int64_t now_us, enum log_level level,
    const char *message, const char *const *fields)
{
	struct slot *s;

	if (level > l->options.level)
		return;
	s = slot_of(l, now_us, message);
	s->level = level;
	refill(l, s, now_us);
	if (s->tokens < 1) {
		s->suppressed++;
		l->counts.suppressed++;
		return;
	}
	s->tokens -= 1;
	tell(l, s, now_us);
	write_line(l, &(struct log_entry){ now_us, level, message, fields });
}

void
log_tell(struct log *l, int64_t now_us)
{
	size_t i;

	for (i = 0; i < SLOTS; i++) {
		struct slot *s = &l->slots[i];

		if (s->suppressed == 0)
			continue;
		refill(l, s, now_us);
		if (s->tokens < 1)
			continue;
		s->tokens -= 1;
		tell(l, s, now_us);
	}
}

struct log_counts
log_count(const struct log *l)
{
	return l->counts;
}
