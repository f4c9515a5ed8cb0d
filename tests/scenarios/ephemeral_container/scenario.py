"""A container put into a system pod; refused, or a debug session, is not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")

DEBUG = {"spec": {"ephemeralContainers": [{"name": "d", "image": "busybox"}]}}


def add(w, time, user, ns, name, **more):
    w.audit(time, user, "patch", "pods", ns=ns, name=name,
            sub="ephemeralcontainers", request_object=DEBUG, **more)


def fire(w):
    w.cluster_life(START, 6)
    add(w, NOW, "bob@example.org", "kube-system", "etcd-0", **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    add(w, NOW, "bob@example.org", "kube-system", "etcd-0", code=403, **BOB)
    w.audit(NOW + 1, "bob@example.org", "get", "pods", ns="kube-system",
            name="etcd-0", **BOB)
