/*
 * entity.h - the kinds of who and what that state is kept for.
 */
#pragma once

enum entity_kind {
	ENTITY_NONE,
	ENTITY_PRINCIPAL, /* IAM user, role, root, federated user, service */
	ENTITY_SESSION,
	ENTITY_ACCESS_KEY,
	ENTITY_USER,		/* a Kubernetes user name */
	ENTITY_SERVICE_ACCOUNT, /* system:serviceaccount:NAMESPACE:NAME */
	ENTITY_POD,
	ENTITY_WORKLOAD,
	ENTITY_IMAGE,
	ENTITY_NODE,
	ENTITY_INSTANCE,
	ENTITY_ADDRESS,
	ENTITY_DOMAIN,
	ENTITY_BUCKET,
	ENTITY_NAMESPACE,
	ENTITY_CLUSTER,
	ENTITY_ACCOUNT,
	ENTITY_OBJECT, /* what else a call names: a key, a trail, a database */
	ENTITY_COUNT,
};

/* "principal", "service account", ...; never NULL. */
const char *entity_kind_text(enum entity_kind kind);
