"""A command through the kubelet; metrics through the same way are not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
NODE = "/api/v1/nodes/ip-10-1-1-7/proxy/"


def proxy(w, time, user, path, **more):
    w.audit(time, user, "get", "nodes", name="ip-10-1-1-7", sub="proxy",
            uri=NODE + path, **more)


def fire(w):
    w.cluster_life(START, 6)
    proxy(w, NOW, "bob@example.org", "run/shop/web/app?cmd=id", code=400,
          remote="198.51.100.17")
    proxy(w, NOW + HOUR, "anna@example.org", "pods", remote="198.51.100.19")


def quiet(w):
    w.cluster_life(START, 6)
    monitor = "system:serviceaccount:monitoring:prometheus"
    for i, path in enumerate(("metrics", "metrics/cadvisor", "stats/summary",
                              "healthz")):
        proxy(w, NOW + i, monitor, path, agent="Prometheus/2.53",
              remote="10.1.4.40")
    proxy(w, NOW + 9, "bob@example.org", "run/shop/web/app?cmd=id", code=403,
          remote="198.51.100.17")
