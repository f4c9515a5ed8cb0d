"""The DNS's configuration is written; other ConfigMaps and reads are not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
BOB = dict(remote="198.51.100.17")


def fire(w):
    w.cluster_life(START, 6)
    w.audit(NOW, "bob@example.org", "patch", "configmaps", ns="kube-system",
            name="coredns", **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    w.platform_life(NOW + 3 * HOUR)
    w.audit(NOW, "bob@example.org", "get", "configmaps", ns="kube-system",
            name="coredns", **BOB)
    w.audit(NOW + 1, "bob@example.org", "patch", "configmaps", ns="shop",
            name="coredns", **BOB)
    w.audit(NOW + 2, "bob@example.org", "patch", "configmaps",
            ns="kube-system", name="coredns", query="dryRun=All", **BOB)
    w.audit(NOW + 3, "eks:addon-manager", "patch", "configmaps",
            ns="kube-system", name="coredns", agent="Go-http-client/1.1")
