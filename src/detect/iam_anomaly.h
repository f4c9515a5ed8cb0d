/*
 * iam_anomaly.h - is this call of a principal out of character?
 *
 * The judgement that the eight *:IAMUser/AnomalousBehavior detectors share;
 * each is one small file that says which tactic it watches and how much of it
 * is much.  Rarity alone is never enough: the call must serve the tactic and
 * must have succeeded, and the evidence of independent kinds is put together:
 *
 *   behaviour  what is called: API, region and bucket, for the actor (backed
 *              off to its peers and the account) and for the account
 *   origin     where from: network, user agent, hour of the week
 *   volume     how much of it in this hour against the actor's usual hours
 *   refusals   how often it was refused lately against its usual
 *
 * Within a kind p-values are combined by Cauchy's method, which holds under
 * dependence, across kinds by Fisher's.  Each further new thing within the
 * session counts as one in three, but only from an unusual origin: from a
 * usual one new things come in bursts (a deployment) and count once.
 *
 * State is the actor's.  Shard's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "detect/detector.h"
#include "stats/decay_mean.h"

enum iam_anomaly_param {
	IAM_ANOMALY_P,
	IAM_ANOMALY_CALLS,
	IAM_ANOMALY_BYTES,
	IAM_ANOMALY_APIS,
	IAM_ANOMALY_ORIGIN,
	IAM_ANOMALY_PARAMS
};

/* The parameters of a detector: how many calls and bytes in an hour are worth
 * a look, how many new things a finding needs, and how improbable an origin
 * must be for further ones to add evidence (1: any). */
#define IAM_ANOMALY_PARAM_ROWS(calls, bytes, apis, origin)                     \
	IAM_ANOMALY_PARAM_ROWS_P(2.5e-3, calls, bytes, apis, origin)

/* The same with another probability. */
#define IAM_ANOMALY_PARAM_ROWS_P(p, calls, bytes, apis, origin)                \
	{                                                                      \
		[IAM_ANOMALY_P] = { "p", p, 1e-12, 0.1,                        \
			"how unlikely is unlikely enough" },                   \
		[IAM_ANOMALY_CALLS] = { "calls", calls, 1, 1e9,                \
			"calls in an hour below which volume is no "           \
			"evidence" },                                          \
		[IAM_ANOMALY_BYTES] = { "bytes", bytes, 1, 1e15,               \
			"bytes in an hour below which volume is no "           \
			"evidence" },                                          \
		[IAM_ANOMALY_APIS] = { "apis", apis, 1, 8,                     \
			"new calls within the session that are needed" },      \
		[IAM_ANOMALY_ORIGIN] = { "origin", origin, 0, 1,               \
			"how unlikely an origin adds up new calls" },          \
	}

#define IAM_ANOMALY_NEW 8

struct iam_anomaly {
	int64_t hour;		       /* the open hour; 0: none yet */
	struct decay_mean calls_usual; /* ln(1 + calls) of hours with any */
	struct decay_mean bytes_usual;
	double calls, bytes;		 /* of this tactic in the open hour */
	double refused;			 /* new refusals in the open hour */
	double refused_most;		 /* most in an hour before, decayed */
	int64_t new_us;			 /* when the last new API was seen */
	uint64_t fresh[IAM_ANOMALY_NEW]; /* new calls of the session */
	uint32_t nfresh;
	bool raised; /* in the open hour: its volume teaches nothing */
};

/* What a call does with objects and who may read them: GuardDuty's types for
 * S3, apart from those of the account. */
enum iam_anomaly_s3 {
	IAM_ANOMALY_S3_NONE, /* of another service, or of a bucket as such */
	IAM_ANOMALY_S3_READ,
	IAM_ANOMALY_S3_LIST,
	IAM_ANOMALY_S3_WRITE,
	IAM_ANOMALY_S3_DELETE,
	IAM_ANOMALY_S3_PERMISSION,
};

enum iam_anomaly_s3 iam_anomaly_s3_kind(const struct event *ev);

/* Calls (of the tactic: see by_tactic) and refusals of any call, of people and
 * programs; not what AWS does on behalf of somebody, and not those that
 * iam_anomaly_match_s3() takes. */
bool iam_anomaly_match(const struct event *ev);

/* The same for calls with a kind of their own in S3. */
bool iam_anomaly_match_s3(const struct event *ev);

/* Learn from the event and raise when it is out of character. */
void iam_anomaly_observe(
    struct detect *d, const struct event *ev, struct iam_anomaly *st);
