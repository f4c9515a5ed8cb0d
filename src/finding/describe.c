/*
 * The words of a finding.  A person reads them at three in the morning, so
 * they are whole sentences with a subject, a time and a number.
 */
#include <math.h>
#include <stdio.h>

#include "base/civil.h"
#include "base/escape.h"
#include "finding/finding.h"
#include "finding/vocabulary.h"

#define DESCRIBE_VALUE_BYTES 96 /* longer values lose their middle */
#define DESCRIBE_LINES 3
#define DESCRIBE_USUAL 3

/* The first `at` bytes at most, without cutting a character. */
static struct span
head(struct span s, size_t at)
{
	while (at > 0 && at < s.len && ((unsigned char)s.at[at] & 0xc0) == 0x80)
		at--;
	return span_first(s, at);
}

static struct span
tail(struct span s, size_t from)
{
	while (from < s.len && ((unsigned char)s.at[from] & 0xc0) == 0x80)
		from++;
	return span_skip(s, from);
}

static void
add_short(struct span s, struct buf *out)
{
	if (s.len <= DESCRIBE_VALUE_BYTES) {
		buf_add(out, s);
		return;
	}
	buf_add(out, head(s, DESCRIBE_VALUE_BYTES - 30));
	buf_add_str(out, "...");
	buf_add(out, tail(s, s.len - 27));
}

static void
add_minute(int64_t time_us, struct buf *out)
{
	struct civil c = civil_of(time_us);

	buf_printf(out, "%04d-%02u-%02u %02u:%02u UTC", c.year, c.month, c.day,
	    c.hour, c.minute);
}

/* "unknown" and the name in words, for what the log does not say; a request
 * that names no namespace or no object meant them all. */
static void
add_unknown(struct span name, struct buf *out)
{
	if (span_equal(name, SPAN("namespace"))) {
		buf_add_str(out, "all namespaces");
		return;
	}
	if (span_equal(name, SPAN("name"))) {
		buf_add_str(out, "of any name");
		return;
	}
	buf_add_str(out, "unknown ");
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (c == '_' || c == '.')
			c = ' ';
		buf_add_char(out, c);
	}
}

static void
add_value(const struct finding *f, struct span name, struct buf *out)
{
	struct buf value = { 0 };

	if (span_equal(name, SPAN("time")))
		add_minute(f->first_us, out);
	else if (span_equal(name, SPAN("last")))
		add_minute(f->last_us, out);
	else if (vocabulary_value(f, name, &value))
		add_short(buf_span(&value), out);
	else
		add_unknown(name, out);
	buf_done(&value);
}

/* Where the next placeholder or remark may begin, behind the first byte. */
static size_t
next_stop(struct span text)
{
	size_t brace = span_find(text, '{', 1);

	/* A remark begins two bytes before its placeholder. */
	if (brace >= 3 && brace < text.len && text.at[brace - 1] == '(' &&
	    text.at[brace - 2] == ' ')
		return brace - 2;
	return brace;
}

/* Bytes of " ({name})" at the front of `text` when the log does not say the
 * name: a remark in brackets is then left out. */
static size_t
empty_remark(const struct finding *f, struct span text)
{
	struct buf value = { 0 };
	struct span name;
	size_t len;
	bool known;

	if (!span_starts(text, SPAN(" ({")))
		return 0;
	len = vocabulary_placeholder(span_skip(text, 2), &name);
	if (len == 0 || !span_starts(span_skip(text, 2 + len), SPAN(")")))
		return 0;
	known = vocabulary_value(f, name, &value);
	buf_done(&value);
	return known ? 0 : len + 3;
}

/* Bytes of "{name|words}" at the front of `text`: the words stand where the
 * log or the detector does not say the name.  0: there is none. */
static size_t
choice(struct span text, struct span *name, struct span *words)
{
	size_t bar = span_find(text, '|', 0), end = span_find(text, '}', 0);
	char plain[64];

	if (bar >= end || end >= text.len || bar + 2 > sizeof(plain))
		return 0;
	/* Up to the bar it is a placeholder. */
	memcpy(plain, text.at, bar);
	plain[bar] = '}';
	if (vocabulary_placeholder(span_of(plain, bar + 1), name) != bar + 1)
		return 0;
	*name = span_of(text.at + 1, bar - 1);
	*words = span_of(text.at + bar + 1, end - bar - 1);
	return end + 1;
}

static void
add_choice(const struct finding *f, struct span name, struct span words,
    struct buf *out)
{
	struct buf value = { 0 };

	if (vocabulary_value(f, name, &value))
		add_short(buf_span(&value), out);
	else
		buf_add(out, words);
	buf_done(&value);
}

/* A namespace is in itself for the API server: its name is said once. */
static size_t
said_again(const struct finding *f, struct span rest)
{
	struct span ns = signal_fact(f->first, "namespace");

	if (!span_starts(rest, SPAN("{namespace} {name}")) ||
	    span_is_empty(ns) || !span_equal(ns, signal_fact(f->first, "name")))
		return 0;
	return SPAN("{namespace} ").len;
}

