#include "net/kafka.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/crypto.h>

#include "base/escape.h"
#include "config/nearest.h"
#include "net/kafka_token.h"

#define REASON_BYTES 512
#define SECRET_BYTES ((size_t)64 * 1024)
#define SCRAM_FIXED 0x020601ff /* librdkafka 2.6.1 */

static const struct span file_suffix = SPAN_INIT(".file");

bool
kafka_is_secret(struct span name)
{
	static const struct span marks[] = { SPAN_INIT("password"),
		SPAN_INIT("secret"), SPAN_INIT("jaas"), SPAN_INIT("key.pem"),
		SPAN_INIT("oauthbearer.config"), SPAN_INIT("ssl_key") };

	for (size_t i = 0; i < COUNTOF(marks); i++) {
		if (span_contains_nocase(name, marks[i]))
			return true;
	}
	return false;
}

/* "sasl.password.file" -> "sasl.password"; empty for what is not ours. */
static struct span
secret_of_file(const char *name)
{
	struct span s = span_str(name);

	if (!span_ends(s, file_suffix))
		return span_of(NULL, 0);
	s = span_first(s, s.len - file_suffix.len);
	return kafka_is_secret(s) ? s : span_of(NULL, 0);
}

const char *
kafka_property(const struct kafka_wish *wish, const char *name)
{
	for (size_t i = 0; i < wish->nproperties; i++) {
		if (!strcmp(wish->properties[i].name, name))
			return wish->properties[i].value;
	}
	return NULL;
}

/* --- faults --------------------------------------------------------------- */

static void
begin_fault(struct buf *error, const struct config_property *p)
{
	if (error->len > 0)
		buf_add_char(error, '\n');
	if (p->line > 0)
		buf_printf(error, "line %u, column %u: ", p->line, p->column);
	buf_add_str(error, "property \"");
	escape_terminal(span_str(p->name), error);
	buf_add_str(error, "\": ");
}

static void
fault(struct buf *error, const struct config_property *p, const char *what)
{
	begin_fault(error, p);
	escape_terminal(span_str(what), error);
}

/* The client prints a table of all properties; its first column are names. */
static void
offer_names(struct nearest *n, char *table, struct span wrote)
{
	for (char *line = table; line != NULL && *line != '\0';) {
		char *next = strchr(line, '\n');
		size_t len = strcspn(line, " |\n");

		if (next != NULL)
			*next++ = '\0';
		line[len] = '\0';
		if (len > 0 && strchr(line, '.') != NULL &&
		    (n->name == NULL || strcmp(n->name, line) != 0))
			nearest_offer(n, wrote, line);
		line = next;
	}
}

static void
unknown(struct buf *error, const struct config_property *p)
{
	struct nearest near = { 0 };
	char *table = NULL;
	size_t len;
	FILE *stream = open_memstream(&table, &len);

	begin_fault(error, p);
	buf_printf(error, "librdkafka %s knows no such property",
	    rd_kafka_version_str());
	if (stream != NULL) {
		rd_kafka_conf_properties_show(stream);
		(void)fclose(stream);
		offer_names(&near, table, span_str(p->name));
	}
	if (near.name != NULL)
		buf_printf(error, "; did you mean \"%s\"?", near.name);
	free(table);
}

/* --- setting -------------------------------------------------------------- */

static void
set(rd_kafka_conf_t *conf, const struct config_property *p, const char *name,
    const char *value, struct buf *error)
{
	char reason[REASON_BYTES] = "";

	switch (rd_kafka_conf_set(conf, name, value, reason, sizeof(reason))) {
	case RD_KAFKA_CONF_OK:
		break;
	case RD_KAFKA_CONF_UNKNOWN:
		unknown(error, p);
		break;
	case RD_KAFKA_CONF_INVALID:
		/* The reason quotes the value. */
		fault(error, p,
		    kafka_is_secret(span_str(name)) ? "its value is not allowed"
						    : reason);
		break;
	}
}

