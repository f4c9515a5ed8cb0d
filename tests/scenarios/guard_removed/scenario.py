"""Guards deleted or loosened by a person; cascades and cleaning are not."""

from world_audit import DAY, HOUR, KCM, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def fire(w):
    w.cluster_life(START, 6)
    w.audit(NOW, "bob@example.org", "delete",
            "validatingwebhookconfigurations", name="policy", **BOB)
    w.audit(NOW + HOUR, "anna@example.org", "patch", "namespaces", name="shop",
            request_object={"metadata": {"labels": {
                "pod-security.kubernetes.io/enforce": "privileged"}}}, **ANNA)


def quiet(w):
    w.cluster_life(START, 6)
    w.platform_life(NOW + 3 * HOUR)
    w.audit(NOW, "system:serviceaccount:kube-system:namespace-controller",
            "deletecollection", "networkpolicies", ns="old", agent=KCM,
            remote="10.1.0.4")
    w.audit(NOW + 1, "bob@example.org", "patch", "namespaces", name="shop",
            request_object={"metadata": {"labels": {
                "pod-security.kubernetes.io/enforce": "restricted"}}}, **BOB)
    w.audit(NOW + 2, "bob@example.org", "delete",
            "validatingadmissionpolicies", name="x", code=403, **BOB)
