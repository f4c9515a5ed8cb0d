#include "cli/sight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/printable.h"
#include "detect/detector.h"

#define TENANTS_NAMED 3
#define CARRIED_ALL ((1u << CARRIED_COUNT) - 1)
#define STREAMS_MAX ((size_t)1 << 20)

/* What the configuration must name for a bit of enum detect_need. */
static const struct {
	unsigned need;
	const char *kinds[2];
	const char *missing;
} given[] = {
	{ DETECT_NEEDS_ADDRESSES, { "ip", NULL },
	    "no threat list of kind ip is configured" },
	{ DETECT_NEEDS_NAMES, { "domain", NULL },
	    "no threat list of kind domain is configured" },
	{ DETECT_NEEDS_IMAGES, { "image", "hash" },
	    "no threat list of kind image or hash is configured" },
};

const char *
sight_text(enum sight_state state)
{
	static const char *const texts[SIGHT_STATES] = {
		[SIGHT_SEES] = "sees",
		[SIGHT_WEAK] = "weak",
		[SIGHT_PARTLY] = "partly",
		[SIGHT_UNKNOWN] = "unknown",
		[SIGHT_BLIND] = "blind",
		[SIGHT_OFF] = "off",
	};

	return texts[state];
}

struct loading {
	struct sight *sight;
	struct span tenant;
};

static void
add_stream(void *cookie, const struct engine_stream *stream)
{
	const struct loading *l = cookie;
	struct sight *s = l->sight;
	struct sight_stream *grown;
	char *name;

	if (s->count == STREAMS_MAX)
		return;
	if ((s->count & (s->count - 1)) == 0) {
		grown =
		    status_calloc(s->count ? 2 * s->count : 1, sizeof(*grown));
		if (s->count > 0)
			memcpy(grown, s->streams, s->count * sizeof(*grown));
		free(s->streams);
		s->streams = grown;
	}
	name = status_calloc(l->tenant.len + 1, 1);
	if (l->tenant.len > 0)
		memcpy(name, l->tenant.at, l->tenant.len);
	s->streams[s->count++] =
	    (struct sight_stream){ span_of(name, l->tenant.len), *stream };
}

static void
add_tenant(void *cookie, struct span name, const struct image_reader *state)
{
	struct sight *s = cookie;

	if (!engine_streams(state, add_stream, &(struct loading){ s, name }))
		s->damaged = true;
}

enum status
sight_load(struct sight *s, const struct state_file *file, struct buf *error)
{
	*s = (struct sight){ .config = file->config };
	return store_tenants(file->store, add_tenant, s, error);
}

void
sight_done(struct sight *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(span_memory(s->streams[i].tenant));
	free(s->streams);
	*s = (struct sight){ 0 };
}

static void
add_reason(struct buf *why, const char *reason)
{
	if (why->len > 0)
		buf_add_str(why, "; ");
	buf_add_str(why, reason);
}

static bool
has_list(const struct config *c, const char *const kinds[2])
{
	for (size_t i = 0; i < c->nlists; i++) {
		const struct config_list *l = &c->lists[i];

		if (strcmp(l->trust, "threat") != 0)
			continue;
		for (size_t k = 0; k < 2 && kinds[k] != NULL; k++) {
			if (strcmp(l->kind, kinds[k]) == 0)
				return true;
		}
	}
	return false;
}

/* Is all configured that the detector cannot do without? */
static bool
is_given(const struct sight *s, unsigned needs, struct buf *why)
{
	bool all = true;

	for (size_t i = 0; i < COUNTOF(given); i++) {
		if (!(needs & given[i].need) ||
		    has_list(s->config, given[i].kinds))
			continue;
		add_reason(why, given[i].missing);
		all = false;
	}
	return all;
}

/* What the streams of one detector come to. */
struct tally {
	size_t seen, known, blind; /* streams */
	unsigned sources;	   /* bits of those that were seen */
	unsigned needed, wanted;   /* carried bits missing in some stream */
	const struct span *named[TENANTS_NAMED]; /* with a blind stream */
	size_t nnamed, tenants;
};

static void
tally_blind(struct tally *t, const struct span *tenant)
{
	t->blind++;
	if (t->nnamed > 0 &&
	    span_equal(*t->named[(t->nnamed - 1) % TENANTS_NAMED], *tenant))
		return;
	t->tenants++;
	if (t->nnamed < TENANTS_NAMED)
		t->named[t->nnamed++] = tenant;
}

