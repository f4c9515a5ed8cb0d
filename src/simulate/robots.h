/*
 * robots.h - what pipelines, AWS services, machines and pods do in the
 * cloud's API.
 */
#pragma once

#include "simulate/world.h"

/* Write all robots' ordinary life. */
void robots_live(struct world *w);

/* The session of the nodes' instance role as `node` uses it. */
struct identity robots_node_role(
    struct world *w, const struct node *node, int64_t time_us);

/* The session that a pod of ns/account uses at `time_us`, as the trail
 * shows it being taken.  The pod must be one of those that have a role. */
struct identity robots_pod_role(
    struct world *w, const char *account, int64_t time_us);
