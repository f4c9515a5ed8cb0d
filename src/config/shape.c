#include "config/shape.h"

#include "config/config.h"

#define AT(type, member) .offset = offsetof(struct type, member)
#define COUNTED(type, member, count)                                           \
	.offset = offsetof(struct type, member),                               \
	.count_offset = offsetof(struct type, count)
#define UNBOUNDED .least = -1e300, .most = 1e300

static const char *const log_words[] = { "logfmt", "json", NULL };
static const char *const level_words[] = { "error", "warning", "info", "debug",
	NULL };
static const char *const transport_words[] = { "tls", "tcp", "udp", NULL };
static const struct shape_key text_item = { .kind = SHAPE_TEXT };
static const struct shape_key net_item = { .kind = SHAPE_NET };
static const struct shape_key number_item = {
	.kind = SHAPE_NUMBER,
	UNBOUNDED,
	AT(config_param, value),
};

static const char *const format_words[] = { "auto", "cloudtrail", "vpcflow",
	"route53", "coredns", "k8s-audit", NULL };
static const char *const source_words[] = { "files", "s3", "kafka", "webhook",
	NULL };
static const char *const cluster_from_words[] = { "key", "topic", "header",
	"field", NULL };
static const char *const list_words[] = { "ip", "domain", "image", "hash",
	NULL };
/* In the order of enum lists_category. */
static const char *const category_words[] = { "custom", "c2", "tor", "miner",
	"blackhole", "dropsite", "phishing", "driveby", "malware", "dga",
	"abused", "suspicious", "crypto", "scanner", NULL };
static const char *const trust_words[] = { "threat", "trusted", NULL };
static const char *const feed_words[] = { "file", "stdout", "kafka", "webhook",
	"syslog", "s3", "sqs", "eventbridge", "securityhub", NULL };
static const char *const feed_format_words[] = { "guardduty", "asff", "ocsf",
	"csv", NULL };

#define TLS_KEYS(owner)                                                        \
	{ .name = "cert",                                                      \
		AT(owner, tls.cert),                                           \
		.help = "file of our certificate (PEM)" },                     \
	    { .name = "key",                                                   \
		    AT(owner, tls.key),                                        \
		    .help = "file of its private key (PEM)" },                 \
	    { .name = "client_ca",                                             \
		    AT(owner, tls.client_ca),                                  \
		    .help = "file of the CA that signs client certificates" }, \
	    { .name = "ca",                                                    \
		    AT(owner, tls.ca),                                         \
		    .help =                                                    \
			"file of the CAs to trust; default: the system's" },   \
	{                                                                      \
		0                                                              \
	}

static const struct shape_key source_tls_keys[] = { TLS_KEYS(config_source) };
static const struct shape_key feed_tls_keys[] = { TLS_KEYS(config_feed) };

static const struct shape_key property_item = {
	.kind = SHAPE_TEXT,
	AT(config_property, value),
};

#define PROPERTIES(owner)                                                      \
	.kind = SHAPE_NAMED, .item = &property_item,                           \
	.item_size = sizeof(struct config_property),                           \
	COUNTED(owner, properties, nproperties),                               \
	.name_offset = offsetof(struct config_property, name),                 \
	.line_offset = offsetof(struct config_property, line),                 \
	.column_offset = offsetof(struct config_property, column)

