"""A part of Kubernetes handed over; what the API server registers is not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def register(w, time, user, name, verb="create", **more):
    w.audit(time, user, verb, "apiservices", name=name, request_object={
        "kind": "APIService", "metadata": {"name": name},
        "spec": {"service": {"namespace": "shop", "name": "api"}}}, **more)


def fire(w):
    w.cluster_life(START, 6)
    register(w, NOW, "bob@example.org", "v1.authentication.k8s.io", "update",
             **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    w.platform_life(NOW + 3 * HOUR)
    register(w, NOW, "system:apiserver", "v1.apps", "update",
             agent="kube-apiserver/v1.30.1", remote="10.1.0.4")
    register(w, NOW + 1, "bob@example.org", "v1.apps", code=403, **BOB)
