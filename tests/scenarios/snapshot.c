/*
 * snapshot.c - a tenant stored after each event says what one says that
 * never was.
 *
 *	snapshot MOST FILE...
 *
 * Judges the logs twice, event by event.  The second time all that the tenant
 * knows, and its findings, become bytes and are read back into a new tenant
 * between two events: after each of them, or where the files have more than
 * MOST, after every so many that there are MOST.  Signals, growth, numbers
 * and findings must be the same.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/pack.h"
#include "codec/cut.h"
#include "codec/reader.h"
#include "decode/decode.h"
#include "detect/engine.h"
#include "finding/findings.h"
#include "output/guardduty.h"
#include "unit/image_box.h"

#define TENANTS_MAX 64

struct judged {
	struct judge *judge;
	struct tenant *tenant;
	struct findings *findings;
	struct buf said; /* signals and growth, packed */
};

/* One way through the events. */
struct judge {
	const struct config *config;
	struct engine *engine;
	struct engine_scratch *scratch;
	struct judged tenants[TENANTS_MAX];
	size_t count;
};

static void
emit(void *cookie, struct signal *s)
{
	struct judged *j = cookie;

	signal_pack(s, &j->said);
	findings_take(j->findings, s);
}

static void
grew(void *cookie, uint64_t identity, uint64_t more, int64_t last_us)
{
	struct judged *j = cookie;

	pack_u64(&j->said, identity);
	pack_u64(&j->said, more);
	pack_i64(&j->said, last_us);
	findings_grew(j->findings, identity, more, last_us);
}

static void
knew(void *cookie, uint64_t identity, const struct fact *facts, size_t count)
{
	struct judged *j = cookie;

	pack_u64(&j->said, identity);
	for (size_t i = 0; i < count; i++)
		pack_span(&j->said, facts[i].value);
	findings_knew(j->findings, j->judge->config, identity, facts, count);
}

static bool
excused(void *cookie, uint64_t identity, size_t signals)
{
	struct judged *j = cookie;

	pack_u64(&j->said, identity);
	pack_u64(&j->said, signals);
	return findings_excused(j->findings, identity, signals);
}

static void
judge_init(struct judge *j, const struct config *config)
{
	struct buf error = { 0 };

	memset(j, 0, sizeof(*j));
	j->config = config;
	ASSERT(engine_new(
		   &(struct engine_options){
		       .config = config,
		       .key = &HASH_KEY_DEFAULT,
		       .emit = emit,
		       .grew = grew,
		       .knew = knew,
		       .excused = excused,
		   },
		   &j->engine, &error) == STATUS_OK);
	j->scratch = engine_scratch_new();
}

static void
judge_done(struct judge *j)
{
	for (size_t i = 0; i < j->count; i++) {
		engine_tenant_free(j->tenants[i].tenant);
		findings_free(j->tenants[i].findings);
		buf_done(&j->tenants[i].said);
	}
	engine_scratch_free(j->scratch);
	engine_free(j->engine);
}

static struct judged *
tenant_of(struct judge *j, struct span name)
{
	struct judged *t;

	for (size_t i = 0; i < j->count; i++) {
		if (span_equal(engine_tenant_name(j->tenants[i].tenant), name))
			return &j->tenants[i];
	}
	ASSERT(j->count < TENANTS_MAX);
	t = &j->tenants[j->count++];
	t->judge = j;
	t->tenant = engine_tenant_new(j->engine, name, t);
	t->findings = findings_new();
	t->said.limit = SIZE_MAX / 4;
	return t;
}

static struct findings *
findings_again(struct findings *old)
{
	struct findings *fresh = findings_new();
	struct buf packed = { .limit = SIZE_MAX / 4 };
	size_t count;
	struct finding **list = findings_list(old, &count);

	for (size_t i = 0; i < count; i++) {
		struct finding *f;

		buf_reset(&packed);
		finding_pack(list[i], &packed);
		f = finding_unpack(buf_span(&packed));
		ASSERT(f != NULL);
		findings_restore(fresh, f);
	}
	buf_done(&packed);
	findings_free(old);
	return fresh;
}

/* Die and be born again. */
static void
store_and_load(struct judged *t, struct image_box *image)
{
	struct image_writer writer = image_box_writer(image);
	struct image_reader reader = image_box_reader(image);
	struct tenant *fresh;

	engine_tenant_save(t->tenant, &writer);
	fresh = engine_tenant_new(
	    t->judge->engine, engine_tenant_name(t->tenant), t);
	ASSERT(engine_tenant_load(fresh, &reader));
	engine_tenant_free(t->tenant);
	t->tenant = fresh;
	t->findings = findings_again(t->findings);
}

