"""A busy log that stops for five hours; a sparse one, or a short gap, is not."""

from world_audit import CLUSTER, DAY, HOUR, KCM, START


GAP = START + 5 * DAY + 12 * HOUR


def busy(w, start, end, cluster=CLUSTER):
    """600 records an hour."""
    for i in range(int(end - start) // 6):
        w.audit(start + 6 * i, "system:kube-controller-manager", "update",
                "leases", ns="kube-system", name="kube-controller-manager",
                agent=KCM, remote="10.1.0.4", cluster=cluster)


def fire(w):
    busy(w, START, GAP)
    busy(w, GAP + 5 * HOUR, GAP + 7 * HOUR)


def quiet(w):
    busy(w, START, GAP)
    busy(w, GAP + HOUR, GAP + 3 * HOUR)
    w.cluster_life(START, 5, cluster="small")
    w.cluster_life(START + 6 * DAY, 1, cluster="small")
