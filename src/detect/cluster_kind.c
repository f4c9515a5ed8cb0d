#include "detect/cluster_kind.h"

#include "base/status.h"

struct mark {
	struct span prefix, kind;
};

/* Users of the control plane, and nodes: kubelets bear their node's name. */
static const struct mark users[] = {
	{ SPAN_INIT("eks:"), SPAN_INIT("eks") },
	{ SPAN_INIT("system:gke-"), SPAN_INIT("gke") },
	{ SPAN_INIT("system:gcp-"), SPAN_INIT("gke") },
	{ SPAN_INIT("system:node:gke-"), SPAN_INIT("gke") },
	{ SPAN_INIT("aksService"), SPAN_INIT("aks") },
	{ SPAN_INIT("aks-service"), SPAN_INIT("aks") },
	{ SPAN_INIT("hcpService"), SPAN_INIT("aks") },
	{ SPAN_INIT("system:node:aks-"), SPAN_INIT("aks") },
};

struct span
cluster_kind_of(const struct event *ev)
{
	struct span user;

	if (ev->source != SOURCE_K8S_AUDIT || span_is_empty(ev->cluster))
		return SPAN("");
	user = ev->audit->user;
	for (size_t i = 0; i < COUNTOF(users); i++) {
		if (span_starts(user, users[i].prefix))
			return users[i].kind;
	}
	return SPAN("");
}