static const struct shape_key source_keys[] = {
	{ .name = "name",
	    AT(config_source, name),
	    .required = true,
	    .help = "how messages name it" },
	{ .name = "kind",
	    .kind = SHAPE_WORD,
	    AT(config_source, kind),
	    .words = source_words,
	    .required = true,
	    .help = "where its logs come from" },
	{ .name = "format",
	    .kind = SHAPE_WORD,
	    AT(config_source, format),
	    .words = format_words,
	    .fallback = "auto",
	    .help = "what the logs are; auto tells by content" },
	{ .name = "cluster",
	    AT(config_source, cluster),
	    .help = "whose audit log it is, where records do not say" },
	{ .name = "path",
	    AT(config_source, path),
	    .help = "files: the folder or file" },
	{ .name = "follow",
	    .kind = SHAPE_BOOL,
	    AT(config_source, follow),
	    .fallback = "false",
	    .help = "files: go on reading what is added" },
	{ .name = "bucket",
	    AT(config_source, bucket),
	    .help = "s3: the bucket" },
	{ .name = "prefix",
	    AT(config_source, prefix),
	    .help = "s3: only keys that begin so" },
	{ .name = "region",
	    AT(config_source, region),
	    .help = "s3: the region of bucket and queue" },
	{ .name = "queue",
	    AT(config_source, queue),
	    .help = "s3: URL of the SQS queue of new-object notices" },
	{ .name = "endpoint",
	    AT(config_source, endpoint),
	    .help = "s3: URL of a server other than AWS's" },
	{ .name = "path_style",
	    .kind = SHAPE_BOOL,
	    AT(config_source, path_style),
	    .help = "s3: the bucket goes into the path, not the host name" },
	{ .name = "requester_pays",
	    .kind = SHAPE_BOOL,
	    AT(config_source, requester_pays),
	    .fallback = "false",
	    .help = "s3: accept the costs of reading" },
	{ .name = "profile",
	    AT(config_source, profile),
	    .help = "s3: profile of the AWS configuration files" },
	{ .name = "role_arn",
	    AT(config_source, role_arn),
	    .help = "s3: role to assume" },
	{ .name = "external_id",
	    AT(config_source, external_id),
	    .help = "s3: external id of that role's trust policy" },
	{ .name = "start",
	    .kind = SHAPE_TIME,
	    AT(config_source, start_us),
	    .help = "s3: nothing older than this; default: look_back_hours "
		    "before the first start" },
	{ .name = "poll_seconds",
	    .kind = SHAPE_NUMBER,
	    .least = 1,
	    .most = 86400,
	    .fallback = "60",
	    AT(config_source, poll_seconds),
	    .help = "s3: so often the current prefixes are listed" },
	{ .name = "look_back_hours",
	    .kind = SHAPE_NUMBER,
	    .least = 1,
	    .most = 24 * 366,
	    .fallback = "48",
	    AT(config_source, look_back_hours),
	    .help = "s3: objects may come so late and are still seen" },
	{ .name = "verify_digests",
	    .kind = SHAPE_BOOL,
	    AT(config_source, verify_digests),
	    .fallback = "true",
	    .help = "s3: check CloudTrail's digest files" },
	{ .name = "digest_keys",
	    AT(config_source, digest_keys),
	    .help = "s3: folder of CloudTrail public keys, FINGERPRINT.pem; "
		    "default: asked of CloudTrail" },
	{ .name = "topic",
	    AT(config_source, topic),
	    .help = "kafka: the topic" },
	{ .name = "cluster_from",
	    .kind = SHAPE_WORD,
	    AT(config_source, cluster_from),
	    .words = cluster_from_words,
	    .help = "kafka: what names the cluster of a record" },
	{ .name = "cluster_key",
	    AT(config_source, cluster_key),
	    .help = "kafka: name of that header or record field" },
	{ .name = "properties",
	    PROPERTIES(config_source),
	    .help = "kafka: properties handed to librdkafka" },
	{ .name = "listen",
	    .kind = SHAPE_ADDRESS,
	    AT(config_source, listen),
	    .help = "webhook: address and port" },
	{ .name = "tls",
	    .kind = SHAPE_MAP,
	    .keys = source_tls_keys,
	    .help = "webhook: certificate" },
	{ .name = "token_file",
	    AT(config_source, token_file),
	    .help = "webhook: file of the bearer token callers must show" },
	{ .name = "body_limit",
	    .kind = SHAPE_SIZE,
	    .least = 1024,
	    .most = 256.0 * (1 << 20),
	    .fallback = "32MiB",
	    AT(config_source, body_bytes),
	    .help = "webhook: largest request" },
	{ 0 },
};

