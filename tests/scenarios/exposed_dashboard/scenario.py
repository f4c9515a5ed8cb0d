"""The dashboard behind a public load balancer; an internal one is no exposure"""

from world_audit import DAY, HOUR, START


NOW = START + 2 * DAY + 12 * HOUR
ADMIN = "admin@example.org"
INTERNAL = "service.beta.kubernetes.io/aws-load-balancer-internal"


def service(name, kind, selector=None, annotations=None):
    return {"kind": "Service",
            "metadata": {"name": name, "namespace": "kubernetes-dashboard",
                         "annotations": annotations or {}},
            "spec": {"type": kind, "selector": selector or {"app": name}}}


def publish(w, t, obj, verb="create"):
    w.deploy(t, obj, user=ADMIN, verb=verb)


def fire(w):
    w.cluster_life(START, 3)
    publish(w, NOW, service("kubernetes-dashboard", "LoadBalancer"), "patch")
    publish(w, NOW + HOUR, service(
        "ui", "LoadBalancer", {"k8s-app": "kubernetes-dashboard"}))


def quiet(w):
    w.cluster_life(START, 3)
    publish(w, NOW, service("kubernetes-dashboard", "ClusterIP"))
    publish(w, NOW + 1, service("kubernetes-dashboard", "LoadBalancer",
                                annotations={INTERNAL: "true"}))
    publish(w, NOW + 2, service("web", "LoadBalancer"))
