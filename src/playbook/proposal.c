#include "playbook/proposal.h"

#include <string.h>

#include "base/civil.h"
#include "base/escape.h"
#include "finding/vocabulary.h"

/* What the configuration's `match` knows, in the order of its form, and the
 * facts that it is about, the first that there is. */
static const struct key {
	const char *name;
	const char *facts[3];
} keys[] = {
	{ "type", { "type" } },
	{ "cluster", { "cluster" } },
	{ "account", { "account" } },
	{ "region", { "region" } },
	{ "namespace", { "namespace" } },
	{ "actor", { "actor" } },
	{ "resource", { "resource" } },
	{ "image", { "image" } },
	{ "domain", { "domain" } },
	{ "address", { "peer", "remote" } },
};

static bool
is_asked(const char *suppress, const char *key)
{
	struct span rest = span_str(suppress);

	while (rest.len > 0) {
		if (span_equal(span_cut(&rest, ' '), span_str(key)))
			return true;
	}
	return false;
}

const char *
playbook_check_suppress(const char *suppress)
{
	struct span rest = span_str(suppress);
	size_t known = 0, words = 0;

	for (size_t i = 0; i < COUNTOF(keys); i++)
		known += is_asked(suppress, keys[i].name);
	while (rest.len > 0) {
		(void)span_cut(&rest, ' ');
		words++;
	}
	if (!is_asked(suppress, "type") || known != words || words < 2)
		return "suppress lists type and what narrows it: cluster, "
		       "account, region, namespace, actor, resource, image, "
		       "domain, address";
	return NULL;
}

/* Quoted as YAML and JSON do. */
static void
quote(struct span value, struct buf *out)
{
	buf_add_char(out, '"');
	escape_json(value, out);
	buf_add_char(out, '"');
}

/* Nothing that a pattern or an eye would take for something else. */
static bool
is_plain(struct span value)
{
	struct buf word = { 0 };
	bool plain = memchr(value.at, '*', value.len) == NULL &&
		     memchr(value.at, '?', value.len) == NULL &&
		     memchr(value.at, '[', value.len) == NULL &&
		     memchr(value.at, '\\', value.len) == NULL &&
		     escape_shell(value, &word);

	buf_done(&word);
	return plain;
}

static bool
value_of(const struct finding *f, const struct key *key, struct buf *value)
{
	for (size_t i = 0; i < COUNTOF(key->facts) && key->facts[i]; i++) {
		if (vocabulary_value(f, span_str(key->facts[i]), value))
			return true;
	}
	return false;
}

/* One key of the match, if the finding has it; false when its value must not
 * stand there. */
static bool
write_key(const struct finding *f, const struct key *key, struct buf *yaml,
    struct buf *why)
{
	const char *comma = key == keys ? "" : ", ";
	struct buf value = { 0 };
	bool plain = true;

	if (f == NULL) {
		buf_printf(yaml, "%s%s: <%s>", comma, key->name, key->name);
		return true;
	}
	if (value_of(f, key, &value)) {
		plain = is_plain(buf_span(&value));
		buf_printf(yaml, "%s%s: ", comma, key->name);
		quote(buf_span(&value), yaml);
		if (!plain)
			buf_printf(why,
			    "the %s holds characters that a pattern would "
			    "misread",
			    key->name);
	}
	buf_done(&value);
	return plain;
}

static void
write_expiry(const struct finding *f, const char *days, struct buf *yaml)
{
	uint64_t n = 1;
	struct civil c;

	if (f == NULL) {
		buf_printf(yaml, ", expires: <%s days on>}", days);
		return;
	}
	(void)span_to_u64(span_str(days), &n);
	c = civil_of(f->last_us + (int64_t)n * CIVIL_US_PER_DAY);
	buf_printf(yaml, ", expires: %04d-%02u-%02u}", c.year, c.month, c.day);
}

/* What the finding has of what is asked; with the type alone the whole type
 * would be silent.  Nothing above its severity: an escalation is told. */
static bool
write_match(const struct playbook_benign *b, const struct finding *f,
    struct buf *yaml, struct buf *why)
{
	size_t before = 0;

	for (size_t i = 0; i < COUNTOF(keys); i++) {
		if (is_asked(b->suppress, keys[i].name) &&
		    !write_key(f, &keys[i], yaml, why))
			return false;
		if (i == 0)
			before = yaml->len;
	}
	if (yaml->len == before) {
		buf_add_str(why, "nothing in the log narrows it: it would "
				 "silence the whole type");
		return false;
	}
	if (f == NULL)
		buf_add_str(yaml, ", max_severity: <severity>");
	else
		buf_printf(yaml, ", max_severity: %g", f->severity);
	return true;
}

bool
proposal_write(const struct playbook_benign *b, const struct finding *f,
    struct buf *yaml, struct buf *why)
{
	struct buf text = { 0 };

	buf_add_str(yaml, "- {match: {");
	if (!write_match(b, f, yaml, why))
		return false;
	buf_add_str(yaml, "}, reason: ");
	playbook_expand(f, b->condition, &text);
	quote(buf_span(&text), yaml);
	buf_reset(&text);
	if (f != NULL && vocabulary_value(f, SPAN("owner"), &text)) {
		buf_add_str(yaml, ", owner: ");
		quote(buf_span(&text), yaml);
	}
	write_expiry(f, b->days, yaml);
	buf_done(&text);
	return true;
}
