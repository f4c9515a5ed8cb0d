/*
 * traffic.h - who talks to whom and asks for which names, day by day.
 */
#pragma once

#include "simulate/kube.h"
#include "simulate/world.h"

/* Pods' conversations and queries in a cluster. */
void traffic_cluster(struct world *w, struct cluster *c);

/* Public hosts, bastions, machines of accounts without a cluster. */
void traffic_edge(struct world *w);

/* The conversation of a pod with an address outside its VPC, ready to be
 * changed and given to flow_talk(). */
struct flow_talk;
struct flow_talk traffic_outwards(struct world *w, const struct cluster *c,
    const struct pod *p, const char *address, unsigned port);
