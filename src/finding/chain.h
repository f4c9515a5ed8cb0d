/*
 * chain.h - the signals behind a finding that is an attack sequence.
 *
 * A step is what is kept of one signal, or of the same signal again and again
 * within an hour: who, what, to what, from where, when, and how much it says.
 * It owns one block of memory with all its texts.  A chain is the ordered
 * list of steps that belong to one finding.  One thread until handed over;
 * read-only afterwards.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/pack.h"
#include "base/span.h"
#include "detect/signal.h"

#define CHAIN_STEPS_MAX 100 /* GuardDuty's bound on signals of a sequence */

/* The texts of a step that every signal has. */
enum chain_text {
	CHAIN_TENANT,
	CHAIN_ACCOUNT,
	CHAIN_REGION,
	CHAIN_CLUSTER,
	CHAIN_ACTOR,
	CHAIN_RESOURCE,
	CHAIN_EVENT_ID,
	CHAIN_PARCEL,
	CHAIN_TITLE, /* the detector's title, filled in */
	CHAIN_TEXTS
};

/* The facts that are kept: who else it was, and what playbooks ask for. */
enum chain_fact {
	CHAIN_ACCESS_KEY,
	CHAIN_API,
	CHAIN_ARN,
	CHAIN_BUCKET,
	CHAIN_CLIENT,
	CHAIN_CLUSTER_KNOWN,
	CHAIN_CLUSTER_KIND,
	CHAIN_COMMAND,
	CHAIN_DOMAIN,
	CHAIN_IDENTITY_TYPE,
	CHAIN_IMAGE,
	CHAIN_INSTANCE,
	CHAIN_LOCAL,
	CHAIN_NAME,
	CHAIN_NAMESPACE,
	CHAIN_PEER,
	CHAIN_PEER_PORT,
	CHAIN_POD,
	CHAIN_PRINCIPAL_ID,
	CHAIN_REMOTE,
	CHAIN_RESOURCE_TYPE,
	CHAIN_ROLE_NAME,
	CHAIN_SERVICE,
	CHAIN_SERVICE_ACCOUNT,
	CHAIN_SERVICE_ACCOUNT_NAMESPACE,
	CHAIN_SESSION,
	CHAIN_SUBRESOURCE,
	CHAIN_USER,
	CHAIN_USER_AGENT,
	CHAIN_USER_NAME,
	CHAIN_VERB,
	CHAIN_VPC,
	CHAIN_WORKLOAD,
	CHAIN_FACTS
};

struct chain_step {
	const struct detector_row *row;
	enum source source;
	enum entity_kind actor_kind, resource_kind;
	int64_t time_us; /* of the event that raised it first */
	int64_t last_us; /* of the one that raised it last, within the hour */
	uint64_t count;	 /* signals it stands for */
	double p;	 /* smallest; 0 for a rule */
	double severity; /* highest */
	bool counted;	 /* a finding of its own was allowed */
	struct span text[CHAIN_TEXTS];
	struct span fact[CHAIN_FACTS];
};

struct chain {
	struct chain_step *steps[CHAIN_STEPS_MAX]; /* owned, by time */
	size_t nsteps;
	uint64_t left_out; /* steps past the limit: the weakest */
	int64_t fired_us;  /* when it was seen to be a sequence */
	double score;
	unsigned tactics; /* bits of enum tactic */
	unsigned also;	  /* other kinds of sequence that it is too: bits */
};

/* The finding type of a bit of `also`. */
#define CHAIN_ALSO_MAX 4
const char *chain_also_type(unsigned bit);

/* The name of a fact, as in signals. */
const char *chain_fact_name(enum chain_fact f);

/* A copy of what matters of a signal; the caller frees it. */
struct chain_step *chain_step_of(const struct signal *s);
struct chain_step *chain_step_copy(const struct chain_step *s);
void chain_step_free(struct chain_step *s); /* NULL is allowed */

/* By time, then type, tenant, event, actor, resource, all else: <0, 0, >0. */
int chain_step_compare(
    const struct chain_step *left, const struct chain_step *right);

struct chain *chain_new(void);
void chain_free(struct chain *c); /* NULL is allowed */

void chain_pack(const struct chain *c, struct buf *out);
/* NULL with u->failed when the bytes are damaged; steps of detectors that are
 * gone are left out. */
struct chain *chain_unpack(struct unpack *u);

struct finding;

/* What happened, in order and in words: first this, then that. */
void chain_describe(const struct finding *f, struct buf *out);
