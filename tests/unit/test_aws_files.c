/*
 * The shared files, the words of a command and where a container asks:
 * what needs no server.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "aws/endpoint.h"
#include "aws/ini.h"
#include "aws/key_set.h"
#include "aws/process.h"
#include "aws/provider_container.h"
#include "aws/secret.h"
#include "aws/sso.h"
#include "aws/sts.h"
#include "base/civil.h"
#include "test.h"

#define PROFILE SPAN("profile")
#define NONE SPAN("")

static struct ini *
parse(const char *text)
{
	struct ini *ini = NULL;
	unsigned line;

	assert_int_equal(ini_parse(span_str(text), &ini, &line), STATUS_OK);
	return ini;
}

static void
expect_bad(const char *text, unsigned expected)
{
	struct ini *ini = NULL;
	unsigned line = 0;

	assert_int_equal(
	    ini_parse(span_str(text), &ini, &line), STATUS_MALFORMED);
	assert_int_equal(line, expected);
	assert_null(ini);
}

static void
ini_values(void **state)
{
	struct ini *ini = parse("\xef\xbb\xbf# comment\n"
				"[default]\r\n"
				"region = eu-west-1 # here\r\n"
				"  ; indented comment\n"
				"Key=a=b#c\n"
				"empty =\n"
				"\n"
				"[ profile \"two words\" ] ; comment\n"
				"region=one\n"
				"[profile x]\n"
				"region=two\n"
				"[profile \"two words\"]\n"
				"region=three");

	(void)state;
	assert_true(ini_has(ini, NONE, SPAN("default")));
	assert_true(ini_has(ini, PROFILE, SPAN("two words")));
	assert_false(ini_has(ini, PROFILE, SPAN("default")));
	assert_span_equal(
	    ini_get(ini, NONE, SPAN("default"), NONE, SPAN("region")),
	    SPAN("eu-west-1"));
	assert_span_equal(
	    ini_get(ini, NONE, SPAN("default"), NONE, SPAN("key")),
	    SPAN("a=b#c"));
	assert_non_null(
	    ini_get(ini, NONE, SPAN("default"), NONE, SPAN("empty")).at);
	assert_null(
	    ini_get(ini, NONE, SPAN("default"), NONE, SPAN("absent")).at);
	assert_span_equal(
	    ini_get(ini, PROFILE, SPAN("two words"), NONE, SPAN("region")),
	    SPAN("three"));
	ini_free(ini);
}

static void
ini_below(void **state)
{
	struct ini *ini = parse("[services local]\n"
				"s3 =\n"
				"  endpoint_url = http://a\n"
				"\tother = 1\n"
				"sqs = \n"
				"  endpoint_url = http://b\n"
				"plain = value\n"
				"  goes on = here\n"
				"last = 2\n");
	struct span local = SPAN("local"), url = SPAN("endpoint_url");

	(void)state;
	assert_span_equal(
	    ini_get(ini, SPAN("services"), local, SPAN("S3"), url),
	    SPAN("http://a"));
	assert_span_equal(
	    ini_get(ini, SPAN("services"), local, SPAN("sqs"), url),
	    SPAN("http://b"));
	assert_null(ini_get(ini, SPAN("services"), local, NONE, url).at);
	assert_null(
	    ini_get(ini, SPAN("services"), local, NONE, SPAN("goes on")).at);
	assert_span_equal(
	    ini_get(ini, SPAN("services"), local, NONE, SPAN("last")),
	    SPAN("2"));
	ini_free(ini);
}

static void
ini_broken(void **state)
{
	(void)state;
	expect_bad("key = outside\n", 1);
	expect_bad("[a]\nno equals\n", 2);
	expect_bad("[a\n", 1);
	expect_bad("[]\n", 1);
	expect_bad("[a] x\n", 1);
	expect_bad("[a]\n= value\n", 2);
	expect_bad("  indented = first\n", 1);
}

/* The words of a command, each in brackets. */
static void
expect_words(const char *command, const char *expected)
{
	struct buf text = { 0 }, seen = { 0 };
	char *words[PROCESS_WORDS_MAX + 1];

	assert_int_equal(
	    process_words(span_str(command), &text, words), STATUS_OK);
	for (size_t i = 0; words[i] != NULL; i++)
		buf_printf(&seen, "[%s]", words[i]);
	assert_span_equal(buf_span(&seen), span_str(expected));
	buf_done(&text);
	buf_done(&seen);
}

static void
words(void **state)
{
	struct buf text = { 0 };
	char *list[PROCESS_WORDS_MAX + 1];

	(void)state;
	expect_words("/bin/x a  b ", "[/bin/x][a][b]");
	expect_words("'a b' \"c d\"e", "[a b][c de]");
	expect_words("a\\ b '\\' \"\\\"\\\\\\n\"", "[a b][\\][\"\\\\n]");
	expect_words("$HOME `x` ; | > ''", "[$HOME][`x`][;][|][>][]");
	assert_int_equal(
	    process_words(SPAN("'open"), &text, list), STATUS_INVALID);
	assert_int_equal(
	    process_words(SPAN("x\\"), &text, list), STATUS_INVALID);
	assert_int_equal(
	    process_words(SPAN("  "), &text, list), STATUS_INVALID);
	assert_int_equal(
	    process_words(SPAN("a\0b"), &text, list), STATUS_INVALID);
	buf_done(&text);
	for (int i = 0; i < 100; i++)
		buf_add_str(&text, "a ");
	{
		struct buf many = { 0 };

		assert_int_equal(process_words(buf_span(&text), &many, list),
		    STATUS_TOO_LARGE);
		buf_done(&many);
	}
	buf_done(&text);
}

