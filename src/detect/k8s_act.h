/*
 * k8s_act.h - a rare act in a cluster, weighed by who does it.
 *
 * Some acts are seldom honest and never common: approving a certificate,
 * changing the cluster's DNS.  A rule names the act and how bad it is from
 * somebody it is new to; this weighs that by habit and origin.  Who did it on
 * three days may do it.  What a program does from where it always runs, or
 * what others here do as well, counts one band less, and low not at all; from a
 * public network that is new to its author and the cluster, or typed where it
 * was always a machine, one band more.  Kept in the baseline under names of its
 * own.  The shard's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "detect/detector.h"

/*
 * Not a mere look, nor what nodes and controllers write all the time: leases
 * and statuses.  What goes to a subresource (exec, log, proxy) is an act
 * whatever its verb.
 */
static inline bool
k8s_act_match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	if (!span_is_empty(a->subresource))
		return !span_equal(a->subresource, SPAN("status"));
	return !span_equal(a->verb, SPAN("get")) &&
	       !span_equal(a->verb, SPAN("list")) &&
	       !span_equal(a->verb, SPAN("watch")) &&
	       !span_equal(a->resource, SPAN("leases"));
}

struct k8s_act {
	/* What is remembered, as it reads behind a name: "approves client
	 * certificates".  Static. */
	const char *what;
	double severity; /* from somebody it is new to */
	enum entity_kind resource_kind;
	struct span resource;	    /* what it was done to */
	struct span joins;	    /* detector.h: raise */
	struct span detail;	    /* shown as evidence; empty: resource */
	const struct evidence *why; /* more of it */
	size_t nwhy;
	const struct fact *facts;
	size_t nfacts;
};

#define K8S_ACT_FACTS_MAX 8
#define K8S_ACT_WHY_MAX 8

/*
 * Weigh the act, remember it, and raise it unless it is a habit.  Gives the
 * fact {usual}, a sentence on who did so before, beside those of `act`.
 */
void k8s_act_raise(
    struct detect *d, const struct event *ev, const struct k8s_act *act);

/* An answered request of somebody with a name who is no part of the control
 * plane. */
bool k8s_act_done(const struct audit *a);

/* detector.h: match.  The same. */
bool k8s_act_match_done(const struct event *ev);

/* Any value of an array is one of the texts (NULL ends them). */
bool k8s_act_lists(struct json_value array, const char *const *texts);

/* Remember that `target` is open this `way`; was it before?  `what` names the
 * kind of way, as "ways into".  Controllers write the same again and again. */
bool k8s_act_is_known_way(
    struct detect *d, const char *what, struct span target, const char *way);

/* Programs that people type into: kubectl, curl, python, ... */
bool k8s_act_by_hand(struct span agent);
