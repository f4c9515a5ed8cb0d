#include "config/kinds.h"

#include "config/printable.h"

#define NEEDS_MAX 3
#define OWN_MAX 16

struct kind {
	const char *name;
	const char *needs[NEEDS_MAX + 1];
	/* Of `properties`. */
	const char *properties[NEEDS_MAX + 1];
	/* What it has beside what all have. */
	const char *own[OWN_MAX + 1];
};

struct section {
	const char *name;
	const char *one; /* of it */
	const struct kind *kinds;
	const char *all[5];   /* keys that each kind has */
	const char *later[5]; /* kinds that have a name and nothing else yet */
};

static const struct kind source_kinds[] = {
	{ "files", { "path" }, { 0 }, { "path", "follow" } },
	{ "s3", { "bucket" }, { 0 },
	    { "bucket", "prefix", "region", "queue", "endpoint", "path_style",
		"requester_pays", "profile", "role_arn", "external_id", "start",
		"poll_seconds", "look_back_hours", "verify_digests",
		"digest_keys" } },
	{ "kafka", { "topic", "properties" },
	    { "bootstrap.servers", "group.id" },
	    { "topic", "cluster_from", "cluster_key", "properties" } },
	{ "webhook", { "listen" }, { 0 },
	    { "listen", "tls", "token_file", "body_limit" } },
	{ 0 },
};

static const struct kind feed_kinds[] = {
	{ "file", { "path" }, { 0 }, { "path" } },
	{ "stdout", { 0 }, { 0 }, { 0 } },
	{ "kafka", { "topic", "properties" }, { "bootstrap.servers" },
	    { "topic", "properties" } },
	{ "webhook", { "url" }, { 0 },
	    { "url", "secret_file", "token_file", "tls", "properties" } },
	{ "syslog", { "address" }, { 0 }, { "address", "transport", "tls" } },
	{ 0 },
};

static const struct section sections[] = {
	{ "sources", "a source", source_kinds,
	    { "name", "kind", "format", "cluster" }, { 0 } },
	{ "feeds", "a feed", feed_kinds,
	    { "name", "kind", "format", "min_severity" },
	    { "s3", "sqs", "eventbridge", "securityhub" } },
};

static bool
is_listed(const char *const *names, struct span name)
{
	while (*names != NULL && !span_equal(span_str(*names), name))
		names++;
	return *names != NULL;
}

static const struct kind *
kind_of(const struct section *s, struct span name)
{
	const struct kind *k = s->kinds;

	while (k->name != NULL && !span_equal(span_str(k->name), name))
		k++;
	return k->name != NULL ? k : NULL;
}

/* The kind that has the key, for the note. */
static const char *
owner_of(const struct section *s, struct span key)
{
	for (const struct kind *k = s->kinds; k->name != NULL; k++) {
		if (is_listed(k->own, key))
			return k->name;
	}
	return NULL;
}

static void
note_of_other(const struct section *s, const struct kind *k,
    const struct tree_node *key, struct faults *faults, struct buf *notes)
{
	const char *owner = owner_of(s, key->text);

	if (owner == NULL)
		return; /* no key at all: a fault of its own */
	printable_add(notes, span_str(faults->path));
	buf_printf(notes,
	    ":%u:%u: note: %.*s has no effect: it is for kind %s, and this is "
	    "of kind %s\n",
	    key->line, key->column, SPAN_ARGS(key->text), owner, k->name);
}

/* Keys of a mapping that must be there, and not be empty. */
static void
check_needs(const struct tree_node *map, const char *const *needs,
    const char *whose, struct faults *faults)
{
	for (; *needs != NULL; needs++) {
		const struct tree_node *m = tree_member(map, *needs);

		/* librdkafka has two names for it. */
		if (m == NULL && map->key != NULL &&
		    span_equal(span_str(*needs), SPAN("bootstrap.servers")))
			m = tree_member(map, "metadata.broker.list");
		if (m == NULL)
			faults_add(faults, map->line, map->column,
			    "%s needs %s; add \"%s:\"", whose, *needs, *needs);
	}
}

static void
check_kind(const struct section *s, const struct kind *k,
    const struct tree_node *item, struct faults *faults, struct buf *notes)
{
	const struct tree_node *properties = tree_member(item, "properties");
	const struct tree_node *from = tree_member(item, "cluster_from");
	struct buf whose = { 0 };

	buf_printf(&whose, "%s of kind %s", s->one, k->name);
	check_needs(item, k->needs, buf_text(&whose), faults);
	if (properties != NULL && properties->kind == TREE_MAP)
		check_needs(properties, k->properties, "properties", faults);
	if (from != NULL && is_listed(k->own, SPAN("cluster_from")) &&
	    (span_equal(from->text, SPAN("header")) ||
		span_equal(from->text, SPAN("field"))) &&
	    tree_member(item, "cluster_key") == NULL)
		faults_add(faults, from->line, from->column,
		    "cluster_from: %.*s needs its name; add \"cluster_key:\"",
		    SPAN_ARGS(from->text));
	for (const struct tree_node *m = item->first; m != NULL; m = m->next) {
		if (!is_listed(s->all, m->key->text) &&
		    !is_listed(k->own, m->key->text))
			note_of_other(s, k, m->key, faults, notes);
	}
	buf_done(&whose);
}

static void
fault_later(const struct section *s, const struct tree_node *kind,
    struct faults *faults)
{
	struct buf known = { 0 };

	for (const struct kind *k = s->kinds; k->name != NULL; k++)
		buf_printf(&known, "%s%s", known.len ? ", " : "", k->name);
	faults_add(faults, kind->line, kind->column,
	    "kind %.*s is not in this version; use one of: %s",
	    SPAN_ARGS(kind->text), buf_text(&known));
	buf_done(&known);
}

static void
check_item(const struct section *s, const struct tree_node *item,
    struct faults *faults, struct buf *notes)
{
	const struct tree_node *kind = tree_member(item, "kind");
	const struct kind *k;

	if (kind == NULL || kind->kind != TREE_TEXT)
		return; /* said already */
	k = kind_of(s, kind->text);
	if (k != NULL)
		check_kind(s, k, item, faults, notes);
	else if (is_listed(s->later, kind->text))
		fault_later(s, kind, faults);
}

void
kinds_check(
    const struct tree_node *root, struct faults *faults, struct buf *notes)
{
	for (size_t i = 0; i < COUNTOF(sections); i++) {
		const struct tree_node *list =
		    tree_member(root, sections[i].name);

		if (list == NULL || list->kind != TREE_LIST)
			continue;
		for (const struct tree_node *m = list->first;
		     m != NULL && !faults_full(faults); m = m->next)
			check_item(&sections[i], m, faults, notes);
	}
}