static const struct shape_key cluster_owner_keys[] = {
	{ .name = "name",
	    AT(config_cluster, owner.name),
	    .help = "team or person" },
	{ .name = "contact",
	    AT(config_cluster, owner.contact),
	    .help = "channel, address or pager" },
	{ 0 },
};

static const struct shape_key cluster_keys[] = {
	{ .name = "name",
	    AT(config_cluster, name),
	    .required = true,
	    .help = "what findings call the cluster" },
	{ .name = "account",
	    .kind = SHAPE_ACCOUNT,
	    AT(config_cluster, account),
	    .help = "the AWS account it runs in, twelve digits" },
	{ .name = "region",
	    AT(config_cluster, region),
	    .help = "its AWS region" },
	{ .name = "vpc", AT(config_cluster, vpc), .help = "id of its VPC" },
	{ .name = "cidrs",
	    .kind = SHAPE_LIST,
	    COUNTED(config_cluster, cidrs, ncidrs),
	    .item = &net_item,
	    .item_size = sizeof(struct ip_net),
	    .help = "addresses of its nodes and pods" },
	{ .name = "logs",
	    .kind = SHAPE_LIST,
	    COUNTED(config_cluster, logs, nlogs),
	    .item = &text_item,
	    .item_size = sizeof(char *),
	    .help = "patterns (* and ?) of paths that carry its audit log" },
	{ .name = "owner",
	    .kind = SHAPE_MAP,
	    .keys = cluster_owner_keys,
	    .help = "who is told about its findings" },
	{ 0 },
};

static const struct shape_key account_owner_keys[] = {
	{ .name = "name",
	    AT(config_account, owner.name),
	    .help = "team or person" },
	{ .name = "contact",
	    AT(config_account, owner.contact),
	    .help = "channel, address or pager" },
	{ 0 },
};

static const struct shape_key account_keys[] = {
	{ .name = "id",
	    .kind = SHAPE_ACCOUNT,
	    AT(config_account, id),
	    .required = true,
	    .help = "the AWS account, twelve digits" },
	{ .name = "name",
	    AT(config_account, name),
	    .help = "what people call it" },
	{ .name = "owner",
	    .kind = SHAPE_MAP,
	    .keys = account_owner_keys,
	    .help = "who is told about findings no cluster's owner gets" },
	{ 0 },
};

static const struct shape_key baseline_keys[] = {
	{ .name = "half_life_days",
	    .kind = SHAPE_NUMBER,
	    .least = 1,
	    .most = 365,
	    .fallback = "21",
	    AT(config, baseline.half_life_days),
	    .help = "after so many days an observation counts half" },
	{ .name = "memory_per_tenant",
	    .kind = SHAPE_SIZE,
	    .least = 1 << 20,
	    .most = 64.0 * (1 << 30),
	    .fallback = "64MiB",
	    AT(config, baseline.memory_per_tenant_bytes),
	    .help = "bound on what is remembered of one account or cluster" },
	{ .name = "alert_budget_per_cluster_day",
	    .kind = SHAPE_NUMBER,
	    .least = 0,
	    .most = 10000,
	    .fallback = "5",
	    AT(config, baseline.alert_budget),
	    .help = "statistical findings a cluster may raise in a day" },
	{ 0 },
};

static const struct shape_key sequence_keys[] = {
	{ .name = "window_hours",
	    .kind = SHAPE_NUMBER,
	    .least = 24,
	    .most = 720,
	    .fallback = "24",
	    AT(config, sequence_window_hours),
	    .help = "how far apart the signals of an attack may lie" },
	{ 0 },
};

