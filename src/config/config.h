/*
 * config.h - what the user said, checked.
 *
 * One YAML file (design.md 9), bound strictly: an unknown key, a duplicate
 * or a wrong type is an error with file, line, column and the fix.  Loaded
 * once; read-only afterwards, so any thread may read it.  Names of detectors
 * and of their parameters are checked by the caller, who knows the table.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/ip.h"
#include "base/span.h"
#include "base/status.h"

struct config_owner {
	char *name, *contact; /* NULL when not given */
};

struct config_cluster {
	char *name, *account, *region, *vpc;
	struct ip_net *cidrs;
	size_t ncidrs;
	char **logs; /* globs over paths */
	size_t nlogs;
	struct config_owner owner;
};

struct config_account {
	char *id, *name;
	struct config_owner owner;
};

struct config_param {
	char *name;
	double value;
	unsigned line, column;
};

struct config_detector {
	char *pattern;	 /* glob over finding types */
	int enabled;	 /* -1 not said, 0, 1 */
	double severity; /* 0: not said; low 2, medium 5, high 8, critical 9,
			  * or a number 1..10 */
	struct config_param *params;
	size_t nparams;
	unsigned line, column;
};

struct config_baseline {
	double half_life_days;		  /* 21 */
	uint64_t memory_per_tenant_bytes; /* 64 MiB */
	double alert_budget;		  /* 5 per cluster and day */
};

/* A word or text handed on as it is: a librdkafka property, a header. */
struct config_property {
	char *name, *value;
	unsigned line, column;
};

/* Files of keys and certificates (PEM); NULL when not given. */
struct config_tls {
	char *cert, *key, *client_ca, *ca;
};

/* One of `lists`. */
struct config_list {
	char *name;
	char *kind;	/* "ip", "domain", "image", "hash" */
	char *trust;	/* "threat", "trusted" */
	char *category; /* "custom", "c2", "tor", ... */
	char *path;
};

/* Which findings a suppression is for: what is given must all hold.  Texts
 * are patterns with * and ?. */
struct config_match {
	char *type, *cluster, *account, *region, *namespace;
	char *actor, *resource, *image, *domain;
	struct ip_net address; /* all zero: not said */
	double max_severity;   /* 0: not said */
};

/* One of `suppress`. */
struct config_suppress {
	struct config_match match;
	char *reason;
	char *owner;	    /* NULL: not said */
	int64_t expires_us; /* event time; 0: never */
	unsigned line, column;
};

/* Files that say where addresses are; NULL when not given. */
struct config_geo {
	char *country, *city, *asn; /* MaxMind databases */
	char *aws_ranges;	    /* AWS's ip-ranges.json */
};

/* One of `sources`; members that its kind does not use are NULL, 0 or -1. */
struct config_source {
	char *name;
	char *kind; /* "files", "s3", "kafka", "webhook" */
	char *format, *cluster;
	/* files */
	char *path;
	int follow;
	/* s3 */
	char *bucket, *prefix, *region, *queue, *endpoint;
	char *profile, *role_arn, *external_id;
	char *digest_keys; /* folder of public keys of digest files */
	int verify_digests, path_style, requester_pays;
	int64_t start_us; /* 0: not said */
	double poll_seconds, look_back_hours;
	/* kafka */
	char *topic, *cluster_from, *cluster_key;
	struct config_property *properties;
	size_t nproperties;
	/* webhook */
	char *listen, *token_file;
	struct config_tls tls;
	uint64_t body_bytes; /* largest body */
};

/* One of `feeds`. */
struct config_feed {
	char *name;
	char *kind;   /* "file", "stdout", "kafka", "webhook", "syslog" */
	char *format; /* "guardduty", ... */
	double min_severity;
	char *path;		   /* file */
	char *url;		   /* webhook */
	char *topic;		   /* kafka */
	char *address, *transport; /* syslog: host:port; tls, tcp or udp */
	char *secret_file;	   /* webhook: key of the HMAC */
	char *token_file;	   /* webhook: bearer token */
	struct config_tls tls;
	struct config_property *properties; /* kafka; webhook: headers */
	size_t nproperties;
};

struct config_service {
	uint64_t memory_bytes; /* of collected bytes not yet judged */
	double commit_ms;      /* at most so long until a commit */
	double jobs;	       /* threads; 0: one a processor */
	char *log;	       /* "logfmt" or "json" */
	char *log_level;       /* "error", "warning", "info", "debug" */
};

struct config {
	char *path; /* NULL: defaults only */
	struct config_source *sources;
	size_t nsources;
	struct config_feed *feeds;
	size_t nfeeds;
	char *store_path;     /* NULL: not given */
	char *console_listen; /* "127.0.0.1:7480" */
	struct config_service service;
	struct config_cluster *clusters;
	size_t nclusters;
	struct config_account *accounts;
	size_t naccounts;
	struct config_detector *detectors;
	size_t ndetectors;
	struct config_list *lists;
	size_t nlists;
	struct config_suppress *suppress;
	size_t nsuppress;
	struct config_geo geo;
	struct config_baseline baseline;
	double sequence_window_hours; /* 24 */
	char *notes; /* one line for each key without effect; "" mostly */
};

/* The defaults.  Caller frees. */
struct config *config_new(void);
void config_free(struct config *c); /* NULL is allowed */

/*
 * Read `path` over the defaults.  On failure *error holds one or more lines
 * "file:line:column: what is wrong; the fix" and *config is untouched.
 */
NODISCARD enum status config_load(
    const char *path, struct config **config, struct buf *error);

/* The same for a text in memory; `path` is what messages call it. */
NODISCARD enum status config_parse(struct span text, const char *path,
    struct config **config, struct buf *error);

/* The effective configuration, defaults included, as YAML. */
void config_show(const struct config *c, struct buf *out);

/* The JSON Schema (draft 2020-12) of the file. */
void config_schema(struct buf *out);

/* The first cluster whose `logs` globs match `path`, else NULL. */
const struct config_cluster *config_cluster_of_path(
    const struct config *c, struct span path);

/* By name, or NULL. */
const struct config_cluster *config_cluster(
    const struct config *c, struct span name);

/* The cluster that owns a VPC, or an address by its CIDRs; or NULL. */
const struct config_cluster *config_cluster_of_vpc(
    const struct config *c, struct span vpc);
const struct config_cluster *config_cluster_of_address(
    const struct config *c, const struct ip *ip);

/* By account id, or NULL. */
const struct config_account *config_account(
    const struct config *c, struct span id);