char *
kafka_read_secret(const char *path, struct buf *error)
{
	FILE *file = fopen(path, "rbe");
	char *text;
	size_t len;
	bool good;

	if (file == NULL) {
		escape_terminal(span_str(path), error);
		buf_printf(error, ": %s", status_errno_text(errno));
		return NULL;
	}
	text = status_calloc(1, SECRET_BYTES + 1);
	len = fread(text, 1, SECRET_BYTES, file);
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		text[--len] = '\0';
	good = !ferror(file) && len > 0 && len < SECRET_BYTES &&
	       memchr(text, '\0', len) == NULL;
	(void)fclose(file);
	if (good)
		return text;
	OPENSSL_cleanse(text, SECRET_BYTES);
	free(text);
	escape_terminal(span_str(path), error);
	buf_add_str(error, ": the file holds no secret of 1 to 65535 bytes");
	return NULL;
}

static void
set_from_file(rd_kafka_conf_t *conf, const struct config_property *p,
    struct span secret, struct buf *error)
{
	char name[128];
	struct buf why = { 0 };
	char *text = kafka_read_secret(p->value, &why);

	(void)snprintf(name, sizeof(name), "%.*s", SPAN_ARGS(secret));
	if (text != NULL) {
		set(conf, p, name, text, error);
		OPENSSL_cleanse(text, strlen(text));
	} else {
		begin_fault(error, p);
		buf_add(error, buf_span(&why));
	}
	free(text);
	buf_done(&why);
}

/* The callback is given the path as the mechanism's configuration. */
static void
set_token_file(
    rd_kafka_conf_t *conf, const struct config_property *p, struct buf *error)
{
	set(conf, p, "sasl.oauthbearer.config", p->value, error);
	rd_kafka_conf_set_oauthbearer_token_refresh_cb(
	    conf, kafka_token_refresh);
}

static void
set_property(
    rd_kafka_conf_t *conf, const struct config_property *p, struct buf *error)
{
	struct span secret = secret_of_file(p->name);

	if (!strcmp(p->name, "sasl.oauthbearer.token.file"))
		set_token_file(conf, p, error);
	else if (secret.len > 0)
		set_from_file(conf, p, secret, error);
	else
		set(conf, p, p->name, p->value, error);
}

static void
set_presets(rd_kafka_conf_t *conf, const struct kafka_wish *wish)
{
	char reason[REASON_BYTES];

	/* A name that this librdkafka does not have needs no preset. */
	for (size_t i = 0; i < wish->npresets; i++)
		(void)rd_kafka_conf_set(conf, wish->presets[i].name,
		    wish->presets[i].value, reason, sizeof(reason));
}

/* Values are compared as the client understood them: "False" is "false". */
static void
check_fixed(rd_kafka_conf_t *conf, const struct kafka_wish *wish,
    const struct config_property *p, struct buf *error)
{
	char value[64] = "";
	size_t size = sizeof(value);

	for (size_t i = 0; i < wish->npresets; i++) {
		const struct kafka_preset *preset = &wish->presets[i];

		if (preset->fixed == NULL || strcmp(preset->name, p->name) != 0)
			continue;
		if (rd_kafka_conf_get(conf, p->name, value, &size) ==
			RD_KAFKA_CONF_OK &&
		    !strcmp(value, preset->value))
			continue;
		begin_fault(error, p);
		buf_printf(error, "leave it out, it is \"%s\": %s",
		    preset->value, preset->fixed);
	}
}

static void
check_required(const struct kafka_wish *wish, struct buf *error)
{
	for (const char *const *name = wish->required; *name != NULL; name++) {
		const char *value = kafka_property(wish, *name);

		if (value != NULL && *value != '\0')
			continue;
		if (!strcmp(*name, "bootstrap.servers") &&
		    kafka_property(wish, "metadata.broker.list") != NULL)
			continue;
		if (error->len > 0)
			buf_add_char(error, '\n');
		buf_printf(error, "properties need \"%s\"", *name);
	}
}

