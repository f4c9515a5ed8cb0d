"""A shell in kube-system, a round through its pods being one; what is refused, or in another namespace, is not."""

from world_audit import DAY, HOUR, START


NOW = START + 9 * DAY + 12 * HOUR


def fire(w):
    w.cluster_life(START, 3)
    t = START + 2 * DAY + 12 * HOUR
    w.exec(t, "anna@example.org", "kube-system", "coredns-0",
           ("sh", "-c", "id"))
    w.exec(t + 60, "anna@example.org", "kube-system", "etcd-0", ("ls",))
    w.exec(t + HOUR, "bob@example.org", "kube-system", "etcd-0", verb="create")


def quiet(w):
    w.cluster_life(START, 10)
    w.audit(NOW, "anna@example.org", "create", "pods", ns="kube-system",
            name="coredns-0", sub="exec", code=403, query="command=sh")
    w.exec(NOW + 60, "anna@example.org", "shop", "web-6d5f8c7b9d-x7k2p")