void
finding_expand(const struct finding *f, const char *text, struct buf *out)
{
	struct span rest = span_str(text), name, words;

	while (rest.len > 0) {
		size_t len = empty_remark(f, rest);

		if (len == 0)
			len = said_again(f, rest);
		if (len > 0) {
			rest = span_skip(rest, len);
			continue;
		}
		len = vocabulary_placeholder(rest, &name);
		if (len > 0) {
			add_value(f, name, out);
			rest = span_skip(rest, len);
		} else if ((len = choice(rest, &name, &words)) > 0) {
			add_choice(f, name, words, out);
			rest = span_skip(rest, len);
		} else {
			len = next_stop(rest);
			buf_add(out, span_first(rest, len));
			rest = span_skip(rest, len);
		}
	}
}

/* A number as it is said: whole when large, two figures when small. */
static void
add_number(double number, struct buf *out)
{
	if (fabs(number) >= 10 || number == floor(number))
		buf_printf(out, "%.0f", number);
	else if (fabs(number) >= 0.1)
		buf_printf(out, "%.1f", number);
	else
		buf_printf(out, "%.2g", number);
}

static void
add_amount(struct span feature, double number, struct buf *out)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
	size_t unit = 0;

	if (!span_contains_nocase(feature, SPAN("bytes")) || number < 1000) {
		add_number(number, out);
		return;
	}
	while (number >= 1000 && unit + 1 < COUNTOF(units)) {
		number /= 1000;
		unit++;
	}
	buf_printf(
	    out, number < 10 ? "%.1f %s" : "%.0f %s", number, units[unit]);
}

/* The observed text, in quotes where its end would be hard to hear. */
static void
add_observed(struct span s, struct buf *out)
{
	bool quote = span_find(s, ' ', 0) < s.len;

	if (quote)
		buf_add_char(out, '"');
	add_short(s, out);
	if (quote)
		buf_add_char(out, '"');
}

/* "a, b and c", without the observed value itself. */
static void
add_usual(const struct signal_why *w, struct buf *out)
{
	struct span names[DESCRIBE_USUAL];
	size_t n = 0;

	for (size_t i = 0; i < w->nusual && n < COUNTOF(names); i++) {
		if (!span_equal(w->usual[i], w->observed) &&
		    !span_is_empty(w->usual[i]))
			names[n++] = w->usual[i];
	}
	if (n == 0)
		return;
	buf_add_str(out, n == 1 ? "; usual is " : "; usual are ");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_str(out, i + 1 == n ? " and " : ", ");
		add_observed(names[i], out);
	}
}

static void
add_known(const struct signal_why *w, struct buf *out)
{
	if (w->known_days == 0 && w->n < 1)
		return;
	buf_add_str(out, " (");
	add_number(round(w->n), out);
	buf_add_str(out, round(w->n) == 1 ? " observation" : " observations");
	buf_printf(out, " on %u of the last 30 days)", w->known_days);
}

static void
add_profiled(const struct signal_why *w, struct buf *out)
{
	buf_add_str(out, "The ");
	add_short(w->feature, out);
	buf_add_char(out, ' ');
	add_observed(w->observed, out);
	if (w->frequency == FREQUENCY_UNSEEN)
		buf_add_str(out, " was never seen before");
	else if (w->days == 0)
		buf_add_str(out, " was not seen in the last 30 days");
	else
		buf_printf(out, " was seen on %u of the last 30 days", w->days);
	add_usual(w, out);
	add_known(w, out);
}

static void
add_counted(const struct signal_why *w, struct buf *out)
{
	struct span first = span_first(w->feature, 1);

	if (first.len == 1 && first.at[0] >= 'a' && first.at[0] <= 'z')
		buf_add_char(out, (char)(first.at[0] - ('a' - 'A')));
	else
		buf_add(out, first);
	add_short(span_skip(w->feature, first.len), out);
	buf_add_str(out, ": ");
	if (span_is_empty(w->observed))
		add_amount(w->feature, w->observed_number, out);
	else
		add_observed(w->observed, out);
	if (span_is_empty(w->observed) && !isnan(w->expected)) {
		buf_add_str(out, ", usually ");
		add_amount(w->feature, w->expected, out);
	}
}

/* How much a line tells: what was never seen first, then counts, then what
 * is rare; of equals the one with more behind it. */
static double
telling(const struct signal_why *w)
{
	static const double weight[] = {
		[FREQUENCY_UNSEEN] = 5,
		[FREQUENCY_RARE] = 3,
		[FREQUENCY_INFREQUENT] = 2,
		[FREQUENCY_FREQUENT] = 0,
	};

	if (!w->profiled)
		return isnan(w->expected) ? 1 : 4;
	return weight[w->frequency] + (w->n > 0 ? w->n / (w->n + 100) : 0);
}