static const struct shape_key detector_keys[] = {
	{ .name = "enabled",
	    .kind = SHAPE_BOOL,
	    AT(config_detector, enabled),
	    .help = "false: never raise it" },
	{ .name = "severity",
	    .kind = SHAPE_SEVERITY,
	    AT(config_detector, severity),
	    .help = "override; the original is kept in severityWas" },
	{ .name = "params",
	    .kind = SHAPE_NAMED,
	    .item = &number_item,
	    .item_size = sizeof(struct config_param),
	    COUNTED(config_detector, params, nparams),
	    .name_offset = offsetof(struct config_param, name),
	    .line_offset = offsetof(struct config_param, line),
	    .column_offset = offsetof(struct config_param, column),
	    .help = "its parameters, see `nephoscope detectors show TYPE`" },
	{ 0 },
};

#define MATCH(member) AT(config_suppress, match.member)

static const struct shape_key match_keys[] = {
	{ .name = "type",
	    MATCH(type),
	    .help = "pattern of finding types, or of detectors' names; attack "
		    "sequences only when it begins with AttackSequence:" },
	{ .name = "cluster", MATCH(cluster), .help = "name of the cluster" },
	{ .name = "account", MATCH(account), .help = "AWS account id" },
	{ .name = "region", MATCH(region), .help = "AWS region" },
	{ .name = "namespace",
	    MATCH(namespace),
	    .help = "namespace of the object" },
	{ .name = "actor",
	    MATCH(actor),
	    .help = "who did it: principal, ARN, user, pod, workload, "
		    "instance or address" },
	{ .name = "resource", MATCH(resource), .help = "what it was done to" },
	{ .name = "image", MATCH(image), .help = "container image" },
	{ .name = "domain", MATCH(domain), .help = "name asked for" },
	{ .name = "address",
	    .kind = SHAPE_NET,
	    MATCH(address),
	    .help = "an address of either side is in this network" },
	{ .name = "max_severity",
	    .kind = SHAPE_SEVERITY,
	    MATCH(max_severity),
	    .help = "nothing above it" },
	{ 0 },
};

static const struct shape_key suppress_keys[] = {
	{ .name = "match",
	    .kind = SHAPE_MAP,
	    .keys = match_keys,
	    .required = true,
	    .help = "which findings; all of the given must hold" },
	{ .name = "reason",
	    AT(config_suppress, reason),
	    .required = true,
	    .help = "why this is expected" },
	{ .name = "owner",
	    AT(config_suppress, owner),
	    .help = "who decided so" },
	{ .name = "expires",
	    .kind = SHAPE_TIME,
	    AT(config_suppress, expires_us),
	    .help = "from then on they are raised again, by the time in the "
		    "logs" },
	{ 0 },
};

static const struct shape_key list_keys[] = {
	{ .name = "name",
	    AT(config_list, name),
	    .required = true,
	    .help = "how evidence names it" },
	{ .name = "kind",
	    .kind = SHAPE_WORD,
	    AT(config_list, kind),
	    .words = list_words,
	    .required = true,
	    .help = "what its entries are" },
	{ .name = "trust",
	    .kind = SHAPE_WORD,
	    AT(config_list, trust),
	    .words = trust_words,
	    .required = true,
	    .help = "what an entry means" },
	{ .name = "category",
	    .kind = SHAPE_WORD,
	    AT(config_list, category),
	    .words = category_words,
	    .fallback = "custom",
	    .help = "what kind of threat its entries are; decides the type "
		    "of its findings" },
	{ .name = "path",
	    AT(config_list, path),
	    .required = true,
	    .help = "file: plain, CSV, hosts, STIX 2.1, MISP" },
	{ 0 },
};

static const struct shape_key geo_keys[] = {
	{ .name = "country",
	    AT(config, geo.country),
	    .help = "MaxMind database (mmdb) of countries" },
	{ .name = "city",
	    AT(config, geo.city),
	    .help = "MaxMind database of cities, with coordinates" },
	{ .name = "asn",
	    AT(config, geo.asn),
	    .help = "MaxMind database of networks; callers are then known by "
		    "their network's number instead of their /24 or /48" },
	{ .name = "aws_ranges",
	    AT(config, geo.aws_ranges),
	    .help = "AWS's ip-ranges.json, which tells its addresses from "
		    "others" },
	{ 0 },
};

