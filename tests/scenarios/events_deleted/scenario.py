"""Events deleted by a person; those the control plane deletes are not."""

from world_audit import DAY, HOUR, KCM, START


NOW = START + 5 * DAY + 12 * HOUR


def fire(w):
    w.cluster_life(START, 6)
    for i in range(3):
        w.audit(NOW + i, "bob@example.org", "delete", "events", ns="shop",
                name="web.18ea3b%d" % i, remote="198.51.100.17")


def quiet(w):
    w.cluster_life(START, 6)
    w.platform_life(NOW + 3 * HOUR)
    w.audit(NOW, "system:serviceaccount:kube-system:namespace-controller",
            "deletecollection", "events", ns="old", agent=KCM,
            remote="10.1.0.4")
    w.audit(NOW + 1, "bob@example.org", "delete", "events", ns="shop",
            name="web.1", code=403, remote="198.51.100.17")
    w.audit(NOW + 2, "bob@example.org", "list", "events", ns="shop",
            remote="198.51.100.17")
