/*
 * Where a bucket's requests go, and which redirects are followed.
 */
#include "aws/s3_place.h"
#include "aws/sigv4.h"
#include "test.h"

static const struct s3_place logs = { "acme-logs", "eu-west-1", NULL, false },
			     dots = { "acme.logs", "eu-west-1", NULL, true };

static void
check_url(struct s3_place p, const char *service, const char *url)
{
	struct buf b = { 0 };

	s3_place_url(&p, span_str(service), &b);
	assert_string_equal(buf_text(&b), url);
	buf_done(&b);
}

static void
urls(void **state)
{
	struct s3_place p = logs;

	(void)state;
	check_url(p, NULL, "https://acme-logs.s3.eu-west-1.amazonaws.com");
	check_url(p, "s3-us-west-2.amazonaws.com",
	    "https://acme-logs.s3-us-west-2.amazonaws.com");
	check_url(dots, NULL, "https://s3.eu-west-1.amazonaws.com");
	p.region = "cn-north-1";
	check_url(p, NULL, "https://acme-logs.s3.cn-north-1.amazonaws.com.cn");
	p.region = "eusc-de-east-1";
	check_url(p, NULL, "https://acme-logs.s3.eusc-de-east-1.amazonaws.eu");
	p.endpoint = "http://[::1]:9000/";
	check_url(p, NULL, "http://acme-logs.[::1]:9000");
	p.path_style = true;
	check_url(p, NULL, "http://[::1]:9000");
}

static void
names(void **state)
{
	(void)state;
	assert_true(s3_place_is_bucket("acme.logs_2"));
	assert_false(s3_place_is_bucket("acme/logs"));
	assert_false(s3_place_is_bucket("acme@evil"));
	assert_false(s3_place_is_bucket("-acme"));
	assert_false(s3_place_is_bucket(""));
	assert_true(s3_place_is_label("acme-logs"));
	assert_false(s3_place_is_label("acme.logs"));
	assert_false(s3_place_is_label("Acme"));
	assert_false(s3_place_is_label("ab"));
}

/* As it goes over the wire. */
static void
check_path(const struct s3_place *p, struct span key, const char *want)
{
	struct buf raw = { 0 }, sent = { 0 };

	s3_place_path(p, key, &raw);
	sigv4_encode(buf_span(&raw), true, &sent);
	assert_string_equal(buf_text(&sent), want);
	buf_done(&raw);
	buf_done(&sent);
}

static void
paths(void **state)
{
	(void)state;
	check_path(&logs, SPAN(""), "/");
	check_path(&dots, SPAN(""), "/acme.logs");
	check_path(&logs, SPAN("a b+c=d%20e//f"), "/a%20b%2Bc%3Dd%2520e//f");
	check_path(&logs, SPAN("/\xc3\xbc"), "//%C3%BC");
	check_path(&dots, SPAN("//x"), "/acme.logs///x");
}

struct step {
	int status;
	const char *region, *location;
	const char *to_region, *service; /* NULL: not followed */
};

static void
check_steps(const struct s3_place *p, const struct step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct step *s = &steps[i];
		struct s3_place_answer a = { s->status, span_str(s->region),
			span_str(s->location) };
		struct s3_place_target to;
		bool follows = s3_place_follow(p, &a, &to);

		if (follows != (s->to_region != NULL))
			fail_msg("%d %s %s", s->status,
			    s->region ? s->region : "",
			    s->location ? s->location : "");
		if (!follows)
			continue;
		assert_span_equal(to.region, span_str(s->to_region));
		assert_span_equal(to.service, span_str(s->service));
	}
}

static void
regions(void **state)
{
	static const struct step steps[] = {
		{ 301, "us-west-2", NULL, "us-west-2", "" },
		{ 307, "us-west-2", NULL, "us-west-2", "" },
		{ 400, "us-west-2", NULL, "us-west-2", "" },
		/* Its header says more than where it sends. */
		{ 307, "us-west-2", "https://evil.example/", "us-west-2", "" },
		{ 301, "eu-west-1", NULL, NULL, NULL },
		{ 400, "eu-west-1", NULL, NULL, NULL },
		{ 301, "x.evil.example/", NULL, NULL, NULL },
		{ 403, "us-west-2", NULL, NULL, NULL },
		{ 302, "us-west-2", NULL, NULL, NULL },
		{ 200, "us-west-2", NULL, NULL, NULL },
	};

	(void)state;
	check_steps(&logs, steps, COUNTOF(steps));
}

static void
locations(void **state)
{
#define HOST "s3.us-west-2.amazonaws.com"
	static const struct step steps[] = {
		{ 307, "", "https://acme-logs." HOST "/k?a=1", "us-west-2",
		    HOST },
		{ 301, "eu-west-1", "https://" HOST "/acme-logs/k", "us-west-2",
		    HOST },
		{ 307, "", "https://acme-logs.s3-us-west-2.amazonaws.com/",
		    "us-west-2", "s3-us-west-2.amazonaws.com" },
		{ 307, "", "https://acme-logs.s3.amazonaws.com/", "us-east-1",
		    "s3.amazonaws.com" },
		{ 307, "", "https://s3.dualstack.us-west-2.amazonaws.com/",
		    "us-west-2", "s3.dualstack.us-west-2.amazonaws.com" },
		{ 307, "", "https://s3-fips.us-gov-west-1.amazonaws.com/",
		    "us-gov-west-1", "s3-fips.us-gov-west-1.amazonaws.com" },
		{ 307, "", "https://acme-logs.s3.cn-north-1.amazonaws.com.cn/",
		    "cn-north-1", "s3.cn-north-1.amazonaws.com.cn" },
		{ 400, "", "https://" HOST "/", NULL, NULL },
		{ 302, "", "https://" HOST "/", NULL, NULL },
	};
	struct s3_place given = logs;

	(void)state;
	check_steps(&logs, steps, COUNTOF(steps));
	given.endpoint = "https://s3.example.org";
	assert_false(s3_place_follow(&given,
	    &(struct s3_place_answer){
		307, SPAN(""), SPAN("https://" HOST "/") },
	    &(struct s3_place_target){ 0 }));
}

static void
strangers(void **state)
{
	static const char *const places[] = { "", "/elsewhere", "//" HOST "/",
		"http://" HOST "/", "https://evil.example/",
		"https://" HOST ".evil.example/", "https://" HOST "@evil/",
		"https://evil?." HOST "/", "https://evil#." HOST "/",
		"https://evil/." HOST, "https://evil\\." HOST "/",
		"https://" HOST ":8443/", "https://other." HOST "/",
		"https://acme-logsx." HOST "/", "https://acme-logs./",
		"https://abc.execute-api.us-west-2.amazonaws.com/",
		"https://s3.x.lambda-url.us-west-2.amazonaws.com/",
		"https://ec2-1-2-3-4.compute-1.amazonaws.com/",
		"https://s3.us-west-2.amazonaws.com.cn/",
		"https://s3.cn-north-1.amazonaws.com/" };

	(void)state;
	for (size_t i = 0; i < COUNTOF(places); i++) {
		const struct step step = { 307, "", places[i], NULL, NULL };

		check_steps(&logs, &step, 1);
	}
#undef HOST
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a bucket without dots stands in the host", urls),
		TEST("what is no bucket's name stands nowhere", names),
		TEST("any key is sent as it is", paths),
		TEST("another region is signed for, the same one is not",
		    regions),
		TEST("a host of S3 is followed, for its region", locations),
		TEST("nobody else is", strangers),
	};

	return cmocka_run_group_tests_name("s3 place", tests, NULL, NULL);
}