static enum status
run(const char *command, int limit_ms, size_t limit, const char *expected)
{
	struct buf why = { 0 };
	char *memory;
	struct span text;
	const struct process p = { span_str(command), limit_ms, limit };
	enum status st = process_run(&p, &memory, &text, &why);

	if (st == STATUS_OK)
		assert_span_equal(text, span_str(expected));
	else
		assert_span_equal(buf_span(&why), span_str(expected));
	assert_true((st == STATUS_OK) == (memory != NULL));
	secret_free(memory);
	buf_done(&why);
	return st;
}

static void
processes(void **state)
{
	(void)state;
	assert_int_equal(
	    run("printf '%s' \"a b\"", 10000, 100, "a b"), STATUS_OK);
	assert_int_equal(run("printf 12345", 10000, 5, "12345"), STATUS_OK);
	assert_int_equal(run("printf 123456", 10000, 5, "printed too much"),
	    STATUS_TOO_LARGE);
	assert_int_equal(
	    run("sh -c 'exit 7'", 10000, 5, "exited with 7"), STATUS_INVALID);
	assert_int_equal(
	    run("sh -c 'kill -9 $$'", 10000, 5, "was ended by signal 9"),
	    STATUS_INVALID);
	/* Neither it nor what it left running is waited for. */
	assert_int_equal(
	    run("sh -c 'sleep 60 & sleep 60'", 50, 5, "took too long"),
	    STATUS_TRUNCATED);
	assert_int_equal(
	    run("sh -c 'exec >&-; sleep 60'", 50, 5, "took too long"),
	    STATUS_TRUNCATED);
	assert_int_equal(run("/nowhere/x", 1000, 5,
			     "cannot be run: No such file or directory"),
	    STATUS_NOT_FOUND);
}

