/*
 * rbac.h - who a RoleBinding or ClusterRoleBinding gives what.
 *
 * Reads the stored object where the log has it, else the sent one, else the
 * operations of a JSON patch.  Bounded, values borrow from the event.  Any
 * thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "event/event.h"

#define RBAC_SUBJECTS_MAX 32 /* of more, those that detectors look for */

struct rbac_subject {
	struct span kind; /* User, Group, ServiceAccount */
	struct span name;
	struct span ns; /* of a service account */
};

struct rbac_binding {
	bool cluster_wide;	     /* a ClusterRoleBinding */
	struct span role_kind, role; /* empty when a patch leaves them */
	struct rbac_subject subjects[RBAC_SUBJECTS_MAX];
	size_t nsubjects;
};

/* detector.h: of_kind.  Requests that create or change a binding. */
bool rbac_binding_of_kind(const struct event *ev);

/* False when the record holds no object (level Metadata). */
bool rbac_read(const struct event *ev, struct rbac_binding *b);

/* The role gives everything within its reach: cluster-admin or admin. */
bool rbac_is_admin(const struct rbac_binding *b);

/* The subject stands for anyone: system:anonymous, system:unauthenticated. */
bool rbac_is_anonymous(const struct rbac_subject *s);

/* The subject is everybody who can log in: system:authenticated. */
bool rbac_is_everyone(const struct rbac_subject *s);

/* The subject is, or contains, a namespace's default service account. */
bool rbac_is_default_account(const struct rbac_subject *s);

/* Made by the apiserver itself when it starts. */
bool rbac_is_bootstrap(const struct audit *a);

/* "ServiceAccount NAMESPACE/NAME", "Group NAME", in room. */
struct span rbac_subject_text(
    const struct rbac_subject *s, char *room, size_t size);
