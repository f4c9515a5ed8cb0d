/*
 * usual.h - the questions a baseline answers.
 *
 * A profile is (scope entity, feature) -> values.  Scopes and features are
 * few and fixed; values are whatever the logs hold.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "stats/day_bitmap.h"

enum scope {
	SCOPE_ACTOR,	/* the principal, user, instance or client address */
	SCOPE_PEERS,	/* the actor's peer group */
	SCOPE_TENANT,	/* the account, or the cluster for audit logs */
	SCOPE_RESOURCE, /* the namespace (audit) or bucket (S3) acted on */
	SCOPE_WORKLOAD, /* Kubernetes: namespace/kind/name of the workload */
	SCOPE_COUNT,
};

enum feature {
	FEATURE_API,	 /* "iam:CreateUser"; "create pods/exec" */
	FEATURE_AGENT,	 /* user agent family, "aws-cli/2" */
	FEATURE_NETWORK, /* caller's AS number where `geo:` knows it, else its
			  * /24 or /48; or AWS service host name */
	FEATURE_REGION,
	FEATURE_RESOURCE, /* bucket; namespace */
	FEATURE_OBJECT,	  /* Kubernetes: namespace/name of a secret, ... */
	FEATURE_HOUR,	  /* "weekday 14h": hour of day by kind of day, UTC */
	FEATURE_USER,	  /* the actor, as a value of a resource's profile */
	FEATURE_IMAGE,	  /* registry/repository without tag */
	FEATURE_REGISTRY, /* registry and first path component */
	FEATURE_PORT,	  /* "out tcp/443" of what it calls, else "incoming" */
	FEATURE_PEER,	  /* flow: peer address (private) or network */
	FEATURE_DOMAIN,	  /* DNS: registered domain */
	FEATURE_COUNTRY,  /* of the caller, where `geo:` knows it */
	FEATURE_COUNT,
};

/* "API", "user agent", "network", ...: as shown under `why`. */
const char *feature_text(enum feature f);

#define USUAL_NAMES_MAX 6

/* What a profile says of one value. */
struct usual {
	double p;	   /* less-likely tail probability of this observation
			    * in this profile alone; 1 when nothing is known */
	double n;	   /* decayed observations (activity-hours) behind it */
	double count;	   /* decayed observations of this value */
	double distinct;   /* different values seen */
	unsigned days;	   /* of the last 30 on which the value was seen */
	unsigned age_days; /* since the value was seen first; 0: today, never */
	unsigned known_days; /* of the last 30 on which the scope was seen */
	enum frequency frequency;
	/* The scope's most frequent values, best first; borrowed from the
	 * baseline until the next event or lesson.  Not filled by
	 * detect_usual(): what is raised as evidence gets them then. */
	struct span names[USUAL_NAMES_MAX];
	size_t nnames;
	uint64_t profile; /* asked; 0: none */
};
