/* Which fields a log carries, and that a state remembers it. */
#include "detect/carried.h"

#include <stdlib.h>

#include "decode_harness.h"
#include "detect/engine.h"
#include "image_box.h"

#define FLOW_V2                                                                \
	"version account-id interface-id srcaddr dstaddr srcport dstport "     \
	"protocol packets bytes start end action log-status"
#define FLOW_ROW                                                               \
	"2 111122223333 eni-1 10.0.0.5 198.51.100.7 40000 443 6 10 5000 "      \
	"1731283200 1731283260 ACCEPT OK"

/* What the first event of a text shows. */
static unsigned
shown(const char *place, enum cut_kind kind, const char *text)
{
	struct harness h;
	unsigned carried;

	harness_init(&h, (struct decode_options){ .key = &HASH_KEY_DEFAULT });
	if (harness_decode(&h, place, kind, text) == 0)
		fail_msg("%s: %s", place, h.reason);
	carried = carried_of(&h.batch->events[0]);
	harness_done(&h);
	return carried;
}

static void
tells_what_flow_formats_leave_out(void **state)
{
	const unsigned plain = CARRIED_RECORD | CARRIED_ACTION | CARRIED_COUNTS;

	(void)state;
	assert_int_equal(
	    shown("vpcflowlogs/a.log", CUT_LINES, FLOW_V2 "\n" FLOW_ROW "\n"),
	    plain);
	/* Equal addresses are carried all the same. */
	assert_int_equal(
	    shown("vpcflowlogs/a.log", CUT_LINES,
		FLOW_V2 " tcp-flags pkt-srcaddr pkt-dstaddr\n" FLOW_ROW
			" 2 10.0.0.5 198.51.100.7\n"),
	    plain | CARRIED_TCP_FLAGS | CARRIED_PKT_ADDRESS);
	assert_int_equal(shown("vpcflowlogs/a.log", CUT_LINES,
			     "srcaddr dstaddr start end\n"
			     "10.0.0.5 198.51.100.7 1731283200 1731283260\n"),
	    CARRIED_RECORD);
}

#define AUDIT(level, verb, resource, more)                                     \
	"{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":"    \
	"\"" level "\",\"auditID\":\"a-1\",\"stage\":\"ResponseComplete\","    \
	"\"requestURI\":\"/api/v1/namespaces/x/" resource "\",\"verb\":"       \
	"\"" verb "\",\"user\":{\"username\":\"ann\"},\"sourceIPs\":"          \
	"[\"203.0.113.9\"],\"objectRef\":{\"resource\":\"" resource            \
	"\",\"namespace\":\"x\",\"name\":\"n\"},\"responseStatus\":{"          \
	"\"code\":200}," more                                                  \
	"\"requestReceivedTimestamp\":\"2026-11-11T00:00:00.000000Z\","        \
	"\"stageTimestamp\":\"2026-11-11T00:00:00.000000Z\"}\n"

static void
tells_what_an_audit_policy_leaves_out(void **state)
{
	(void)state;
	assert_int_equal(shown("audit.log", CUT_LINES,
			     AUDIT("Metadata", "create", "pods", "")),
	    CARRIED_RECORD);
	assert_int_equal(
	    shown("audit.log", CUT_LINES,
		AUDIT("Request", "create", "pods",
		    "\"requestObject\":{\"kind\":\"Pod\",\"spec\":{}},")),
	    CARRIED_RECORD | CARRIED_REQUEST);
	assert_int_equal(
	    shown("audit.log", CUT_LINES,
		AUDIT("Request", "update", "configmaps",
		    "\"requestObject\":{\"kind\":\"ConfigMap\"},")),
	    CARRIED_RECORD | CARRIED_REQUEST | CARRIED_REQUEST_CONFIG);
	assert_int_equal(shown("audit.log", CUT_LINES,
			     AUDIT("Metadata", "get", "secrets", "")),
	    CARRIED_RECORD | CARRIED_READS);
}

#define ROUTE53(more)                                                          \
	"{\"version\":\"1.1\",\"account_id\":\"111122223333\",\"region\":"     \
	"\"eu-west-1\",\"vpc_id\":\"vpc-1\",\"query_timestamp\":"              \
	"\"2026-11-11T00:00:00Z\",\"query_name\":\"a.example.\","              \
	"\"query_type\":\"A\",\"query_class\":\"IN\"" more                     \
	",\"srcaddr\":\"10.0.0.5\",\"srcport\":\"5353\",\"transport\":"        \
	"\"UDP\"}\n"

static void
tells_what_dns_logs_leave_out(void **state)
{
	(void)state;
	assert_int_equal(shown("vpcdnsquerylogs/a.log", CUT_LINES, ROUTE53("")),
	    CARRIED_RECORD);
	assert_int_equal(
	    shown("vpcdnsquerylogs/a.log", CUT_LINES,
		ROUTE53(",\"rcode\":\"NOERROR\",\"answers\":[{\"Rdata\":"
			"\"198.51.100.1\",\"Type\":\"A\",\"Class\":\"IN\"}]")),
	    CARRIED_RECORD | CARRIED_RCODE | CARRIED_ANSWERS);
}

static void
every_bit_has_a_name_and_a_source(void **state)
{
	unsigned all = 0;

	(void)state;
	for (enum source s = 0; s < SOURCE_LOGS; s++)
		all |= carried_by(s);
	assert_int_equal(all, (1u << CARRIED_COUNT) - 1);
	for (unsigned i = 0; i < CARRIED_COUNT; i++) {
		assert_true(strlen(carried_name(1u << i)) > 0);
		assert_true(strlen(carried_missing(1u << i)) > 0);
	}
}

/* --- what a state remembers ------------------------------------------------
 */