static void
compare(struct judge *plain, struct judge *stored, const struct config *config)
{
	for (size_t i = 0; i < plain->count; i++) {
		struct judged *t = &plain->tenants[i], *o;
		struct buf left = { 0 }, right = { 0 };
		size_t count, others;
		struct finding **list, **other;

		o = tenant_of(stored, engine_tenant_name(t->tenant));
		ASSERT(span_equal(buf_span(&t->said), buf_span(&o->said)));
		list = findings_list(t->findings, &count);
		other = findings_list(o->findings, &others);
		ASSERT(count == others);
		for (size_t k = 0; k < count; k++) {
			buf_reset(&left);
			buf_reset(&right);
			guardduty_write(list[k], config, &left);
			guardduty_write(other[k], config, &right);
			ASSERT(span_equal(buf_span(&left), buf_span(&right)));
		}
		buf_done(&left);
		buf_done(&right);
	}
}

static uint64_t
tell_and_count(struct judge *j, struct engine_counts *counts)
{
	uint64_t findings = 0;

	for (size_t i = 0; i < j->count; i++) {
		size_t n;

		(void)engine_tell(j->tenants[i].tenant);
		engine_count(j->tenants[i].tenant, counts);
		(void)findings_list(j->tenants[i].findings, &n);
		findings += n;
	}
	return findings;
}

/* --- reading -------------------------------------------------------------- */

static char *
reserve(void *cookie, size_t bytes)
{
	struct batch *batch = cookie;

	batch_reserve(batch, bytes);
	return batch->text;
}

struct run {
	struct judge plain, stored;
	struct image_box image;
	struct decoder *decoder;
	struct batch *batch;
	uint64_t events, stride, snapshots;
	bool counting;
};

static void
take(struct run *r, const struct event *ev)
{
	struct span name = r->batch->tenants[ev->tenant];
	struct judged *t;

	r->events++;
	if (r->counting)
		return;
	t = tenant_of(&r->plain, name);
	engine_event(t->tenant, r->plain.scratch, r->batch, ev);
	t = tenant_of(&r->stored, name);
	engine_event(t->tenant, r->stored.scratch, r->batch, ev);
	if (r->events % r->stride == 0) {
		store_and_load(t, &r->image);
		r->snapshots++;
	}
}

static void
read_file(struct run *r, const char *path)
{
	struct reader *reader = reader_new(&READER_LIMITS_DEFAULT);
	struct cutter *cutter = cutter_new();
	struct cut_piece piece;

	ASSERT(reader_open(reader, path) == STATUS_OK);
	cutter_begin(cutter, reader);
	decode_begin(r->decoder, span_str(path));
	for (;;) {
		batch_reset(r->batch);
		r->batch->place = span_str(path);
		if (cutter_next(cutter, &piece, reserve, r->batch) !=
			STATUS_OK ||
		    piece.len == 0)
			break;
		r->batch->text_len = piece.len;
		if (decode_batch(r->decoder, r->batch, piece.kind,
			piece.prefix) != STATUS_OK)
			break;
		for (size_t i = 0; i < r->batch->count; i++)
			take(r, &r->batch->events[i]);
	}
	reader_close(reader);
	reader_free(reader);
	cutter_free(cutter);
}

static void
read_files(struct run *r, char **files)
{
	r->events = 0;
	for (; *files != NULL; files++)
		read_file(r, *files);
}

static void
print_counts(const char *what, const struct engine_counts *c)
{
	uint64_t duplicates = 0, late = 0;

	for (unsigned i = 0; i < SOURCE_COUNT; i++) {
		duplicates += c->duplicates[i];
		late += c->late[i];
	}
	fprintf(stderr,
	    "%s: events %" PRIu64 " duplicates %" PRIu64 " late %" PRIu64
	    " held %" PRIu64 " overflow %" PRIu64 " values %" PRIu64
	    " profiles %" PRIu64 "\n",
	    what, c->events, duplicates, late, c->held, c->overflow, c->values,
	    c->profiles);
}

int
main(int argc, char **argv)
{
	static struct run r;
	struct config *config = config_new();
	struct engine_counts plain = { 0 }, stored = { 0 };
	uint64_t most = argc > 2 ? strtoull(argv[1], NULL, 10) : 0, findings;

	ASSERT(most > 0);
	config->baseline.memory_per_tenant_bytes = 1 << 20;
	r.decoder = decoder_new(&(struct decode_options){ .config = config });
	r.batch = batch_new();
	judge_init(&r.plain, config);
	judge_init(&r.stored, config);
	r.counting = true;
	read_files(&r, argv + 2);
	r.counting = false;
	r.stride = r.events / most + 1;
	read_files(&r, argv + 2);
	findings = tell_and_count(&r.plain, &plain);
	ASSERT(findings == tell_and_count(&r.stored, &stored));
	/* Tables that were read back are as large as they must be, those that
	 * grew are larger. */
	plain.bytes = stored.bytes = 0;
	print_counts("plain", &plain);
	print_counts("stored", &stored);
	ASSERT(memcmp(&plain, &stored, sizeof(plain)) == 0);
	compare(&r.plain, &r.stored, config);
	printf("%" PRIu64 " events, %" PRIu64 " snapshots, %" PRIu64
	       " findings\n",
	    r.events, r.snapshots, findings);
	ASSERT(r.events > 0);
	image_box_done(&r.image);
	judge_done(&r.plain);
	judge_done(&r.stored);
	batch_free(r.batch);
	decoder_free(r.decoder);
	config_free(config);
	return 0;
}