static void
containers(void **state)
{
	static const struct {
		const char *relative, *full, *url;
	} rows[] = {
		{ "/v2/x?id=1", "http://1.2.3.4/",
		    "http://169.254.170.2/v2/x?id=1" },
		{ NULL, "http://127.0.0.1:80/x", "http://127.0.0.1:80/x" },
		{ NULL, "http://127.9.9.9/x", "http://127.9.9.9/x" },
		{ NULL, "http://localhost/x", "http://localhost/x" },
		{ NULL, "http://[::1]:1/x", "http://[::1]:1/x" },
		{ NULL, "http://169.254.170.2/x", "http://169.254.170.2/x" },
		{ NULL, "http://169.254.170.23/x", "http://169.254.170.23/x" },
		{ NULL, "http://[fd00:ec2::23]/x", "http://[fd00:ec2::23]/x" },
		{ NULL, "https://any.example/x", "https://any.example/x" },
		{ NULL, "http://any.example/x", NULL },
		{ NULL, "http://169.254.169.254/x", NULL },
		{ NULL, "http://127.0.0.1.evil.example/x", NULL },
		{ NULL, "http://localhost.evil.example/x", NULL },
		{ NULL, "http://a@127.0.0.1/x", NULL },
		{ NULL, "file:///etc/passwd", NULL },
		{ NULL, "http://127.0.0.1/x?a b", NULL },
		{ "v2/x", NULL, NULL },
		{ "/v2\r\nx", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct buf url = { 0 }, why = { 0 };
		bool ok = provider_container_url(span_str(rows[i].relative),
		    span_str(rows[i].full), &url, &why);

		assert_int_equal(ok, rows[i].url != NULL);
		assert_span_equal(buf_span(&url), span_str(rows[i].url));
		assert_true(ok || why.len > 0);
		buf_done(&url);
		buf_done(&why);
	}
}

static void
regions(void **state)
{
	struct endpoint at;

	(void)state;
	assert_string_equal(
	    endpoint_suffix(SPAN("eu-west-1")), "amazonaws.com");
	assert_string_equal(
	    endpoint_suffix(SPAN("cn-north-1")), "amazonaws.com.cn");
	assert_string_equal(
	    endpoint_partition(SPAN("us-gov-west-1")), "aws-us-gov");
	assert_string_equal(
	    endpoint_suffix(SPAN("us-isob-east-1")), "sc2s.sgov.gov");
	assert_true(endpoint_is_region(SPAN("eu-west-1")));
	assert_false(endpoint_is_region(SPAN("")));
	assert_false(endpoint_is_region(SPAN("x.evil.example/")));
	assert_true(endpoint_split(SPAN("https://h:1/a/b/"), &at));
	assert_span_equal(at.host, SPAN("h:1"));
	assert_span_equal(at.path, SPAN("/a/b"));
	assert_span_equal(endpoint_bare_host(SPAN("[::1]:80")), SPAN("::1"));
	assert_false(endpoint_split(SPAN("https:///x"), &at));
	assert_false(endpoint_split(SPAN("ftp://h"), &at));
	assert_false(endpoint_split(SPAN("https://u@h"), &at));
}

static void
role_arns(void **state)
{
	(void)state;
	assert_true(sts_is_role_arn(SPAN("arn:aws:iam::111122223333:role/x")));
	assert_true(
	    sts_is_role_arn(SPAN("arn:aws-cn:iam::111122223333:role/p/x")));
	assert_false(sts_is_role_arn(SPAN("arn:aws:iam::111122223333:role/")));
	assert_false(sts_is_role_arn(SPAN("arn:aws:iam::111122223333:user/x")));
	assert_false(sts_is_role_arn(SPAN("arn:aws:iam::1:role/x")));
	assert_false(
	    sts_is_role_arn(SPAN("arn:aws:iam::111122223333:role/a b")));
	assert_false(sts_is_role_arn(SPAN("x")));
}

static void
masks(void **state)
{
	struct key_set k;
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(key_set_make(&k, SPAN("AKIAIOSFODNN7EXAMPLE"),
			     SPAN("secret"), NONE),
	    STATUS_OK);
	key_set_mask(&k, &out);
	assert_span_equal(buf_span(&out), SPAN("AKIA...MPLE"));
	key_set_done(&k);
	key_set_done(&k);
	buf_reset(&out);
	assert_int_equal(
	    key_set_make(&k, SPAN("AKIASHORT"), SPAN("s"), NONE), STATUS_OK);
	key_set_mask(&k, &out);
	assert_span_equal(buf_span(&out), SPAN("****"));
	key_set_done(&k);
	assert_int_equal(
	    key_set_make(&k, SPAN("A B"), SPAN("s"), NONE), STATUS_INVALID);
	assert_int_equal(
	    key_set_make(&k, SPAN("A"), SPAN("s\n"), NONE), STATUS_INVALID);
	assert_int_equal(
	    key_set_make(&k, SPAN("A"), NONE, NONE), STATUS_INVALID);
	buf_done(&out);
}

static void
sso_names(void **state)
{
	struct buf out = { 0 };

	(void)state;
	/* SHA-1("abc"), FIPS 180-1, appendix A. */
	sso_cache_name(SPAN("abc"), &out);
	assert_span_equal(buf_span(&out),
	    SPAN("a9993e364706816aba3e25717850c26c9cd0d89d.json"));
	buf_done(&out);
}

static void
secrets(void **state)
{
	char *s = secret_new(10000);
	char path[] = "/tmp/nephoscope-secret-XXXXXX";
	int fd = mkstemp(path);
	char *memory;
	struct span text;

	(void)state;
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(s[i], 0);
	memset(s, 'x', 10000);
	secret_free(s);
	secret_free(NULL);
	assert_int_equal(write(fd, "hello", 5), 5);
	(void)close(fd);
	assert_int_equal(secret_read(path, 5, &memory, &text), STATUS_OK);
	assert_span_equal(text, SPAN("hello"));
	secret_free(memory);
	assert_int_equal(
	    secret_read(path, 4, &memory, &text), STATUS_TOO_LARGE);
	(void)unlink(path);
	assert_int_equal(
	    secret_read(path, 4, &memory, &text), STATUS_NOT_FOUND);
	assert_int_equal(
	    secret_read("/tmp", 4, &memory, &text), STATUS_INVALID);
	assert_int_equal(
	    secret_read("/dev/null", 4, &memory, &text), STATUS_NOT_FOUND);
}

/* Of the pages that hold a secret, what the kernel says: "dd" is do not
 * dump. */
static void
not_dumped(void **state)
{
	char *s = secret_new(1);
	FILE *maps = fopen("/proc/self/smaps", "r");
	char line[512];
	bool inside = false, found = false;

	(void)state;
	if (maps == NULL)
		skip();
	while (fgets(line, sizeof(line), maps) != NULL) {
		unsigned long from, to;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = (uintptr_t)s >= from && (uintptr_t)s < to;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, " dd") != NULL;
	}
	(void)fclose(maps);
	secret_free(s);
	assert_true(found);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("sections, keys and comments of the shared files",
		    ini_values),
		TEST("keys below a key without a value", ini_below),
		TEST("a broken file is refused with its line", ini_broken),
		TEST("a command is cut into words and nothing expanded", words),
		TEST("a process is bounded in time and output", processes),
		TEST("a container asks only whom it may trust", containers),
		TEST("regions have partitions, endpoints have parts", regions),
		TEST("the ARN of a role is told", role_arns),
		TEST("keys are masked and checked", masks),
		TEST("the cached token's file is named by a hash", sso_names),
		TEST("secrets are zeroed, read and bounded", secrets),
		TEST("a secret's pages stay out of core dumps", not_dumped),
	};

	return cmocka_run_group_tests_name("aws files", tests, NULL, NULL);
}
