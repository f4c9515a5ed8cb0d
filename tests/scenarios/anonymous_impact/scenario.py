"""A workload is deleted and a pod entered without a name."""

from world_audit import DAY, HOUR, START


NOW = START + 2 * DAY + 12 * HOUR
ANYONE = dict(user="system:anonymous", agent="curl/8.5.0",
              remote="203.0.113.50")


def fire(w):
    w.cluster_life(START, 3)
    w.audit(NOW, verb="delete", resource="deployments", ns="shop",
            name="web", **ANYONE)
    w.exec(NOW + 60, ns="shop", pod_name="cart-6d5f8c7b9d-x7k2p", **ANYONE)


def quiet(w):
    w.cluster_life(START, 3)
    w.audit(NOW, verb="delete", resource="deployments", ns="shop",
            name="web", code=403, **ANYONE)
    w.audit(NOW + 5, verb="delete", resource="pods", ns="shop", name="x",
            query="dryRun=All", **ANYONE)
