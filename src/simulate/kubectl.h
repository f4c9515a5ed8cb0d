/*
 * kubectl.h - a person at the command line of a cluster.
 */
#pragma once

#include "simulate/audit.h"
#include "simulate/world.h"

/* A session's worth of the person's usual commands. */
void kubectl_work(struct world *w, const struct person *p, int64_t from_us,
    const char *address);

struct kubectl_exec {
	const struct kube_user *user;
	int64_t time_us;
	const char *ns, *pod, *container;
	const char *command; /* as in the URI: "command=sh&command=-c" */
	int step;
};

/* `kubectl exec`: get the pod, then the upgraded connection. */
void kubectl_exec(
    struct world *w, struct cluster *c, const struct kubectl_exec *e);
