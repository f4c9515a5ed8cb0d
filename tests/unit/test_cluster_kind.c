#include "detect/cluster_kind.h"

#include "test.h"

static void
told_by_users(void **state)
{
	static const struct {
		const char *user, *kind;
	} cases[] = {
		{ "eks:node-manager", "eks" },
		{ "system:gke-master-resizer", "gke" },
		{ "system:node:gke-prod-pool-1-0a1b", "gke" },
		{ "aksService", "aks" },
		{ "system:node:aks-nodepool1-1-vmss000000", "aks" },
		{ "system:node:ip-10-1-2-3.ec2.internal", "" },
		{ "system:kube-scheduler", "" },
		{ "eksperimental", "" },
		{ "alice", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct audit a = { .user = span_str(cases[i].user) };
		struct event ev = { .source = SOURCE_K8S_AUDIT,
			.cluster = SPAN("prod"),
			.audit = &a };

		assert_true(
		    span_equal(cluster_kind_of(&ev), span_str(cases[i].kind)));
		ev.cluster = SPAN("");
		assert_true(span_is_empty(cluster_kind_of(&ev)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a provider's own users tell who runs the cluster",
		    told_by_users),
	};

	return cmocka_run_group_tests_name("cluster_kind", tests, NULL, NULL);
}
