/*
 * audit.h - writes Kubernetes audit events.
 */
#pragma once

#include "simulate/world.h"

struct kube_user {
	const char *name;
	const char *uid;    /* "" for certificates */
	const char *groups; /* JSON strings: "\"a\",\"b\"" */
	const char *extra;  /* JSON members of `extra`, NULL: none */
	const char *agent;
	const char *source; /* address */
};

struct audit_call {
	const struct kube_user *user;
	int64_t time_us;
	const char *verb;
	const char *group;	    /* NULL or "": the core group */
	const char *resource, *sub; /* resource NULL: `query` is the path */
	const char *ns, *name;	    /* NULL: none */
	const char *query;	    /* with its '?' */
	unsigned code;		    /* 0: 200 */
	const char *body, *answer;  /* JSON; they decide the level */
	const char *why;	    /* authorization reason, NULL: "" */
	int step;		    /* of the truth, -1: none */
};

/* Append the event (and on bare metal a watch's ResponseStarted). */
void audit_call(
    struct world *w, struct cluster *c, const struct audit_call *given);

/* Texts that live in the caller's memory for the usual kinds of user. */
struct kube_names {
	char name[128], uid[37], groups[200], extra[900], agent[160];
};

/* A service account of the cluster; `agent` as it calls itself. */
struct kube_user audit_service(struct world *w, const char *ns,
    const char *account, const char *agent, struct kube_names *names);

/* A node's kubelet. */
struct kube_user audit_kubelet(const struct node *n, struct kube_names *names);

/* A person with kubectl. */
struct kube_user audit_person(struct world *w, const struct cluster *c,
    const struct person *p, const char *address, struct kube_names *names);

/* Nobody. */
struct kube_user audit_anonymous(const char *agent, const char *address);
