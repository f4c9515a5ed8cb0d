#include "lists/lists.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/civil.h"
#include "config/printable.h"
#include "lists/bundle.h"
#include "lists/rows.h"

/* A list of which more than one line in so many is no entry is not one. */
#define BAD_IN 10

static const char *const kinds[] = {
	[INTAKE_IP] = "ip",
	[INTAKE_DOMAIN] = "domain",
	[INTAKE_IMAGE] = "image",
	[INTAKE_HASH] = "hash",
};

static const char *const categories[] = {
	[LISTS_CUSTOM] = "custom",
	[LISTS_C2] = "c2",
	[LISTS_TOR] = "tor",
	[LISTS_MINER] = "miner",
	[LISTS_BLACKHOLE] = "blackhole",
	[LISTS_DROPSITE] = "dropsite",
	[LISTS_PHISHING] = "phishing",
	[LISTS_DRIVEBY] = "driveby",
	[LISTS_MALWARE] = "malware",
	[LISTS_DGA] = "dga",
	[LISTS_ABUSED] = "abused",
	[LISTS_SUSPICIOUS] = "suspicious",
	[LISTS_CRYPTO] = "crypto",
	[LISTS_SCANNER] = "scanner",
};
static_assert(COUNTOF(categories) == LISTS_CATEGORIES, "a word for each");

/* What a list's number stands for. */
struct source {
	const struct config_list *list;
	enum lists_category category;
	bool trusted;
};

struct lists {
	struct source *sources;
	size_t nsources;
	struct nets nets;
	struct keys keys;
	uint64_t skipped;
};

static unsigned
index_of(const char *word, const char *const *words, unsigned count)
{
	unsigned i = 0;

	while (i + 1 < count && strcmp(words[i], word) != 0)
		i++;
	return i;
}

static enum status
judge(
    const struct intake *in, const struct config_list *list, struct buf *error)
{
	if (in->skipped * BAD_IN <= in->taken + in->skipped)
		return STATUS_OK;
	printable_add(error, span_str(list->path));
	buf_printf(error,
	    ":%llu: no entry of kind %s in this line, nor in %llu others; "
	    "correct `kind` or `path` of the list ",
	    (unsigned long long)in->bad_line, list->kind,
	    (unsigned long long)in->skipped - 1);
	printable_add(error, span_str(list->name));
	return STATUS_INVALID;
}

/* JSON begins with a bracket; nothing else does. */
static bool
is_json(FILE *file)
{
	int c;

	do
		c = getc(file);
	while (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0xef ||
	       c == 0xbb || c == 0xbf);
	if (c != EOF)
		(void)ungetc(c, file);
	return c == '{' || c == '[';
}

static enum status
refuse(const struct config_list *list, const char *why, struct buf *error)
{
	printable_add(error, span_str(list->path));
	buf_printf(
	    error, ":1: cannot be read: %s; correct `path` of the list ", why);
	printable_add(error, span_str(list->name));
	return STATUS_INVALID;
}

static enum status
read_list(struct lists *l, size_t number, struct buf *error)
{
	const struct config_list *list = l->sources[number].list;
	struct intake in = {
		.nets = &l->nets,
		.keys = &l->keys,
		.list = (uint16_t)number,
		.kind = index_of(list->kind, kinds, INTAKE_KINDS),
	};
	FILE *file = fopen(list->path, "re");
	enum status st = STATUS_OK;
	const char *why = "";

	if (file == NULL)
		return refuse(list, status_errno_text(errno), error);
	if (is_json(file))
		st = bundle_read(&in, file, &why);
	else
		rows_read(&in, file);
	if (st == STATUS_OK && ferror(file)) {
		st = STATUS_IO;
		why = status_errno_text(errno);
	}
	(void)fclose(file);
	if (st != STATUS_OK)
		return refuse(list, why, error);
	l->skipped += in.skipped;
	return judge(&in, list, error);
}

enum status
lists_load(const struct config *config, struct lists **lists, struct buf *error)
{
	struct lists *l;
	enum status st = STATUS_OK;

	*lists = NULL;
	if (config->nlists == 0)
		return STATUS_OK;
	ASSERT(config->nlists <= UINT16_MAX);
	l = status_calloc(1, sizeof(*l));
	l->sources = status_calloc(config->nlists, sizeof(*l->sources));
	l->nsources = config->nlists;
	for (size_t i = 0; i < config->nlists && st == STATUS_OK; i++) {
		const struct config_list *list = &config->lists[i];

		l->sources[i] = (struct source){
			.list = list,
			.category = index_of(
			    list->category, categories, LISTS_CATEGORIES),
			.trusted = !strcmp(list->trust, "trusted"),
		};
		st = read_list(l, i, error);
	}
	if (st != STATUS_OK) {
		lists_free(l);
		return st;
	}
	nets_finish(&l->nets);
	keys_finish(&l->keys);
	*lists = l;
	return STATUS_OK;
}

void
lists_free(struct lists *l)
{
	if (l == NULL)
		return;
	nets_done(&l->nets);
	keys_done(&l->keys);
	free(l->sources);
	free(l);
}

/* One question: what was found, and whether somebody trusts it. */
struct asking {
	const struct lists *lists;
	int64_t time_us;
	struct lists_hit *hits; /* NULL: only trust is asked */
	size_t count;
	bool trusted;
};

