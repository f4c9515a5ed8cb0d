/*
 * fuzz_aws_answer.c - any bytes as an answer that holds keys.
 *
 * Whatever is accepted may stand in a header; what is refused is told in a
 * text that repeats nothing of the answer but a code of letters.
 */
#include <stdint.h>
#include <stdlib.h>

#include "aws/key_set.h"
#include "aws/process.h"
#include "aws/secret.h"
#include "aws/sso.h"
#include "aws/sts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
expect_visible(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		ASSERT(s.at[i] >= ' ' && s.at[i] < 0x7f);
}

static void
check(enum status st, struct key_set *k, struct buf *why)
{
	ASSERT((st == STATUS_OK) == (k->memory != NULL));
	ASSERT((st == STATUS_OK) == (why->len == 0));
	expect_visible(k->id);
	expect_visible(k->secret);
	expect_visible(k->token);
	expect_visible(buf_span(why));
	key_set_done(k);
	buf_done(why);
}

static void
read_cached(struct span text)
{
	struct buf why = { 0 };
	struct span token;
	char *memory;

	if (sso_read_token(text, 0, &memory, &token, &why))
		expect_visible(token);
	else
		ASSERT(memory == NULL && why.len > 0);
	secret_free(memory);
	buf_done(&why);
}

static void
explain(struct span text)
{
	struct provider_answer a = {
		.outcome = HTTP_ANSWERED,
		.status = 403,
		.body = text,
		.text = "status 403",
	};
	struct buf why = { 0 };
	struct span secret = SPAN("secret");

	sts_explain(&a, &secret, 1, &why);
	ASSERT(why.len > 0);
	for (size_t i = 0; i < why.len; i++)
		ASSERT((unsigned char)why.at[i] >= ' ');
	buf_done(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct key_set_shape *const shapes[] = {
		&KEY_SET_PROCESS,
		&KEY_SET_CONTAINER,
		&KEY_SET_METADATA,
		&KEY_SET_SSO,
	};
	struct span text = span_of((const char *)bytes, size);
	char *words[PROCESS_WORDS_MAX + 1];
	struct buf held = { 0 };

	if (size > 64 * 1024)
		return 0;
	for (size_t i = 0; i < COUNTOF(shapes); i++) {
		struct key_set k;
		struct buf why = { 0 };

		check(key_set_of_json(&k, text, shapes[i], &why), &k, &why);
	}
	{
		struct key_set k;
		struct buf why = { 0 };

		check(key_set_of_xml(&k, text, &why), &k, &why);
	}
	read_cached(text);
	explain(text);
	(void)!process_words(text, &held, words);
	buf_done(&held);
	return 0;
}
