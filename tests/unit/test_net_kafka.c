/* The checked configuration, and words for what goes wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/kafka.h"
#include "net/kafka_token.h"
#include "test.h"

static const struct kafka_preset presets[] = {
	{ "enable.auto.commit", "false", "it must be so" },
	{ "auto.offset.reset", "earliest", NULL },
	{ "no.such.preset.of.this.version", "1", NULL },
};
static const char *const required[] = { "bootstrap.servers", "group.id", NULL };

struct property {
	char name[64], value[512];
};

/* The error of a configuration with these and what is required; "" if none. */
static enum status
try_with(const struct property *pairs, size_t count, rd_kafka_conf_t **conf,
    struct buf *error)
{
	struct property all[8] = { { "bootstrap.servers", "127.0.0.1:9" },
		{ "group.id", "g" } };
	struct config_property properties[8];
	struct kafka_wish wish = { presets, COUNTOF(presets), properties,
		count + 2, required };

	for (size_t i = 0; i < count + 2; i++) {
		if (i >= 2)
			all[i] = pairs[i - 2];
		properties[i] = (struct config_property){ all[i].name,
			all[i].value, (unsigned)i + 1, 3 };
	}
	return kafka_conf(&wish, conf, error);
}

static void
refuses(const char *name, const char *value, const char *says)
{
	struct property pair = { "", "" };
	struct buf error = { 0 };
	rd_kafka_conf_t *conf = NULL;

	(void)snprintf(pair.name, sizeof(pair.name), "%s", name);
	(void)snprintf(pair.value, sizeof(pair.value), "%s", value);
	assert_int_equal(try_with(&pair, 1, &conf, &error), STATUS_INVALID);
	assert_null(conf);
	assert_non_null(strstr(buf_text(&error), name));
	if (strstr(buf_text(&error), says) == NULL)
		fail_msg("%s", buf_text(&error));
	buf_done(&error);
}

static void
value_is(rd_kafka_conf_t *conf, const char *name, const char *want)
{
	char value[512];
	size_t size = sizeof(value);

	assert_int_equal(
	    rd_kafka_conf_get(conf, name, value, &size), RD_KAFKA_CONF_OK);
	assert_string_equal(value, want);
}

static void
passes_through(void **state)
{
	struct property pairs[] = { { "auto.offset.reset", "latest" },
		{ "fetch.min.bytes", "7" }, { "enable.auto.commit", "false" } };
	struct buf error = { 0 };
	rd_kafka_conf_t *conf = NULL;

	(void)state;
	assert_int_equal(try_with(pairs, COUNTOF(pairs), &conf, &error), 0);
	value_is(conf, "auto.offset.reset", "largest");
	value_is(conf, "fetch.min.bytes", "7");
	value_is(conf, "group.id", "g");
	rd_kafka_conf_destroy(conf);
}

static void
names_what_to_change(void **state)
{
	(void)state;
	refuses("fetch.min.byte", "7", "did you mean \"fetch.min.bytes\"?");
	refuses("bootstrap.server", "x", "\"bootstrap.servers\"?");
	refuses("utterly.different", "7", "knows no such property");
	refuses("fetch.min.bytes", "many", "line 3, column 3");
	refuses("security.protocol", "telnet", "telnet");
	refuses("enable.auto.commit", "true", "it must be so");
}

static void
hides_secrets(void **state)
{
	static const char *const names[] = { "sasl.password",
		"ssl.key.password", "ssl.keystore.password", "ssl.key.pem",
		"sasl.oauthbearer.client.secret", "sasl.jaas.config",
		"sasl.oauthbearer.config", "ssl_key" };
	struct property pairs[] = { { "sasl.jaas.config", "hunter2" },
		{ "sasl.passwort", "hunter2" },
		{ "sasl.oauthbearer.client.secret.file", "/no/such" } };
	struct buf error = { 0 };
	rd_kafka_conf_t *conf = NULL;

	(void)state;
	for (size_t i = 0; i < COUNTOF(names); i++)
		assert_true(kafka_is_secret(span_str(names[i])));
	assert_false(kafka_is_secret(SPAN("ssl.key.location")));
	assert_int_equal(
	    try_with(pairs, COUNTOF(pairs), &conf, &error), STATUS_INVALID);
	assert_null(strstr(buf_text(&error), "hunter2"));
	assert_non_null(strstr(buf_text(&error), "/no/such: No such file"));
	assert_non_null(strstr(buf_text(&error), "\"sasl.password\"?"));
	buf_done(&error);
}

