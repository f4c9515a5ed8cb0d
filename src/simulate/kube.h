/*
 * kube.h - what runs in a cluster, and how it came to run.
 *
 * kube_plan() decides all pods and their lives before anything is written,
 * so that flow and DNS logs can follow; kube_live() writes the audit log.
 */
#pragma once

#include "simulate/audit.h"
#include "simulate/world.h"

#define KUBE_EDGES_MAX 5

struct edge {
	const char *to;	 /* a place's name, or "ns/name" of a workload */
	unsigned port;	 /* of a workload; a place has its own */
	double share;	 /* of ten-minute windows with a conversation */
	unsigned kbytes; /* usual answer */
};

struct workload_kind {
	const char *ns, *name, *kind; /* "Deployment", "CronJob"... */
	const char *image;	      /* without tag */
	unsigned replicas;	      /* 0: one a node */
	double rollouts_a_week;
	struct edge edges[KUBE_EDGES_MAX];
};

/* The workloads of that sort of cluster. */
const struct workload_kind *kube_workloads(bool eks, size_t *count);

/* Decide rollouts and pods. */
void kube_plan(struct world *w, struct cluster *c);

/* Write controllers, nodes, health checks, deployments, jobs. */
void kube_live(struct world *w, struct cluster *c);

/* A pod of workload ns/name that runs at `time_us`; number `n` of them,
 * wrapping around; NULL when none does. */
const struct pod *kube_pod(
    const struct cluster *c, const char *path, int64_t time_us, unsigned n);

/* Take `p`, whose node and times are set, into the cluster: gives it an
 * address that no other pod has at the time.  The result is valid until the
 * next one. */
struct pod *kube_add_pod(struct cluster *c, const struct pod *p);

/* The quiet hum of controllers, nodes and health checks. */
void kube_hum(struct world *w, struct cluster *c);

/* What to write about one new pod. */
struct kube_birth {
	int64_t time_us;
	const char *owner_kind, *owner; /* ReplicaSet web-74888b4f79 */
	const char *controller;		/* service account in kube-system */
	const char *ns, *account;
	const char *spec;     /* JSON members of a container, NULL: plain */
	const char *pod_spec; /* JSON members of the spec, NULL: none */
	int step;
};

/* Create, bind and start a pod in the audit log. */
void kube_pod_starts(struct world *w, struct cluster *c, const struct pod *p,
    const struct kube_birth *birth);
