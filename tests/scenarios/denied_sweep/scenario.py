"""A token is tried for what it opens; the same refusal each hour is not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def fire(w):
    w.cluster_life(START, 6)
    for i, resource in enumerate(("secrets", "pods", "configmaps", "nodes")):
        for k, ns in enumerate(("shop", "data", "vault")):
            w.audit(NOW + 10 * i + k, "carol@example.org", "list", resource,
                    ns=ns, code=403, remote="198.51.100.23")


def quiet(w):
    w.cluster_life(START, 6)
    for hour in range(24):
        w.audit(START + 5 * DAY + hour * HOUR,
                "system:serviceaccount:shop:web", "list", "secrets", ns="shop",
                code=403, agent="web/v1", remote="10.1.7.3")
    for i in range(20):
        w.audit(NOW + i, "system:anonymous", "list", "secrets",
                ns="ns%d" % i, code=403, remote="203.0.113.77")
    for i, ns in enumerate(("shop", "data", "vault", "argocd")):
        w.audit(NOW + i, "anna@example.org", "list", "pods", ns=ns, **ANNA)
        w.audit(NOW + i, "anna@example.org", "list", "secrets", ns=ns,
                code=403, **ANNA)