enum status
kafka_conf(
    const struct kafka_wish *wish, rd_kafka_conf_t **conf, struct buf *error)
{
	rd_kafka_conf_t *made = rd_kafka_conf_new();
	size_t before = error->len;

	set_presets(made, wish);
	for (size_t i = 0; i < wish->nproperties; i++) {
		set_property(made, &wish->properties[i], error);
		check_fixed(made, wish, &wish->properties[i], error);
	}
	check_required(wish, error);
	if (error->len > before) {
		rd_kafka_conf_destroy(made);
		return STATUS_INVALID;
	}
	*conf = made;
	return STATUS_OK;
}

enum status
kafka_check(const struct kafka_wish *wish, struct buf *error)
{
	rd_kafka_conf_t *conf;
	enum status st = kafka_conf(wish, &conf, error);

	if (st == STATUS_OK)
		rd_kafka_conf_destroy(conf);
	return st;
}

/* --- trouble -------------------------------------------------------------- */

enum kafka_weight
kafka_weight(rd_kafka_resp_err_t error)
{
	static const struct {
		rd_kafka_resp_err_t error;
		enum kafka_weight weight;
	} rows[] = {
		{ RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, KAFKA_UNREACHED },
		{ RD_KAFKA_RESP_ERR__AUTHENTICATION, KAFKA_UNREACHED },
		{ RD_KAFKA_RESP_ERR__SSL, KAFKA_UNREACHED },
		{ RD_KAFKA_RESP_ERR__RESOLVE, KAFKA_UNREACHED },
		{ RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
		    KAFKA_UNREACHED },
		{ RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM,
		    KAFKA_UNREACHED },
		{ RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, KAFKA_REFUSED },
		{ RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, KAFKA_REFUSED },
		{ RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
		    KAFKA_REFUSED },
		{ RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, KAFKA_REFUSED },
		{ RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, KAFKA_REFUSED },
		{ RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, KAFKA_REFUSED },
		{ RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, KAFKA_REFUSED },
		{ RD_KAFKA_RESP_ERR__FATAL, KAFKA_REFUSED },
	};

	for (size_t i = 0; i < COUNTOF(rows); i++) {
		if (error == rows[i].error)
			return rows[i].weight;
	}
	return KAFKA_PASSING;
}

bool
kafka_is_up(struct span statistics)
{
	json_t *root = json_loadb(statistics.at, statistics.len, 0, NULL);
	json_t *brokers = json_object_get(root, "brokers"), *broker;
	const char *name;
	bool up = false;

	json_object_foreach(brokers, name, broker)
	{
		const char *state =
		    json_string_value(json_object_get(broker, "state"));
		json_t *id = json_object_get(broker, "nodeid");

		/* Those of the configuration and the coordinator's other name
		 * have no number of their own. */
		up = up || (state != NULL && !strcmp(state, "UP") &&
			       json_integer_value(id) >= 0);
	}
	json_decref(root);
	return up;
}

/* Apache Kafka 4 refuses the SCRAM messages of librdkafka before 2.6.1. */
static bool
scram_is_too_old(const struct kafka_wish *wish, rd_kafka_resp_err_t error)
{
	const char *mechanism = kafka_property(wish, "sasl.mechanisms");

	if (mechanism == NULL)
		mechanism = kafka_property(wish, "sasl.mechanism");
	return mechanism != NULL && rd_kafka_version() < SCRAM_FIXED &&
	       span_contains_nocase(span_str(mechanism), SPAN("scram")) &&
	       (error == RD_KAFKA_RESP_ERR__AUTHENTICATION ||
		   error == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED);
}

void
kafka_explain(const struct kafka_wish *wish, rd_kafka_resp_err_t error,
    const char *reason, struct buf *out)
{
	if (scram_is_too_old(wish, error))
		buf_printf(out,
		    "SCRAM was refused: wrong user or password, or the broker "
		    "is Apache Kafka 4, which librdkafka %s cannot do; build "
		    "with 2.6.1 or newer, or use PLAIN over TLS: ",
		    rd_kafka_version_str());
	escape_terminal(
	    span_str(reason && *reason ? reason : rd_kafka_err2str(error)),
	    out);
}