static void
tally_add(
    struct tally *t, const struct sight_stream *s, const struct detector *d)
{
	unsigned can = carried_by(s->stream.source), lacks;

	if (!(d->sources & SOURCE_BIT(s->stream.source)))
		return;
	t->seen++;
	t->sources |= SOURCE_BIT(s->stream.source);
	if (s->stream.carried == 0)
		return;
	t->known++;
	lacks = d->wants & can & ~s->stream.carried;
	t->wanted |= lacks;
	lacks = d->needs & can & ~s->stream.carried;
	t->needed |= lacks;
	if (lacks != 0)
		tally_blind(t, &s->tenant);
}

static void
add_missing(struct buf *why, unsigned bits)
{
	for (unsigned i = 0; i < CARRIED_COUNT; i++) {
		if (bits & 1u << i)
			add_reason(why, carried_missing(1u << i));
	}
}

static void
add_tenants(struct buf *why, const struct tally *t)
{
	for (size_t i = 0; i < t->nnamed; i++) {
		buf_add_str(why, i == 0 ? " (in " : ", ");
		printable_add(why, *t->named[i]);
	}
	if (t->tenants > t->nnamed)
		buf_printf(why, " and %zu more", t->tenants - t->nnamed);
	buf_add_char(why, ')');
}

static bool
add_unseen(struct buf *why, unsigned sources)
{
	for (enum source s = 0; s < SOURCE_LOGS; s++) {
		char text[64];

		if (!(sources & SOURCE_BIT(s)))
			continue;
		(void)snprintf(
		    text, sizeof(text), "no %s log was seen", source_text(s));
		add_reason(why, text);
	}
	return sources != 0;
}

static enum sight_state
judge(const struct tally *t, const struct detector *d, struct buf *why)
{
	unsigned unseen = d->sources & ~t->sources & ~DETECT_NOTICE;

	if (t->seen == 0) {
		(void)add_unseen(why, unseen);
		return SIGHT_BLIND;
	}
	if (t->known == 0 && ((d->needs | d->wants) & CARRIED_ALL) != 0) {
		add_reason(why, "the state was written by a version that did "
				"not keep this; the next records tell");
		return SIGHT_UNKNOWN;
	}
	if (t->blind > 0) {
		add_missing(why, t->needed);
		if (t->blind == t->seen)
			return SIGHT_BLIND;
		add_tenants(why, t);
		return SIGHT_PARTLY;
	}
	add_missing(why, t->wanted);
	return add_unseen(why, unseen) || t->wanted != 0 ? SIGHT_WEAK
							 : SIGHT_SEES;
}

static bool
has_s3(const struct config *c)
{
	for (size_t i = 0; i < c->nsources; i++) {
		if (strcmp(c->sources[i].kind, "s3") == 0)
			return true;
	}
	return false;
}

static bool
has_geo(const struct config_geo *g)
{
	return g->country != NULL || g->city != NULL || g->asn != NULL ||
	       g->aws_ranges != NULL;
}

enum sight_state
sight_of(const struct sight *s, const struct detector_row *row, struct buf *why)
{
	const struct detector *d = row->detector;
	struct engine_setting set;
	enum sight_state state;
	struct tally t = { 0 };

	engine_setting(s->config, row, &set);
	if (!set.enabled) {
		add_reason(why,
		    d->off ? "off unless enabled: true" : "enabled: false");
		return SIGHT_OFF;
	}
	if (d->sources == DETECT_NOTICE) {
		if (has_s3(s->config))
			return SIGHT_SEES;
		add_reason(why, "no source of kind s3 is configured, and only "
				"such a source notices it");
		return SIGHT_BLIND;
	}
	for (size_t i = 0; i < s->count; i++)
		tally_add(&t, &s->streams[i], d);
	if (!is_given(s, d->needs, why)) {
		if (t.seen == 0)
			(void)add_unseen(why, d->sources);
		return SIGHT_BLIND;
	}
	state = judge(&t, d, why);
	if (state != SIGHT_BLIND && (d->wants & DETECT_NEEDS_GEO) &&
	    !has_geo(&s->config->geo)) {
		add_reason(why, "no file that says where addresses are is "
				"configured (geo:)");
		state = state == SIGHT_SEES ? SIGHT_WEAK : state;
	}
	return state;
}
