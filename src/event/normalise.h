/*
 * normalise.h - names made comparable, for what is usual.
 *
 * Logs name the same actor or thing in many ways: with a session, a version,
 * a random suffix.  These functions give the part that stays.  Pure, any
 * thread.  A result borrows from its argument, from static text or, where
 * there is a `scratch`, from that (which is reset first): it dies with the
 * next change of either.
 */
#pragma once

#include "base/buf.h"
#include "base/ip.h"
#include "base/span.h"
#include "event/event.h"

/*
 * Who acts, in CloudTrail: a person behind a role by the ARN of the session,
 * any other role by its ARN without path and session, a user or root by ARN, a
 * service by its host name, a federated user by provider and name.  Empty when
 * the record names nobody.
 */
struct span normalise_principal(
    const struct cloudtrail *ct, struct buf *scratch);

/*
 * Whether a role's session is a person who signed in: one role is then many
 * people, who differ by the session's name.  So it is for the roles that IAM
 * Identity Center makes and for sessions named by a mail address.
 */
bool normalise_is_person(const struct cloudtrail *ct);

/* The session's name of an assumed role, or empty. */
struct span normalise_session_name(const struct cloudtrail *ct);

/*
 * Whom to compare a principal with: "role:STEM" where STEM is the role's
 * name without hashes, ids and numbers, "user:PATH" for IAM users,
 * "service:HOST", "root", "federated:PROVIDER", or "other".
 */
struct span normalise_peer_group(
    const struct cloudtrail *ct, struct buf *scratch);

/* The same for a Kubernetes user: "serviceaccount:NAME" in all namespaces,
 * "system:node", the role of its sessions, "@example.org" for mail addresses,
 * else the user. */
struct span normalise_k8s_peer_group(struct span user, struct buf *scratch);

/* A name without its tokens that look random: "app-7d4f9c-i-0abc..." gives
 * "app".  All of it when nothing else is left. */
struct span normalise_stem(struct span name, struct buf *scratch);

/*
 * The family of a user agent: product and major version, "aws-cli/2",
 * "kubectl/v1", "browser/Firefox"; a host name as it is; anything else with
 * its digits masked by '#'.
 */
struct span normalise_agent(struct span raw, struct buf *scratch);

/* A Kubernetes user without what changes with each node, session, token or
 * pod: "system:node:ip-10-0-0-1" is "system:node"; service accounts and the
 * sessions of people stay, as in CloudTrail. */
struct span normalise_k8s_user(struct span raw, struct buf *scratch);

/* The workload of a pod's name: without ReplicaSet hash, pod suffix,
 * StatefulSet ordinal, CronJob time or node name. */
struct span normalise_workload(struct span pod);

struct normalise_image {
	struct span registry;	/* "docker.io" when not said */
	struct span repository; /* without "library/" on docker.io */
	struct span tag;	/* may be empty */
	struct span digest;	/* "sha256:...", may be empty */
};

struct normalise_image normalise_image(struct span image);

/* "203.0.113.0/24" or "2001:db8:1::/48" into IP_TEXT_BYTES; returns it. */
char *normalise_network(const struct ip *ip, char *text);
