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

struct config {
	char *path; /* NULL: defaults only */
	struct config_cluster *clusters;
	size_t nclusters;
	struct config_account *accounts;
	size_t naccounts;
	struct config_detector *detectors;
	size_t ndetectors;
	struct config_baseline baseline;
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
