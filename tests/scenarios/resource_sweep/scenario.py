"""A pod's token lists kind after kind by hand; a person's usual lists do not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")

KINDS = ("pods", "secrets", "configmaps", "nodes", "namespaces", "roles",
         "rolebindings", "serviceaccounts", "ingresses")


def fire(w):
    w.cluster_life(START, 6)
    for i, kind in enumerate(KINDS):
        w.audit(NOW + i, "system:serviceaccount:shop:web", "list", kind,
                ns="shop", remote="10.1.7.77")


def quiet(w):
    w.cluster_life(START, 6)
    for day in range(6):
        for i, kind in enumerate(KINDS):
            w.audit(START + day * DAY + 9 * HOUR + 2 * HOUR * i,
                    "anna@example.org", "list", kind, ns="shop", **ANNA)
    for i, kind in enumerate(KINDS):
        w.audit(START + 5 * DAY + 23 * HOUR + i, "anna@example.org", "list",
                kind, ns="shop", **ANNA)
