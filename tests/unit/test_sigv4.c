/*
 * Signatures that AWS has published: its Signature Version 4 test suite
 * (aws-sig-v4-test-suite, kept with awslabs/aws-c-auth under
 * tests/aws-signing-test-suite/v4), and the worked examples of "Authenticating
 * Requests (AWS Signature Version 4)" in the Amazon S3 API Reference.
 */
#include "aws/sigv4.h"

#include <stdlib.h>

#include "base/civil.h"
#include "test.h"

#define H(n, v)                                                                \
	{                                                                      \
		SPAN_INIT(n), SPAN_INIT(v)                                     \
	}
#define Q(n, v)                                                                \
	{                                                                      \
		.name = SPAN_INIT(n), .value = SPAN_INIT(v)                    \
	}
#define TOKEN "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"
#define UNRESERVED                                                             \
	"-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const struct sigv4_keys suite_keys = { SPAN_INIT("AKIDEXAMPLE"),
	SPAN_INIT("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), { NULL, 0 } };

static const struct sigv4_keys s3_keys = { SPAN_INIT("AKIAIOSFODNN7EXAMPLE"),
	SPAN_INIT("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), { NULL, 0 } };

struct vector {
	const char *name, *method, *path;
	struct sigv4_param query[4];
	size_t nquery;
	struct http_header headers[4];
	size_t nheaders;
	const char *body, *token, *signature;
};

/* The paths here are as on the wire, but not encoded: the suite's servers
 * encode them once, and so `path_is_encoded` says that once is enough. */
static const struct vector suite[] = {
	{ .name = "get-vanilla",
	    .signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8a"
			 "ae1d763fbf31" },
	{ .name = "post-vanilla",
	    .method = "POST",
	    .signature = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb6"
			 "8e92efbe5d6b" },
	{ .name = "get-vanilla-empty-query-key",
	    .query = { Q("Param1", "value1") },
	    .nquery = 1,
	    .signature = "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45a"
			 "ec72011b9aeb" },
	{ .name = "get-vanilla-query-order-key-case",
	    .query = { Q("Param2", "value2"), Q("Param1", "value1") },
	    .nquery = 2,
	    .signature = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d321"
			 "9ec94cdf2500" },
	{ .name = "get-vanilla-query-order-encoded",
	    .query = { Q("Param-3", "Value3"), Q("Param", "Value2"),
		Q("\xe1\x88\xb4", "Value1") },
	    .nquery = 3,
	    .signature = "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a"
			 "0e595648fcac" },
	{ .name = "get-vanilla-utf8-query",
	    .query = { Q("\xe1\x88\xb4", "bar") },
	    .nquery = 1,
	    .signature = "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12"
			 "c9027818dd04" },
	{ .name = "get-utf8",
	    .path = "/\xe1\x88\xb4",
	    .signature = "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891f"
			 "d03141be5d85" },
	{ .name = "get-unreserved",
	    .path = "/" UNRESERVED,
	    .signature = "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f5"
			 "2a65bbf5f24f" },
	{ .name = "get-space-normalized",
	    .path = "/example space/",
	    .signature = "652487583200325589f1fba4c7e578f72c47cb61beeca81406b3"
			 "9ddec1366741" },
	{ .name = "get-slashes-normalized",
	    .path = "//example//",
	    .signature = "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846"
			 "570885f57e84" },
	{ .name = "get-slash-pointless-dot-normalized",
	    .path = "/./example",
	    .signature = "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db"
			 "7089db637ec5" },
	{ .name = "get-relative-relative-normalized",
	    .path = "/example1/example2/../..",
	    .signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8a"
			 "ae1d763fbf31" },
	{ .name = "get-header-value-trim",
	    .headers = { H("My-Header2", " \"a   b   c\""),
		H("My-Header1", " value1") },
	    .nheaders = 2,
	    .signature = "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee"
			 "359757a9c736" },
	{ .name = "get-header-value-order",
	    .headers = { H("My-Header1", "value4"), H("My-Header1", "value1"),
		H("My-Header1", "value3"), H("My-Header1", "value2") },
	    .nheaders = 4,
	    .signature = "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a5064"
			 "3f830c755c01" },
	{ .name = "get-header-value-multiline, its lines joined",
	    .headers = { H("My-Header1", "value1,value2,value3") },
	    .nheaders = 1,
	    .signature = "ba17b383a53190154eb5fa66a1b836cc297cc0a3d70a5d007059"
			 "80573d8ff790" },
	{ .name = "post-header-key-sort",
	    .method = "POST",
	    .headers = { H("My-Header1", "value1") },
	    .nheaders = 1,
	    .signature = "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8"
			 "916fdf18852c" },
	{ .name = "get-vanilla-with-session-token",
	    .token = TOKEN,
	    .signature = "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c"
			 "66dd9f74e7f8" },
	{ .name = "post-x-www-form-urlencoded",
	    .method = "POST",
	    .body = "Param1=value1",
	    .headers = { H("Content-Type", "application/x-www-form-urlencoded"),
		H("Content-Length", "13"),
		H("X-Amz-Content-Sha256",
		    "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7"
		    "b24d0b6e") },
	    .nheaders = 3,
	    .signature = "d3875051da38690788ef43de4db0d8f280229d82040bfac25356"
			 "2e56c3f20e0b" },
};

static int64_t
time_of(const char *text)
{
	int64_t time_us = 0;

	assert_true(civil_parse(span_str(text), &time_us));
	return time_us;
}

static struct span
header(const struct sigv4_signed *s, const char *name)
{
	for (size_t i = 0; i < s->nheaders; i++)
		if (span_equal_nocase(s->headers[i].name, span_str(name)))
			return s->headers[i].value;
	return span_of(NULL, 0);
}

static struct span
signature(const struct sigv4_signed *s)
{
	struct span line = header(s, "authorization");
	struct span mark = SPAN("Signature=");
	size_t at = span_search(line, mark);

	assert_true(at < line.len);
	return span_skip(line, at + mark.len);
}

static void
published_suite(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(suite); i++) {
		const struct vector *v = &suite[i];
		struct sigv4_keys keys = suite_keys;
		struct sigv4_request r = {
			.keys = &keys,
			.region = SPAN("us-east-1"),
			.service = SPAN("service"),
			.time_us = time_of("2015-08-30T12:36:00Z"),
			.method = span_str(v->method ? v->method : "GET"),
			.scheme = SPAN("https"),
			.host = SPAN("example.amazonaws.com"),
			.path = span_str(v->path),
			.path_is_encoded = true,
			.query = v->query,
			.nquery = v->nquery,
			.headers = v->headers,
			.nheaders = v->nheaders,
			.body = span_str(v->body),
		};
		struct sigv4_signed s = { 0 };

		keys.token = span_str(v->token);
		assert_int_equal(sigv4_sign(&r, &s), STATUS_OK);
		if (!span_equal(signature(&s), span_str(v->signature)))
			print_error("vector %s\n", v->name);
		assert_span_equal(signature(&s), span_str(v->signature));
		assert_span_equal(
		    header(&s, "x-amz-security-token"), keys.token);
		sigv4_done(&s);
	}
}

static struct sigv4_request
s3_example(const char *method, const char *path)
{
	return (struct sigv4_request){
		.keys = &s3_keys,
		.region = SPAN("us-east-1"),
		.service = SPAN("s3"),
		.time_us = time_of("2013-05-24T00:00:00Z"),
		.method = span_str(method),
		.scheme = SPAN("https"),
		.host = SPAN("examplebucket.s3.amazonaws.com"),
		.path = span_str(path),
		.s3 = true,
	};
}

static void
expect_s3(const struct sigv4_request *r, const char *url, const char *expected)
{
	struct sigv4_signed s = { 0 };

	assert_int_equal(sigv4_sign(r, &s), STATUS_OK);
	assert_span_equal(s.url, span_str(url));
	assert_span_equal(signature(&s), span_str(expected));
	assert_span_equal(header(&s, "x-amz-date"), SPAN("20130524T000000Z"));
	sigv4_done(&s);
}

static void
s3_examples(void **state)
{
	struct http_header range[] = { H("Range", "bytes=0-9") };
	struct http_header put[] = {
		H("Date", "Fri, 24 May 2013 00:00:00 GMT"),
		H("x-amz-storage-class", "REDUCED_REDUNDANCY"),
	};
	struct sigv4_param lifecycle[] = { { .name = SPAN("lifecycle"),
	    .valueless = true } };
	struct sigv4_param list[] = { Q("prefix", "J"), Q("max-keys", "2") };
	struct sigv4_request r = s3_example("GET", "/test.txt");

	(void)state;
	r.headers = range;
	r.nheaders = 1;
	expect_s3(&r, "https://examplebucket.s3.amazonaws.com/test.txt",
	    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
	r = s3_example("PUT", "/test$file.text");
	r.headers = put;
	r.nheaders = 2;
	r.body = SPAN("Welcome to Amazon S3.");
	expect_s3(&r, "https://examplebucket.s3.amazonaws.com/test%24file.text",
	    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
	r = s3_example("GET", "/");
	r.query = lifecycle;
	r.nquery = 1;
	expect_s3(&r, "https://examplebucket.s3.amazonaws.com/?lifecycle",
	    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
	r.query = list;
	r.nquery = 2;
	expect_s3(&r,
	    "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J",
	    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

static void
s3_presigned(void **state)
{
	struct sigv4_request r = s3_example("GET", "/test.txt");
	struct sigv4_signed s = { 0 };

	(void)state;
	assert_int_equal(sigv4_presign(&r, 86400, &s), STATUS_OK);
	assert_span_equal(s.url,
	    SPAN("https://examplebucket.s3.amazonaws.com/test.txt"
		 "?X-Amz-Algorithm=AWS4-HMAC-SHA256"
		 "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524"
		 "%2Fus-east-1%2Fs3%2Faws4_request"
		 "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
		 "&X-Amz-SignedHeaders=host&X-Amz-Signature="
		 "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751"
		 "f604d404"));
	assert_int_equal(s.nheaders, 0);
	sigv4_done(&s);
	assert_int_equal(sigv4_presign(&r, 0, &s), STATUS_INVALID);
	assert_int_equal(sigv4_presign(&r, 604801, &s), STATUS_INVALID);
}

static void
suite_presigned(void **state)
{
	struct sigv4_param query[] = { Q(UNRESERVED, UNRESERVED) };
	struct sigv4_request r = {
		.keys = &suite_keys,
		.region = SPAN("us-east-1"),
		.service = SPAN("service"),
		.time_us = time_of("2015-08-30T12:36:00Z"),
		.method = SPAN("GET"),
		.scheme = SPAN("https"),
		.host = SPAN("example.amazonaws.com"),
		.query = query,
		.nquery = 1,
	};
	struct sigv4_signed s = { 0 };

	(void)state;
	assert_int_equal(sigv4_presign(&r, 3600, &s), STATUS_OK);
	assert_true(span_ends(s.url,
	    SPAN("&X-Amz-Signature=8e76a88a7433637b12778d5592799b29ad21ecd6cf6"
		 "325051c21d86f0acda2bf")));
	sigv4_done(&s);
}

static void
keys_of_objects(void **state)
{
	static const struct {
		const char *raw, *sent;
	} keys[] = {
		{ "/a//b/../c/./d", "/a//b/../c/./d" },
		{ "/a b+c=d&e%f?g#h", "/a%20b%2Bc%3Dd%26e%25f%3Fg%23h" },
		{ "/\xc3\xbc/:@!$'()*,;",
		    "/%C3%BC/%3A%40%21%24%27%28%29%2A%2C%3B" },
		{ "", "/" },
		{ "/\n\x01\xff", "/%0A%01%FF" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(keys); i++) {
		struct sigv4_request r = s3_example("GET", keys[i].raw);
		struct buf canonical = { 0 }, to_sign = { 0 };
		struct sigv4_signed s = { 0 };
		struct span rest;

		assert_int_equal(sigv4_sign(&r, &s), STATUS_OK);
		assert_span_equal(
		    span_skip(s.url,
			sizeof("https://examplebucket.s3.amazonaws.com") - 1),
		    span_str(keys[i].sent));
		assert_int_equal(
		    sigv4_canonical(&r, &canonical, &to_sign), STATUS_OK);
		rest = buf_span(&canonical);
		assert_span_equal(span_cut(&rest, '\n'), SPAN("GET"));
		assert_span_equal(
		    span_cut(&rest, '\n'), span_str(keys[i].sent));
		buf_done(&canonical);
		buf_done(&to_sign);
		sigv4_done(&s);
	}
}

static void
other_services(void **state)
{
	struct sigv4_request r = s3_example("GET", "/v1/arn:aws:a b/../x//");
	struct buf canonical = { 0 }, to_sign = { 0 };

	(void)state;
	r.s3 = false;
	assert_int_equal(sigv4_canonical(&r, &canonical, &to_sign), STATUS_OK);
	assert_true(span_starts(buf_span(&canonical), SPAN("GET\n/v1/x/\n")));
	buf_reset(&canonical);
	r.path = SPAN("/v1/arn:a b");
	assert_int_equal(sigv4_canonical(&r, &canonical, &to_sign), STATUS_OK);
	assert_true(span_starts(
	    buf_span(&canonical), SPAN("GET\n/v1/arn%253Aa%2520b\n")));
	buf_done(&canonical);
	buf_done(&to_sign);
}

static void
payloads(void **state)
{
	struct sigv4_request r = s3_example("PUT", "/k");
	struct sigv4_signed s = { 0 };

	(void)state;
	assert_int_equal(sigv4_sign(&r, &s), STATUS_OK);
	assert_span_equal(header(&s, "x-amz-content-sha256"), SPAN(EMPTY));
	sigv4_done(&s);
	r.payload_hash = SIGV4_UNSIGNED;
	assert_int_equal(sigv4_sign(&r, &s), STATUS_OK);
	assert_span_equal(
	    header(&s, "x-amz-content-sha256"), SPAN("UNSIGNED-PAYLOAD"));
	sigv4_done(&s);
}

static void
refused(void **state)
{
	struct http_header split[] = { H("x-a", "1\r\nx-b: 2") };
	struct sigv4_keys none = s3_keys;
	struct sigv4_request r = s3_example("GET", "/k");
	struct sigv4_signed s = { 0 };

	(void)state;
	r.headers = split;
	r.nheaders = 1;
	assert_int_equal(sigv4_sign(&r, &s), STATUS_INVALID);
	r.nheaders = 0;
	r.path = SPAN("k");
	assert_int_equal(sigv4_sign(&r, &s), STATUS_INVALID);
	r.path = SPAN("/k");
	none.secret = span_of(NULL, 0);
	r.keys = &none;
	assert_int_equal(sigv4_sign(&r, &s), STATUS_INVALID);
	r.keys = &s3_keys;
	r.nquery = SIGV4_QUERY_MAX + 1;
	assert_int_equal(sigv4_sign(&r, &s), STATUS_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("AWS's published test suite", published_suite),
		TEST("the examples of the S3 API Reference", s3_examples),
		TEST("the presigned URL of the S3 API Reference", s3_presigned),
		TEST("a presigned URL of the test suite", suite_presigned),
		TEST("a key of S3 is sent and signed encoded once, never "
		     "normalised",
		    keys_of_objects),
		TEST("other services sign a path normalised and encoded "
		     "twice",
		    other_services),
		TEST("the payload is hashed, or said to be unsigned", payloads),
		TEST("what would break a request apart is refused", refused),
	};

	return cmocka_run_group_tests_name("sigv4", tests, NULL, NULL);
}
