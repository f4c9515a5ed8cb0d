/*
 * iam_act.h - acts in an account that are worth telling by themselves.
 *
 * What the detectors share whose rule is one call with certain parameters
 * (a snapshot shared with the world, a detector deleted): a table of calls, a
 * look into requestParameters, and a judgement of how usual such a call is for
 * whoever made it.  Who makes such calls on several days, from where it always
 * comes, is told a band lower; who does this very thing on several days is not
 * told again; a call from an origin that the account has never seen is never a
 * mere low.  Shard's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "detect/detector.h"
#include "detect/policy.h"

/* One of GuardDuty's bands of severity: what a habit takes off. */
#define IAM_ACT_BAND 3.0

struct iam_act {
	struct span service; /* "ec2"; empty: any */
	struct span name;    /* eventName; a version may follow it */
	double severity;
	struct span what; /* what it does, as the end of a sentence */
	struct span key;  /* request member that names the target; may be a
			   * path "tagSet.item"; empty: none */
};

/* Calls that succeeded and were made by somebody: no AWS service on its own
 * or on one's behalf, no service-linked role. */
bool iam_act_by_someone(const struct event *ev);

/*
 * iam_act_by_someone() and neither a read nor work on data.  Dozens of
 * detectors ask this of each event, hence here and in this order.
 */
static inline bool
iam_act_match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return !ct->read_only && !ct->from_service &&
	       !(ct->category.len == 4 && ct->category.at[0] == 'D') &&
	       iam_act_by_someone(ev);
}

/* The first row of the table for this call, or NULL. */
const struct iam_act *iam_act_find(
    const struct iam_act *rows, size_t count, const struct cloudtrail *ct);

/*
 * requestParameters, without the one envelope "...Request" that EC2's newer
 * calls put around them.
 */
struct json_value iam_act_request(const struct event *ev);

/* The value at a path of members "a.b.c"; an array stands for its first item.
 * JSON_NONE when there is none. */
struct json_value iam_act_at(struct json_value v, struct span path);

/* Its string; empty for anything else. */
struct span iam_act_text(struct json_value v, struct span path);

/* The database, cluster or old security group of databases that a request
 * names. */
struct span iam_act_database(struct json_value request);

/* A session of root that the organisation gave (sts:AssumeRoot). */
bool iam_act_is_assumed_root(const struct event *ev);

/* The last part of an ARN or path: what people call the thing. */
struct span iam_act_short(struct span name);

/*
 * To whom a list of shares speaks: strings ("all", an account, an ARN) or
 * objects with userId, group or organizationArn.  *who is the widest.
 */
enum policy_reach iam_act_share(
    struct json_value list, const struct event *ev, struct span *who);

/* The account is one that this account has had to do with on several days:
 * it comes in by roles, or things are shared with it. */
bool iam_act_is_partner(struct detect *d, struct span account);

struct iam_act_report {
	const struct detector *as; /* raise.as */
	double severity;	   /* when nothing is usual about it */
	struct span what;   /* fact {what}, and first line of the evidence */
	struct span target; /* fact {resource}: part of the identity */
	enum entity_kind target_kind; /* no target: it is the account */
	const char *feature;	      /* a further line of evidence, ... */
	struct span observed;	      /* ... its text, */
	double number;		      /* or its number where text is empty */
	const struct fact *facts;     /* further facts */
	size_t nfacts;
	struct span who;   /* fact {subject}: a principal that gets access; one
			    * of a partner's account takes a band off */
	bool always;	   /* not lowered by habit: it is as bad each time */
	bool strange_only; /* told only from an origin never seen here */
};

/*
 * Raise the finding at the severity that habit leaves of it, or nothing.  The
 * fact {what} is added, and what is usual for the call as evidence.
 */
void iam_act_raise(
    struct detect *d, const struct event *ev, const struct iam_act_report *r);

/* For detectors whose table says all: find the row and raise it. */
void iam_act_report_row(
    struct detect *d, const struct event *ev, const struct iam_act *row);