/* Take an entry that holds; the hit that is to be filled, or NULL. */
static struct lists_hit *
take(struct asking *a, uint16_t list, uint32_t expires_s)
{
	const struct source *s = &a->lists->sources[list];
	struct lists_hit *hit;

	if (expires_s != 0 && (int64_t)expires_s * CIVIL_US_PER_S <= a->time_us)
		return NULL;
	a->trusted |= s->trusted;
	if (s->trusted || a->hits == NULL || a->count == LISTS_HITS_MAX)
		return NULL;
	hit = &a->hits[a->count++];
	hit->list = s->list;
	hit->category = s->category;
	hit->expires_us = (int64_t)expires_s * CIVIL_US_PER_S;
	return hit;
}

static void
name_net(struct lists_hit *hit, const struct nets_entry *e)
{
	struct ip_net net = nets_net(e);
	char text[IP_TEXT_BYTES];
	bool v4 = ip_is_v4(&net.base) && net.bits >= 96;
	int n = snprintf(hit->room, sizeof(hit->room), "%s/%u",
	    ip_format(&net.base, text), v4 ? net.bits - 96u : net.bits);

	hit->entry = span_of(hit->room, n > 0 ? (size_t)n : 0);
	if (e->bits == 128)
		hit->entry.len = span_rfind(hit->entry, '/');
}

static void
ask_address(struct asking *a, const struct ip *ip)
{
	const struct nets *nets = &a->lists->nets;
	uint32_t at = nets_find(nets, ip);

	for (; at != NETS_NONE; at = nets->around[at]) {
		const struct nets_entry *e = &nets->entries[at];
		struct lists_hit *hit = take(a, e->list, e->expires_s);

		if (hit != NULL)
			name_net(hit, e);
	}
}

/* `entry` is what stands for the text in the evidence. */
static void
ask_key(struct asking *a, enum intake_kind kind, struct span text,
    struct span entry)
{
	size_t count;
	const struct keys_entry *e =
	    keys_find(&a->lists->keys, intake_hash(kind, text), &count);

	for (size_t i = 0; i < count; i++) {
		struct lists_hit *hit = take(a, e[i].list, e[i].expires_s);

		if (hit != NULL)
			hit->entry = entry;
	}
}

static void
ask_name(struct asking *a, struct span name)
{
	char lower[INTAKE_NAME_BYTES + 1];
	struct span whole = intake_domain(name, lower);

	for (size_t at = 0; at < whole.len;) {
		struct span part = span_skip(whole, at);

		ask_key(a, INTAKE_DOMAIN, part, span_skip(name, at));
		at += span_find(part, '.', 0) + 1;
	}
}

static void
ask_image(struct asking *a, struct span image)
{
	size_t at = span_find(image, '@', 0);
	struct span named = span_first(image, at);
	size_t colon = span_rfind(named, ':');
	size_t slash = span_rfind(named, '/');
	struct span digest = span_skip(image, at + 1);

	ask_key(a, INTAKE_IMAGE, image, image);
	if (at < image.len)
		ask_key(a, INTAKE_IMAGE, named, named);
	/* A colon before the last slash is a registry's port. */
	if (colon < named.len && (slash == named.len || colon > slash))
		ask_key(a, INTAKE_IMAGE, span_first(named, colon),
		    span_first(named, colon));
	if (span_starts(digest, SPAN("sha256:")))
		ask_key(a, INTAKE_HASH, span_skip(digest, 7), digest);
}

size_t
lists_address(const struct lists *l, const struct ip *ip, int64_t time_us,
    struct lists_hit hits[LISTS_HITS_MAX])
{
	struct asking a = { .lists = l, .time_us = time_us, .hits = hits };

	ask_address(&a, ip);
	return a.trusted ? 0 : a.count;
}

size_t
lists_name(const struct lists *l, struct span name, int64_t time_us,
    struct lists_hit hits[LISTS_HITS_MAX])
{
	struct asking a = { .lists = l, .time_us = time_us, .hits = hits };

	ask_name(&a, name);
	return a.trusted ? 0 : a.count;
}

size_t
lists_image(const struct lists *l, struct span image, int64_t time_us,
    struct lists_hit hits[LISTS_HITS_MAX])
{
	struct asking a = { .lists = l, .time_us = time_us, .hits = hits };

	ask_image(&a, image);
	return a.trusted ? 0 : a.count;
}

bool
lists_trust_address(const struct lists *l, const struct ip *ip, int64_t time_us)
{
	struct asking a = { .lists = l, .time_us = time_us };

	ask_address(&a, ip);
	return a.trusted;
}

bool
lists_trust_name(const struct lists *l, struct span name, int64_t time_us)
{
	struct asking a = { .lists = l, .time_us = time_us };

	ask_name(&a, name);
	return a.trusted;
}

struct lists_counts
lists_count(const struct lists *l)
{
	return (struct lists_counts){
		.entries = l->nets.count + l->keys.count,
		.skipped = l->skipped,
		.bytes = l->nets.count *
			     (sizeof(struct nets_entry) + sizeof(uint32_t)) +
			 l->keys.count * sizeof(struct keys_entry),
	};
}