static void
reads_secrets_from_files(void **state)
{
	char path[] = "/tmp/nephoscope-kafka-XXXXXX";
	int fd = mkstemp(path);
	struct property pair = { "sasl.password.file", "" };
	struct buf error = { 0 };
	rd_kafka_conf_t *conf = NULL;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "hun ter2\n", 9), 9);
	(void)snprintf(pair.value, sizeof(pair.value), "%s", path);
	assert_int_equal(try_with(&pair, 1, &conf, &error), 0);
	value_is(conf, "sasl.password", "hun ter2");
	rd_kafka_conf_destroy(conf);
	assert_int_equal(ftruncate(fd, 0), 0);
	refuses("sasl.password.file", path, "holds no secret");
	(void)close(fd);
	(void)unlink(path);
}

static void
reads_tokens(void **state)
{
	/* {"sub":"watcher?>","exp":1800000000} */
	static const struct span good =
	    SPAN_INIT("e30.eyJzdWIiOiJ3YXRjaGVyPz4iLCJleHAiOjE4MDAwMDAwMDB9.x");
	static const struct span bad[] = { SPAN_INIT(""), SPAN_INIT("e30"),
		SPAN_INIT("e30.."), SPAN_INIT("e30.e30.x"),
		SPAN_INIT("e30.!!!!.x"), SPAN_INIT("e30.W10.x"),
		/* {"sub":"w","exp":1e300} */
		SPAN_INIT("e30.eyJzdWIiOiJ3IiwiZXhwIjoxZTMwMH0.x") };
	struct buf subject = { 0 };
	int64_t expires_ms = 0;

	(void)state;
	assert_int_equal(
	    kafka_token_claims(good, &subject, &expires_ms), STATUS_OK);
	assert_string_equal(buf_text(&subject), "watcher?>");
	assert_int_equal(expires_ms, 1800000000000);
	for (size_t i = 0; i < COUNTOF(bad); i++)
		assert_int_equal(
		    kafka_token_claims(bad[i], &subject, &expires_ms),
		    STATUS_MALFORMED);
	buf_done(&subject);
}

static void
says_what_is_missing(void **state)
{
	struct config_property none = { NULL, NULL, 0, 0 };
	struct kafka_wish wish = { presets, COUNTOF(presets), &none, 0,
		required };
	struct buf error = { 0 };
	rd_kafka_conf_t *conf = NULL;

	(void)state;
	assert_int_equal(kafka_conf(&wish, &conf, &error), STATUS_INVALID);
	assert_string_equal(buf_text(&error),
	    "properties need \"bootstrap.servers\"\n"
	    "properties need \"group.id\"");
	buf_done(&error);
}

static void
explains_scram(void **state)
{
	char name[] = "sasl.mechanism", value[] = "SCRAM-SHA-512";
	struct config_property scram = { name, value, 0, 0 };
	struct kafka_wish wish = { presets, COUNTOF(presets), &scram, 1,
		required };
	struct buf text = { 0 };
	bool old = rd_kafka_version() < 0x020601ff;

	(void)state;
	kafka_explain(
	    &wish, RD_KAFKA_RESP_ERR__AUTHENTICATION, "refused", &text);
	assert_true((strstr(buf_text(&text), "2.6.1") != NULL) == old);
	assert_non_null(strstr(buf_text(&text), "refused"));
	buf_reset(&text);
	kafka_explain(&wish, RD_KAFKA_RESP_ERR__TIMED_OUT, NULL, &text);
	assert_null(strstr(buf_text(&text), "2.6.1"));
	assert_true(text.len > 0);
	buf_done(&text);
}

static void
reads_statistics(void **state)
{
	(void)state;
	assert_true(kafka_is_up(SPAN(
	    "{\"brokers\":{\"a:1/bootstrap\":{\"nodeid\":-1,\"state\":\"UP\"},"
	    "\"a:1/1\":{\"nodeid\":1,\"state\":\"UP\"}}}")));
	assert_false(kafka_is_up(SPAN(
	    "{\"brokers\":{\"a:1/bootstrap\":{\"nodeid\":-1,\"state\":\"UP\"},"
	    "\"a:1/1\":{\"nodeid\":1,\"state\":\"DOWN\"}}}")));
	assert_false(kafka_is_up(SPAN("{")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("properties of the user's win over defaults",
		    passes_through),
		TEST("a wrong property is named, with what to do",
		    names_what_to_change),
		TEST("no secret is in a message", hides_secrets),
		TEST("a secret may stand in a file", reads_secrets_from_files),
		TEST("a token tells whose it is and until when", reads_tokens),
		TEST("what is missing is said", says_what_is_missing),
		TEST("an old client's SCRAM is explained", explains_scram),
		TEST("statistics tell whether a broker answers",
		    reads_statistics),
	};

	return cmocka_run_group_tests_name("net_kafka", tests, NULL, NULL);
}
