/*
 * lookup.h - writes DNS queries: Route 53 Resolver's JSON lines for clusters
 * in AWS, CoreDNS `log` lines in the container log format for the others.
 */
#pragma once

#include "simulate/world.h"

struct lookup {
	const struct cluster *cluster; /* NULL: a host of `account` */
	struct account *account;       /* of a host without cluster */
	const char *source;	       /* address of the asking pod or host */
	const char *instance;	       /* that it runs on, NULL: none */
	const char *name;	       /* with the final dot */
	const char *type;	       /* NULL: A */
	const char *answer;	       /* address or text, NULL: NXDOMAIN */
	int64_t time_us;
	int step; /* of the truth, -1: none */
};

/* Append the query to the log of the cluster or account. */
void lookup_write(struct world *w, const struct lookup *l);
