#include "aws/s3_page.h"
#include "base/civil.h"
#include "test.h"

#define HEAD "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"x\">"

static void
read_ok(const char *xml, struct s3_page *page)
{
	assert_int_equal(s3_page_read(span_str(xml), page), STATUS_OK);
}

static void
whole_page(void **state)
{
	struct s3_page p;

	(void)state;
	read_ok(HEAD
	    "<Name>b</Name><IsTruncated>true</IsTruncated>"
	    "<NextContinuationToken>t+/=</NextContinuationToken>"
	    "<Contents><Key>a/b&amp;c</Key><Size>12</Size>"
	    "<ETag>&quot;0123&quot;</ETag>"
	    "<LastModified>2026-11-22T03:21:30.000Z</LastModified>"
	    "<Owner><ID>1</ID></Owner></Contents>"
	    "<Contents><Key>z</Key><StorageClass>GLACIER</StorageClass>"
	    "</Contents>"
	    "<CommonPrefixes><Prefix>a/d/</Prefix></CommonPrefixes>"
	    "</ListBucketResult>",
	    &p);
	assert_int_equal(p.nobjects, 2);
	assert_span_equal(p.objects[0].key, SPAN("a/b&c"));
	assert_span_equal(p.objects[0].etag, SPAN("0123"));
	assert_int_equal(p.objects[0].size, 12);
	assert_int_equal(p.objects[0].modified_us / CIVIL_US_PER_S, 1795317690);
	assert_false(p.objects[0].cold);
	assert_true(p.objects[1].cold);
	assert_int_equal(p.nprefixes, 1);
	assert_span_equal(p.prefixes[0], SPAN("a/d/"));
	assert_true(p.truncated);
	assert_span_equal(p.token, SPAN("t+/="));
	s3_page_done(&p);
}

static void
encoded_keys(void **state)
{
	struct s3_page p;

	(void)state;
	read_ok(HEAD "<Contents><Key>a%2Fb+c%2B%25d%C3%BC</Key></Contents>"
		     "<EncodingType>url</EncodingType>"
		     "<CommonPrefixes><Prefix>x+y/</Prefix></CommonPrefixes>"
		     "</ListBucketResult>",
	    &p);
	assert_span_equal(p.objects[0].key, SPAN("a/b c+%dü"));
	assert_span_equal(p.prefixes[0], SPAN("x y/"));
	s3_page_done(&p);
}

static void
plain_keys(void **state)
{
	struct s3_page p;

	(void)state;
	/* A server that ignores encoding-type=url. */
	read_ok(HEAD "<Contents><Key>a%2Fb+c</Key></Contents>"
		     "</ListBucketResult>",
	    &p);
	assert_span_equal(p.objects[0].key, SPAN("a%2Fb+c"));
	s3_page_done(&p);
}

static void
broken_pages(void **state)
{
	static const char *const texts[] = { "", "{}", "<Error/>", HEAD,
		HEAD "<Contents></Contents></ListBucketResult>",
		HEAD "<IsTruncated>true</IsTruncated></ListBucketResult>",
		HEAD "<Contents><Key>a</Key><Size>x</Size></Contents>"
		     "</ListBucketResult>",
		HEAD "<Contents><Key>a</Key></ListBucketResult>" };
	struct s3_page p;

	(void)state;
	for (size_t i = 0; i < COUNTOF(texts); i++)
		assert_int_equal(
		    s3_page_read(span_str(texts[i]), &p), STATUS_MALFORMED);
}

static void
decoding(void **state)
{
	struct buf b = { 0 };

	(void)state;
	s3_page_decode(SPAN("a+b%2B%zz%4"), &b);
	assert_span_equal(buf_span(&b), SPAN("a b+%zz%4"));
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a page is read whole", whole_page),
		TEST("keys are decoded where the server encoded them",
		    encoded_keys),
		TEST("keys stay as they are where it did not", plain_keys),
		TEST("what is no listing is malformed", broken_pages),
		TEST("a broken percent sign stays", decoding),
	};

	return cmocka_run_group_tests_name("s3 page", tests, NULL, NULL);
}
