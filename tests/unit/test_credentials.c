/*
 * Keys are fetched when they are needed and not before: a credential_process
 * of the test's own counts how often it is asked.
 */
#include "aws/credentials.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/civil.h"
#include "net/clock.h"
#include "test.h"

#define S ((int64_t)CIVIL_US_PER_S)
#define ROUNDS_MAX 1000
#define ROUND_MS 10

static char folder[] = "/tmp/nephoscope-keys-XXXXXX";

static char *
path_of(const char *name)
{
	static char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void
write_file(const char *name, const char *text)
{
	FILE *file = fopen(path_of(name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static size_t
times_asked(void)
{
	struct stat st;

	return stat(path_of("asked"), &st) == 0 ? (size_t)st.st_size : 0;
}

/* What the process prints; `life_us` 0: keys that never expire. */
static void
answer(const char *id, int64_t life_us)
{
	struct buf text = { 0 };
	char time[CIVIL_TEXT_BYTES];

	buf_printf(&text,
	    "{\"Version\":1,\"AccessKeyId\":\"%s\","
	    "\"SecretAccessKey\":\"s\"",
	    id);
	if (life_us > 0)
		buf_printf(&text, ",\"Expiration\":\"%s\"",
		    civil_format(clock_wall_us() + life_us, time));
	buf_add_char(&text, '}');
	write_file("answer", buf_text(&text));
	buf_done(&text);
}

static int
start(void **state)
{
	struct buf text = { 0 };
	static const char *const unset[] = { "AWS_PROFILE", "AWS_ACCESS_KEY_ID",
		"AWS_SECRET_ACCESS_KEY", "AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL",
		"AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" };

	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	for (size_t i = 0; i < COUNTOF(unset); i++)
		(void)unsetenv(unset[i]);
	(void)setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	(void)setenv("AWS_CONFIG_FILE", path_of("config"), 1);
	(void)setenv("AWS_SHARED_CREDENTIALS_FILE", path_of("none"), 1);
	buf_printf(&text,
	    "[default]\nregion = eu-north-1\nservices = here\n"
	    "endpoint_url = http://all\ncredential_process = sh -c "
	    "'printf x >>%s/asked; cat %s/answer'\n[services here]\n"
	    "s3 =\n  endpoint_url = http://buckets\n",
	    folder, folder);
	write_file("config", buf_text(&text));
	buf_done(&text);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	(void)unlink(path_of("config"));
	(void)unlink(path_of("asked"));
	(void)unlink(path_of("answer"));
	return rmdir(folder);
}

static struct credentials *
keys(void)
{
	(void)unlink(path_of("asked"));
	return credentials_new(&(struct credentials_options){ 0 });
}

static enum status
get(struct credentials *c, const char *expected)
{
	struct sigv4_keys k;
	struct buf error = { 0 };
	enum status st = credentials_get(c, &k, &error);

	if (st == STATUS_OK)
		assert_span_equal(k.id, span_str(expected));
	else
		assert_true(
		    span_contains_nocase(buf_span(&error), span_str(expected)));
	buf_done(&error);
	return st;
}

static void
asked_once(void **state)
{
	struct credentials *c = keys();

	(void)state;
	answer("AKIAONE", 0);
	assert_int_equal(times_asked(), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(get(c, "AKIAONE"), STATUS_OK);
	assert_int_equal(times_asked(), 1);
	assert_int_equal(credentials_expiry_us(c), 0);
	credentials_free(c);
	c = keys();
	answer("ASIATWO", 3600 * S);
	for (int i = 0; i < 3; i++)
		assert_int_equal(get(c, "ASIATWO"), STATUS_OK);
	assert_int_equal(times_asked(), 1);
	assert_true(credentials_expiry_us(c) > clock_wall_us() + 3000 * S);
	credentials_free(c);
}

static void
failing_is_remembered(void **state)
{
	struct credentials *c = keys();

	(void)state;
	write_file("answer", "{}");
	for (int i = 0; i < 5; i++)
		assert_int_equal(get(c, "Version"), STATUS_INVALID);
	assert_int_equal(times_asked(), 1);
	credentials_free(c);
}

static void
refused_keys(void **state)
{
	struct credentials *c = keys();

	(void)state;
	answer("AKIAONE", 0);
	assert_int_equal(get(c, "AKIAONE"), STATUS_OK);
	credentials_refuse(c, credentials_number(c));
	assert_int_equal(get(c, "AKIAONE"), STATUS_OK);
	assert_int_equal(times_asked(), 2);
	/* By a request that was signed with the first. */
	credentials_refuse(c, credentials_number(c) - 1);
	assert_int_equal(get(c, "AKIAONE"), STATUS_OK);
	assert_int_equal(times_asked(), 2);
	credentials_refuse(c, credentials_number(c));
	assert_int_equal(get(c, "refuses"), STATUS_INVALID);
	assert_int_equal(times_asked(), 2);
	credentials_free(c);
}

/* Short-lived keys are asked for anew at half of their life; when that fails
 * the old ones hold until they expire. */
static void
last_good_keys(void **state)
{
	struct credentials *c = keys();
	struct sigv4_keys k;
	int rounds = 0;

	(void)state;
	answer("ASIAOLD", 4 * S);
	assert_int_equal(get(c, "ASIAOLD"), STATUS_OK);
	write_file("answer", "{}");
	while (times_asked() < 2 && rounds++ < ROUNDS_MAX) {
		assert_int_equal(get(c, "ASIAOLD"), STATUS_OK);
		(void)poll(NULL, 0, ROUND_MS);
	}
	assert_int_equal(times_asked(), 2);
	while (
	    credentials_get(c, &k, NULL) == STATUS_OK && rounds++ < ROUNDS_MAX)
		(void)poll(NULL, 0, ROUND_MS);
	assert_true(credentials_expiry_us(c) <= clock_wall_us());
	assert_int_equal(get(c, "Version"), STATUS_INVALID);
	credentials_free(c);
}

static void
renewed_in_time(void **state)
{
	struct credentials *c = keys();
	struct sigv4_keys k = { 0 };
	int rounds = 0;

	(void)state;
	answer("ASIAOLD", 4 * S);
	assert_int_equal(get(c, "ASIAOLD"), STATUS_OK);
	answer("ASIANEW", 3600 * S);
	do {
		(void)poll(NULL, 0, ROUND_MS);
		assert_int_equal(credentials_get(c, &k, NULL), STATUS_OK);
	} while (!span_equal(k.id, SPAN("ASIANEW")) && rounds++ < ROUNDS_MAX);
	assert_span_equal(k.id, SPAN("ASIANEW"));
	assert_int_equal(times_asked(), 2);
	credentials_free(c);
}

static void
settings(void **state)
{
	struct credentials *c = keys();
	bool said;

	(void)state;
	assert_string_equal(credentials_region(c, &said), "eu-north-1");
	assert_true(said);
	assert_string_equal(credentials_endpoint(c, "S3"), "http://buckets");
	assert_string_equal(credentials_endpoint(c, "SQS"), "http://all");
	(void)setenv("AWS_ENDPOINT_URL", "http://env", 1);
	assert_string_equal(credentials_endpoint(c, "SQS"), "http://env");
	(void)setenv("AWS_ENDPOINT_URL_CLOUDTRAIL", "http://ct", 1);
	assert_string_equal(credentials_endpoint(c, "CloudTrail"), "http://ct");
	(void)setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
	assert_null(credentials_endpoint(c, "CloudTrail"));
	(void)unsetenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
	(void)unsetenv("AWS_ENDPOINT_URL");
	(void)unsetenv("AWS_ENDPOINT_URL_CLOUDTRAIL");
	assert_null(credentials_ca_file(c));
	credentials_free(c);
	c = credentials_new(&(struct credentials_options){
	    .region = "us-west-1", .profile = "nobody" });
	assert_string_equal(credentials_region(c, NULL), "us-west-1");
	assert_int_equal(get(c, "nobody"), STATUS_INVALID);
	credentials_free(c);
	credentials_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("keys that hold are asked for once", asked_once),
		TEST("a failure is remembered for a while",
		    failing_is_remembered),
		TEST("keys that AWS refused are not given again", refused_keys),
		TEST("the last good keys are kept while they hold",
		    last_good_keys),
		TEST("keys are renewed before they expire", renewed_in_time),
		TEST("region and endpoints are as environment and profile "
		     "say",
		    settings),
	};

	return cmocka_run_group_tests_name("credentials", tests, start, end);
}
