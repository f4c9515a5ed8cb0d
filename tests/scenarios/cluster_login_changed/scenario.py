"""aws-auth is written by a person; by the provider, or refused, is not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
BOB = dict(remote="198.51.100.17")


def fire(w):
    w.cluster_life(START, 6)
    w.audit(NOW, "bob@example.org", "patch", "configmaps", ns="kube-system",
            name="aws-auth", **BOB)
    w.audit(NOW + HOUR, "anna@example.org", "update", "configmaps",
            ns="kube-system", name="extension-apiserver-authentication",
            remote="198.51.100.19")


def quiet(w):
    w.cluster_life(START, 6)
    w.platform_life(NOW + 3 * HOUR)
    w.audit(NOW, "bob@example.org", "get", "configmaps", ns="kube-system",
            name="aws-auth", **BOB)
    w.audit(NOW + 1, "bob@example.org", "patch", "configmaps",
            ns="kube-system", name="aws-auth", code=403, **BOB)
    w.audit(NOW + 2, "eks:node-manager", "update", "configmaps",
            ns="kube-system", name="aws-auth", agent="Go-http-client/1.1")
    w.audit(NOW + 3, "system:apiserver", "update", "configmaps",
            ns="kube-system", name="extension-apiserver-authentication",
            agent="kube-apiserver/v1.30.1", remote="10.1.0.4")