static const struct shape_key feed_keys[] = {
	{ .name = "name",
	    AT(config_feed, name),
	    .required = true,
	    .help = "how messages name it" },
	{ .name = "kind",
	    .kind = SHAPE_WORD,
	    AT(config_feed, kind),
	    .words = feed_words,
	    .required = true,
	    .help = "where findings go; s3, sqs, eventbridge and "
		    "securityhub are not in this version" },
	{ .name = "format",
	    .kind = SHAPE_WORD,
	    AT(config_feed, format),
	    .words = feed_format_words,
	    .fallback = "guardduty",
	    .help = "how findings are written" },
	{ .name = "min_severity",
	    .kind = SHAPE_SEVERITY,
	    AT(config_feed, min_severity),
	    .help = "nothing below this" },
	{ .name = "path",
	    AT(config_feed, path),
	    .help = "file: where to append" },
	{ .name = "url",
	    AT(config_feed, url),
	    .help = "webhook: where to POST" },
	{ .name = "topic", AT(config_feed, topic), .help = "kafka: the topic" },
	{ .name = "address",
	    .kind = SHAPE_ADDRESS,
	    AT(config_feed, address),
	    .help = "syslog: server and port" },
	{ .name = "transport",
	    .kind = SHAPE_WORD,
	    AT(config_feed, transport),
	    .words = transport_words,
	    .fallback = "tls",
	    .help = "syslog: how to reach it" },
	{ .name = "secret_file",
	    AT(config_feed, secret_file),
	    .help = "webhook: file of the key that signs each request" },
	{ .name = "token_file",
	    AT(config_feed, token_file),
	    .help = "webhook: file of a bearer token to show" },
	{ .name = "tls",
	    .kind = SHAPE_MAP,
	    .keys = feed_tls_keys,
	    .help = "webhook, syslog: certificates" },
	{ .name = "properties",
	    PROPERTIES(config_feed),
	    .help = "kafka: properties handed to librdkafka; webhook: "
		    "headers" },
	{ 0 },
};

static const struct shape_key store_keys[] = {
	{ .name = "path", AT(config, store_path), .help = "the database file" },
	{ 0 },
};

static const struct shape_key console_keys[] = {
	{ .name = "listen",
	    .kind = SHAPE_ADDRESS,
	    .fallback = "127.0.0.1:7480",
	    AT(config, console_listen),
	    .help = "address and port of health and metrics; no login" },
	{ 0 },
};

static const struct shape_key service_keys[] = {
	{ .name = "memory",
	    .kind = SHAPE_SIZE,
	    .least = 16 << 20,
	    .most = 64.0 * (1 << 30),
	    .fallback = "128MiB",
	    AT(config, service.memory_bytes),
	    .help = "bound on what is collected and not yet judged" },
	{ .name = "commit_ms",
	    .kind = SHAPE_NUMBER,
	    .least = 10,
	    .most = 60000,
	    .fallback = "250",
	    AT(config, service.commit_ms),
	    .help = "milliseconds until what was judged is safe and told" },
	{ .name = "jobs",
	    .kind = SHAPE_NUMBER,
	    .least = 0,
	    .most = 64,
	    .fallback = "0",
	    AT(config, service.jobs),
	    .help = "threads; 0: one for each processor" },
	{ .name = "log",
	    .kind = SHAPE_WORD,
	    AT(config, service.log),
	    .words = log_words,
	    .fallback = "logfmt",
	    .help = "form of the lines on standard error" },
	{ .name = "log_level",
	    .kind = SHAPE_WORD,
	    AT(config, service.log_level),
	    .words = level_words,
	    .fallback = "info",
	    .help = "what is worth a line" },
	{ 0 },
};

static const struct shape_key source_item = { .kind = SHAPE_MAP,
	.keys = source_keys };