static bool
says_something(const struct signal_why *w)
{
	if (!w->profiled)
		return true;
	return w->frequency != FREQUENCY_FREQUENT &&
	       !span_is_empty(w->observed) && (w->n >= 1 || w->nusual > 0);
}

/* A fact with words before it, when it is known. */
static void
add_known_fact(const struct finding *f, const char *words, const char *name,
    struct buf *out)
{
	struct span value = signal_fact(f->first, name);

	if (span_is_empty(value))
		return;
	buf_add_str(out, words);
	add_short(value, out);
}

/* Whom the address, the session or the controller stands for, as other
 * records told. */
static void
add_behind(const struct finding *f, struct buf *out)
{
	const struct signal *s = f->first;
	bool network = s->source == SOURCE_VPCFLOW || s->source == SOURCE_DNS;
	struct span pod = signal_fact(s, "pod");
	struct span account = signal_fact(s, "service_account");

	if (network && !span_is_empty(pod)) {
		buf_add_char(out, ' ');
		add_short(s->actor, out);
		add_known_fact(f, " is pod ", "pod", out);
		add_known_fact(f, " of ", "workload", out);
		add_known_fact(f, " in cluster ", "cluster", out);
		add_known_fact(f, ", image ", "image", out);
		add_known_fact(f, ", last changed by ", "deployer", out);
		buf_add_char(out, '.');
	} else if (s->source == SOURCE_CLOUDTRAIL && !span_is_empty(account)) {
		add_known_fact(f, " The role is that of service account ",
		    "service_account_namespace", out);
		add_known_fact(f, "/", "service_account", out);
		add_known_fact(f, " in cluster ", "cluster", out);
		buf_add_char(out, '.');
	} else if (!span_is_empty(signal_fact(s, "started_by"))) {
		add_known_fact(f,
		    " A controller did it for what was changed by ",
		    "started_by", out);
		buf_add_char(out, '.');
	}
}

/* Where the other address is. */
static void
add_place(const struct finding *f, struct buf *out)
{
	const struct signal *s = f->first;
	struct span address =
	    signal_fact(s, s->source == SOURCE_VPCFLOW ? "peer" : "remote");
	struct span country = signal_fact(s, "country_name");
	struct span asn = signal_fact(s, "asn");

	if (span_is_empty(country))
		country = signal_fact(s, "country");
	if (span_is_empty(address) ||
	    (span_is_empty(country) && span_is_empty(asn)))
		return;
	buf_add_char(out, ' ');
	add_short(address, out);
	buf_add_str(out, " is");
	add_known_fact(f, " in ", "city", out);
	if (!span_is_empty(country)) {
		buf_add_str(
		    out, span_is_empty(signal_fact(s, "city")) ? " in " : ", ");
		add_short(country, out);
	}
	if (!span_is_empty(asn)) {
		add_known_fact(f, " in network AS", "asn", out);
		add_known_fact(f, " of ", "organisation", out);
	}
	buf_add_char(out, '.');
}

/* Who connected is sure; for whom, only that one or the caller says. */
static void
add_proxy(const struct finding *f, struct buf *out)
{
	struct span proxy = signal_fact(f->first, "proxy");

	if (span_is_empty(proxy))
		return;
	buf_add_str(out, " The connection came from ");
	add_short(proxy, out);
	buf_add_str(out, ", so ");
	add_short(signal_fact(f->first, "remote"), out);
	buf_add_str(out, " is a proxy's word, or made up by the caller.");
}

void
finding_describe(const struct finding *f, struct buf *out)
{
	const struct signal *s = f->first;
	bool used[SIGNAL_WHY_MAX] = { false };

	if (f->chain != NULL) {
		chain_describe(f, out);
		return;
	}
	finding_expand(f, finding_detector(f)->story, out);
	if (out->len > 0 && out->at[out->len - 1] != '.')
		buf_add_char(out, '.');
	add_behind(f, out);
	add_place(f, out);
	add_proxy(f, out);
	for (size_t line = 0; line < DESCRIBE_LINES; line++) {
		size_t best = SIGNAL_WHY_MAX;

		for (size_t i = 0; i < s->nwhy; i++) {
			if (!used[i] && says_something(&s->why[i]) &&
			    (best == SIGNAL_WHY_MAX ||
				telling(&s->why[i]) > telling(&s->why[best])))
				best = i;
		}
		if (best == SIGNAL_WHY_MAX)
			break;
		used[best] = true;
		buf_add_char(out, ' ');
		if (s->why[best].profiled)
			add_profiled(&s->why[best], out);
		else
			add_counted(&s->why[best], out);
		buf_add_char(out, '.');
	}
	if (f->count > 1)
		buf_printf(out, " Seen %llu times, last at ",
		    (unsigned long long)f->count);
	if (f->count > 1) {
		add_minute(f->last_us, out);
		buf_add_char(out, '.');
	}
}
