"""A pod that asks for much; one thing, or what is refused, is not."""

from world_audit import container, DAY, HOUR, pod_spec, START, workload


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")
OPEN = {"capabilities": {"add": ["NET_ADMIN"]}, "runAsUser": 0,
        "allowPrivilegeEscalation": True}


def daemon(name, image, context=None, **more):
    return workload(name, "shop", "DaemonSet", pod_spec(
        container("c", image, securityContext=context or OPEN), **more))


def fire(w):
    w.cluster_life(START, 6)
    w.deploy(NOW, daemon("proxy", "registry.example.org/shop/web:1",
                         hostNetwork=True), "bob@example.org",
             agent="kubectl/v1.30.1", **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    w.deploy(NOW, daemon("web", "registry.example.org/shop/web:1"), code=403)
    w.deploy(NOW + 1, daemon("web", "registry.example.org/shop/web:1",
             {"runAsUser": 0}), "bob@example.org", agent="kubectl/v1.30.1",
             **BOB)
