/*
 * source_s3.c - logs from a bucket: listed, noticed by SQS, or both.
 *
 * The parts are in s3/ (work.h); here they are put together and driven.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "collect/heard.h"
#include "collect/s3/digests.h"
#include "collect/s3/fetch.h"
#include "collect/s3/inbox.h"
#include "collect/s3/rounds.h"
#include "collect/s3/work.h"

static void
tell_silence(void *cookie, const struct silence_told *told)
{
	const struct silence_stream *t = &told->stream;
	struct s3_source *s = cookie;
	struct buf resource = { 0 };

	buf_printf(&resource, "%s/%.*s/%.*s/%.*s", s3_bucket(s->bucket),
	    SPAN_ARGS(t->account), SPAN_ARGS(t->service), SPAN_ARGS(t->region));
	heard_tell(s->host, told,
	    &(struct source_notice){
		.detector = "log_gap",
		.account = t->account,
		.region = t->region,
		.resource = buf_span(&resource),
	    },
	    SPAN("no log for hours"), t->service);
	buf_done(&resource);
}

static void
close_source(void *source)
{
	struct s3_source *s = source;

	if (s == NULL)
		return;
	inbox_finish(s);
	sqs_free(s->queue);
	s3_free(s->bucket);
	aws_free(s->aws);
	lister_free(s->lister);
	inbox_free(s->inbox);
	digests_free(s->digests);
	silence_free(s->silence);
	objects_free(s->objects);
	buf_done(&s->cursor_key);
	buf_done(&s->cursor);
	buf_done(&s->identity);
	free(s);
}

static enum status
connect_bucket(struct s3_source *s, struct buf *error)
{
	const struct config_source *c = s->config;
	const struct credentials_options who = credentials_options_of(c);
	enum status st;

	if (c->bucket == NULL) {
		buf_add_str(error, "a source of kind s3 needs a bucket");
		return STATUS_INVALID;
	}
	s->aws = aws_new(credentials_new(&who));
	st = s3_new(
	    &(struct s3_options){
		.aws = s->aws,
		.bucket = c->bucket,
		.region = c->region,
		.endpoint = c->endpoint,
		.path_style = c->path_style,
		.requester_pays = c->requester_pays > 0,
	    },
	    &s->bucket, error);
	if (st != STATUS_OK || c->queue == NULL)
		return st;
	s->inbox = inbox_new();
	return sqs_new(
	    &(struct sqs_options){
		.aws = s->aws, .url = c->queue, .region = c->region },
	    &s->queue, error);
}

/* Clients that have called nobody yet say whether they could. */
static enum status
check_source(const struct config_source *config, struct buf *error)
{
	struct s3_source *s = status_calloc(1, sizeof(*s));
	enum status st;

	s->config = config;
	st = connect_bucket(s, error);
	sqs_free(s->queue);
	s3_free(s->bucket);
	aws_free(s->aws);
	inbox_free(s->inbox);
	free(s);
	return st;
}

static enum status
open_source(const struct config_source *config, const struct source_host *host,
    void **source, struct buf *error)
{
	struct s3_source *s = status_calloc(1, sizeof(*s));
	enum status st;

	s->config = config;
	s->host = host;
	s->objects = objects_new();
	s->silence = silence_new(tell_silence, s);
	st = connect_bucket(s, error);
	if (st != STATUS_OK) {
		inbox_free(s->inbox);
		s->inbox = NULL;
		close_source(s);
		return st;
	}
	if (config->verify_digests > 0)
		s->digests = digests_new();
	s->lister = lister_new(&(struct lister_options){
	    .bucket = s->bucket,
	    .prefix = config->prefix,
	    .digests = s->digests != NULL,
	    .object = rounds_on_object,
	    .trouble = rounds_on_trouble,
	    .cookie = s,
	});
	rounds_open(s);
	*source = s;
	return STATUS_OK;
}

static void
step(struct s3_source *s)
{
	rounds_step(s);
	fetch_step(s);
	digests_step(s);
	inbox_step(s);
}

static void
say_skew(struct s3_source *s)
{
	int64_t skew_s = aws_count(s->aws).skew_us / CIVIL_US_PER_S;
	struct buf text = { 0 };

	if (skew_s == 0)
		return;
	buf_printf(&text, "%lld", (long long)skew_s);
	work_say_once(s, WORK_SAID_SKEW,
	    "this machine's clock is not that of AWS; set it right",
	    "seconds behind", buf_text(&text));
	buf_done(&text);
}

static void
run(void *source, int wait_ms)
{
	struct s3_source *s = source;

	step(s);
	wait_ms = rounds_wait_ms(s, wait_ms);
	wait_ms = fetch_wait_ms(s, wait_ms);
	wait_ms = inbox_wait_ms(s, wait_ms);
	aws_run(s->aws, wait_ms, s->host->wake_fd);
	step(s);
	say_skew(s);
}

static void
safe(void *source, const uint64_t *tokens, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct object *object;

		static_assert(sizeof(object) == sizeof(*tokens),
		    "a token holds an object's address");
		memcpy(&object, &tokens[i], sizeof(object));
		work_finish(source, object);
	}
}

static void
count_source(const void *source, struct source_counts *counts)
{
	const struct s3_source *s = source;

	*counts = s->counts;
	counts->retries = aws_count(s->aws).retries;
	counts->waiting = objects_count(s->objects);
}

const struct source_ops source_s3 = {
	.kind = "s3",
	.check = check_source,
	.open = open_source,
	.run = run,
	.safe = safe,
	.count = count_source,
	.close = close_source,
};
