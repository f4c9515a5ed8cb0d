/*
 * place.h - what pods talk to outside their cluster: names and addresses.
 */
#pragma once

#include <stdbool.h>

struct place {
	const char *name;   /* ours, in the tables of workloads */
	const char *domain; /* "" when reached by address alone */
	const char *address[3];
	unsigned port;
	bool inside;	     /* has a private address */
	bool random;	     /* queried with ever new first labels */
	const char *service; /* AWS's name in flow logs, "-" */
};

/* The place of that name; there must be one. */
const struct place *place_named(const char *name);
