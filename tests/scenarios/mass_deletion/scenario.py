"""One person deletes across the cluster; one release taken out is not that."""

from world_audit import DAY, HOUR, KCM, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")

KINDS = ("deployments", "services", "configmaps", "secrets", "ingresses")


def fire(w):
    w.cluster_life(START, 6)
    for i, ns in enumerate(("shop", "data", "vault", "billing")):
        for k, kind in enumerate(KINDS + ("statefulsets",)):
            w.audit(NOW + 10 * i + k, "bob@example.org", "delete", kind, ns=ns,
                    name="web", **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    for i in range(6):  # one release
        for k, kind in enumerate(KINDS):
            w.audit(NOW + 10 * i + k, "bob@example.org", "delete", kind,
                    ns="shop", name="web-%d" % i, **BOB)
    for i in range(30):  # what goes with a namespace
        w.audit(NOW + i, "system:serviceaccount:kube-system:"
                "namespace-controller", "deletecollection", KINDS[i % 5],
                ns="old-%d" % i, agent=KCM, remote="10.1.0.4")
    for i in range(60):  # pods come back
        w.audit(NOW + i, "anna@example.org", "delete", "pods",
                ns=("shop", "data", "vault", "billing")[i % 4],
                name="web-%d" % i, **ANNA)
