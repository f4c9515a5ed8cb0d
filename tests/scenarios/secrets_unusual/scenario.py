"""Someone who never reads secrets reads those of six namespaces at night."""

from world_audit import DAY, HOUR, START


DAYS = 21
NIGHT = START + DAYS * DAY + 2 * HOUR
NAMESPACES = ("shop", "data", "vault", "argocd", "kube-system", "billing")


def operator(w, query=None):
    """Reads secrets one by one for days; then all of them at once."""
    who = {"agent": "external-secrets/v0.9.13", "remote": "10.1.7.60"}
    name = "system:serviceaccount:ops:external"
    for hour in range(DAYS * 24):
        w.audit(START + hour * HOUR + 7, name, "get", "secrets",
                ns=NAMESPACES[hour % 3], name="db", **who)
    w.audit(START + DAYS * DAY + 7, name, "list", "secrets", query=query,
            **who)


def fire(w):
    w.cluster_life(START, DAYS)
    operator(w)
    for i, ns in enumerate(NAMESPACES):
        w.audit(NIGHT + 30 * i, "bob@example.org", "list", "secrets", ns=ns,
                remote="203.0.113.77")
    for i, ns in enumerate(NAMESPACES):  # an account never seen before
        w.audit(NIGHT + HOUR + 30 * i, "system:serviceaccount:shop:web",
                "list", "secrets", ns=ns, agent="curl/8.4.0",
                remote="10.1.7.77")


    w.audit(NIGHT + 2 * HOUR, "system:serviceaccount:billing:default", "list",
            "secrets", ns="billing", agent="curl/8.4.0", remote="10.1.7.78")


def quiet(w):
    w.cluster_life(START, DAYS + 2)
    operator(w, "limit=500&resourceVersion=0")  # to keep a copy
    day = START + DAYS * DAY + 9 * HOUR
    w.audit(day, "bob@example.org", "get", "secrets", ns="shop", name="db",
            remote="198.51.100.17")
    for ns in NAMESPACES:  # refused: nothing was read
        w.audit(day + 60, "anna@example.org", "list", "secrets", ns=ns,
                code=403, remote="198.51.100.19")
    for i, ns in enumerate(NAMESPACES):  # the control plane
        w.audit(day + 90 + i, "system:serviceaccount:kube-system:"
                "generic-garbage-collector", "list", "secrets", ns=ns,
                agent="kube-controller-manager/v1.30.1", remote="10.1.0.4")