static void
ignore_signal(void *cookie, struct signal *signal)
{
	(void)cookie;
	free(signal);
}

static void
ignore_growth(void *cookie, uint64_t identity, uint64_t more, int64_t last_us)
{
	(void)cookie;
	(void)identity;
	(void)more;
	(void)last_us;
}

struct world {
	struct config *config;
	struct engine *engine;
	struct tenant *tenant;
	struct image_box *box;
};

/* A tenant that has seen one flow, saved. */
static void
world_init(struct world *w)
{
	struct engine_scratch *scratch = engine_scratch_new();
	struct image_writer writer;
	struct buf error = { 0 };
	struct harness h;

	w->config = config_new();
	w->box = status_calloc(1, sizeof(*w->box));
	assert_int_equal(engine_new(
			     &(struct engine_options){
				 .config = w->config,
				 .key = &HASH_KEY_DEFAULT,
				 .emit = ignore_signal,
				 .grew = ignore_growth,
			     },
			     &w->engine, &error),
	    STATUS_OK);
	w->tenant = engine_tenant_new(w->engine, SPAN("t"), NULL);
	harness_init(&h, (struct decode_options){ .key = &HASH_KEY_DEFAULT });
	assert_int_equal(harness_decode(&h, "vpcflowlogs/a.log", CUT_LINES,
			     FLOW_V2 "\n" FLOW_ROW "\n"),
	    1);
	engine_event(w->tenant, scratch, h.batch, &h.batch->events[0]);
	writer = image_box_writer(w->box);
	engine_tenant_save(w->tenant, &writer);
	harness_done(&h);
	engine_scratch_free(scratch);
}

static void
world_done(struct world *w)
{
	engine_tenant_free(w->tenant);
	engine_free(w->engine);
	config_free(w->config);
	image_box_done(w->box);
	free(w->box);
}

struct seen {
	size_t count;
	struct engine_stream last;
};

static void
note(void *cookie, const struct engine_stream *s)
{
	struct seen *seen = cookie;

	seen->count++;
	seen->last = *s;
}

static void
remembers_it(void **state)
{
	struct seen seen = { 0 };
	struct image_reader r;
	struct world w;

	(void)state;
	world_init(&w);
	r = image_box_reader(w.box);
	assert_true(engine_streams(&r, note, &seen));
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.last.source, SOURCE_VPCFLOW);
	assert_int_equal(seen.last.carried,
	    CARRIED_RECORD | CARRIED_ACTION | CARRIED_COUNTS);
	world_done(&w);
}

/* The head's words: version, size of a row, events, repetitions (how many
 * kinds, and of each), held, lanes; then of each lane its source, its key and
 * the bits.  In version 2 repetitions are one number, and there are no bits. */
#define HEAD_VERSION 0
#define HEAD_KINDS 3
#define HEAD_LANES (HEAD_KINDS + 1 + SOURCE_COUNT + 1)
#define HEAD_CARRIED (HEAD_LANES + 3)

static void
drop_words(struct buf *head, size_t at, size_t count)
{
	memmove(head->at + 8 * at, head->at + 8 * (at + count),
	    head->len - 8 * (at + count));
	head->len -= 8 * count;
}

static struct buf *
head_of(struct world *w)
{
	for (size_t i = 0; i < w->box->count; i++) {
		if (w->box->regions[i].number == 0)
			return &w->box->regions[i].bytes;
	}
	fail_msg("no head");
	return NULL;
}

static void
reads_a_state_of_the_version_before(void **state)
{
	struct seen seen = { 0 };
	struct image_reader r;
	struct tenant *old;
	struct world w;
	struct buf *head;
	uint64_t word;

	(void)state;
	world_init(&w);
	head = head_of(&w);
	memcpy(&word, head->at + 8 * HEAD_LANES, sizeof(word));
	assert_int_equal(word, 1);
	word = 2;
	memcpy(head->at + 8 * HEAD_VERSION, &word, sizeof(word));
	drop_words(head, HEAD_CARRIED, 1);
	drop_words(head, HEAD_KINDS, SOURCE_COUNT);
	r = image_box_reader(w.box);
	old = engine_tenant_new(w.engine, SPAN("t"), NULL);
	assert_true(engine_tenant_load(old, &r));
	engine_tenant_free(old);
	assert_true(engine_streams(&r, note, &seen));
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.last.carried, 0);
	world_done(&w);
}

static void
refuses_a_state_of_no_version(void **state)
{
	const uint64_t word = 4;
	struct seen seen = { 0 };
	struct image_reader r;
	struct tenant *other;
	struct world w;

	(void)state;
	world_init(&w);
	memcpy(head_of(&w)->at + 8 * HEAD_VERSION, &word, sizeof(word));
	r = image_box_reader(w.box);
	other = engine_tenant_new(w.engine, SPAN("t"), NULL);
	assert_false(engine_tenant_load(other, &r));
	engine_tenant_free(other);
	assert_false(engine_streams(&r, note, &seen));
	assert_int_equal(seen.count, 0);
	world_done(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("flow formats show what they leave out",
		    tells_what_flow_formats_leave_out),
		TEST("audit policies show what they leave out",
		    tells_what_an_audit_policy_leaves_out),
		TEST("DNS logs show what they leave out",
		    tells_what_dns_logs_leave_out),
		TEST("every bit has a name, a sentence and a source",
		    every_bit_has_a_name_and_a_source),
		TEST("a state remembers what its logs carry", remembers_it),
		TEST("a state of the version before is read, and knows it not",
		    reads_a_state_of_the_version_before),
		TEST("a state of an unknown version is refused",
		    refuses_a_state_of_no_version),
	};

	return cmocka_run_group_tests_name("carried", tests, NULL, NULL);
}
