/* Every record of the published logs is understood. */
#include <stdio.h>
#include <stdlib.h>

#include "codec/reader.h"
#include "decode_harness.h"

static char *
grow(void *cookie, size_t bytes)
{
	struct batch *b = cookie;

	batch_reserve(b, bytes);
	return b->text;
}

static uint64_t
understood(const struct decoder *d)
{
	const struct decode_counts *c = decode_counts(d);
	uint64_t sum = 0;

	for (size_t i = 0; i < SOURCE_COUNT; i++)
		sum += c->events[i];
	return sum;
}

/* Records of one file, by reader, cutter and decoder. */
static uint64_t
count_file(struct harness *h, const char *path, struct span place)
{
	struct reader *r = reader_new(&READER_LIMITS_DEFAULT);
	struct cutter *c = cutter_new();
	uint64_t before = understood(h->decoder);
	struct cut_piece piece;

	assert_int_equal(reader_open(r, path), STATUS_OK);
	cutter_begin(c, r);
	decode_begin(h->decoder, place);
	for (;;) {
		batch_reset(h->batch);
		assert_int_equal(
		    cutter_next(c, &piece, grow, h->batch), STATUS_OK);
		if (piece.len == 0)
			break;
		h->batch->text_len = piece.len;
		h->status = decode_batch(
		    h->decoder, h->batch, piece.kind, piece.prefix);
	}
	cutter_free(c);
	reader_free(r);
	return understood(h->decoder) - before;
}

static void
counts(void **state)
{
	const char *folder = getenv("NEPHOSCOPE_PUBLISHED_LOGS");
	struct json_parser *p;
	struct harness h;
	char path[4096], line[65536 + JSON_PADDING];
	unsigned wrong = 0, files = 0;
	FILE *f;

	(void)state;
	if (folder == NULL)
		skip();
	(void)snprintf(path, sizeof(path), "%s/manifest.jsonl", folder);
	f = fopen(path, "r");
	assert_non_null(f);
	p = json_parser_new(1 << 20);
	harness_init(&h, (struct decode_options){ 0 });
	while (fgets(line, 65536, f) != NULL) {
		struct json_value root;
		struct span file, kind;
		uint64_t got;
		int64_t want;

		if (json_parse(p, span_str(line), &root) != STATUS_OK)
			fail_msg("manifest: %s", json_parser_error(p));
		file = json_get_string(root, SPAN("file"));
		kind = json_get_string(root, SPAN("kind"));
		want = json_int(json_get(root, SPAN("events")), -1);
		if (span_equal(kind, SPAN("domains")))
			continue;
		(void)snprintf(
		    path, sizeof(path), "%s/%.*s", folder, SPAN_ARGS(file));
		got = count_file(&h, path, file);
		files++;
		if (got == (uint64_t)want)
			continue;
		wrong++;
		print_error("%.*s: %llu of %lld (%s)\n", SPAN_ARGS(file),
		    (unsigned long long)got, (long long)want, h.reason);
	}
	(void)fclose(f);
	json_parser_free(p);
	assert_true(files > 400);
	assert_int_equal(wrong, 0);
	assert_int_equal(h.rejected, 0);
	harness_done(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(
		    "every record of the published logs is understood", counts),
	};

	return cmocka_run_group_tests_name("published", tests, NULL, NULL);
}