static const struct shape_key cluster_item = { .kind = SHAPE_MAP,
	.keys = cluster_keys };
static const struct shape_key account_item = { .kind = SHAPE_MAP,
	.keys = account_keys };
static const struct shape_key detector_item = { .kind = SHAPE_MAP,
	.keys = detector_keys };
static const struct shape_key suppress_item = { .kind = SHAPE_MAP,
	.keys = suppress_keys };
static const struct shape_key list_item = { .kind = SHAPE_MAP,
	.keys = list_keys };
static const struct shape_key feed_item = { .kind = SHAPE_MAP,
	.keys = feed_keys };

static const struct shape_key root_keys[] = {
	{ .name = "sources",
	    .kind = SHAPE_LIST,
	    COUNTED(config, sources, nsources),
	    .item = &source_item,
	    .item_size = sizeof(struct config_source),
	    .help = "what `nephoscope serve` collects" },
	{ .name = "clusters",
	    .kind = SHAPE_LIST,
	    COUNTED(config, clusters, nclusters),
	    .item = &cluster_item,
	    .item_size = sizeof(struct config_cluster),
	    .help = "the clusters, and how to tell their logs apart" },
	{ .name = "accounts",
	    .kind = SHAPE_LIST,
	    COUNTED(config, accounts, naccounts),
	    .item = &account_item,
	    .item_size = sizeof(struct config_account),
	    .help = "the AWS accounts that are yours, and their owners; what "
		    "they share with each other is not told" },
	{ .name = "baseline",
	    .kind = SHAPE_MAP,
	    .keys = baseline_keys,
	    .help = "how what is usual is learned" },
	{ .name = "sequences",
	    .kind = SHAPE_MAP,
	    .keys = sequence_keys,
	    .help = "how signals are joined to attacks" },
	{ .name = "detectors",
	    .kind = SHAPE_NAMED,
	    COUNTED(config, detectors, ndetectors),
	    .item = &detector_item,
	    .item_size = sizeof(struct config_detector),
	    .name_offset = offsetof(struct config_detector, pattern),
	    .line_offset = offsetof(struct config_detector, line),
	    .column_offset = offsetof(struct config_detector, column),
	    .help = "by pattern of finding types: switch off, override the "
		    "severity, set parameters" },
	{ .name = "rules",
	    .kind = SHAPE_LIST,
	    .item = &text_item,
	    .unused = true,
	    .help = "folders and files of Sigma rules" },
	{ .name = "suppress",
	    .kind = SHAPE_LIST,
	    COUNTED(config, suppress, nsuppress),
	    .item = &suppress_item,
	    .item_size = sizeof(struct config_suppress),
	    .line_offset = offsetof(struct config_suppress, line),
	    .column_offset = offsetof(struct config_suppress, column),
	    .help = "findings that are expected" },
	{ .name = "lists",
	    .kind = SHAPE_LIST,
	    COUNTED(config, lists, nlists),
	    .item = &list_item,
	    .item_size = sizeof(struct config_list),
	    .help = "indicators of threats, and what is trusted" },
	{ .name = "geo",
	    .kind = SHAPE_MAP,
	    .keys = geo_keys,
	    .help = "where addresses are" },
	{ .name = "feeds",
	    .kind = SHAPE_LIST,
	    COUNTED(config, feeds, nfeeds),
	    .item = &feed_item,
	    .item_size = sizeof(struct config_feed),
	    .help = "where findings are sent" },
	{ .name = "store",
	    .kind = SHAPE_MAP,
	    .keys = store_keys,
	    .help = "where state is kept" },
	{ .name = "console",
	    .kind = SHAPE_MAP,
	    .keys = console_keys,
	    .help = "health and metrics; no web console in this version" },
	{ .name = "service",
	    .kind = SHAPE_MAP,
	    .keys = service_keys,
	    .help = "how `nephoscope serve` runs" },
	{ 0 },
};

const struct shape_key shape_root = { .kind = SHAPE_MAP, .keys = root_keys };
