"""Somebody empties the cluster; autoscalers, drains of a node, and people who
always do it are none."""

from world_audit import DAY, HOUR, START

NOW = START + 6 * DAY + 3 * HOUR


def evict(w, t, user, count, **more):
    for i in range(count):
        w.audit(t + i * 5, user, "create", "pods", ns="team-%d" % (i % 6),
                name="app-%05d" % (i * 7919 % 99991), sub="eviction", code=201,
                **more)


def fire(w):
    w.cluster_life(START, 7)
    evict(w, NOW, "anna@example.org", 90, remote="203.0.113.9")
    w.audit(NOW + HOUR, "bob@example.org", "patch", "nodes", name="node-3",
            request_object={"spec": {"unschedulable": True}},
            remote="198.51.100.17")  # a drain is low
    evict(w, NOW + HOUR + 1, "bob@example.org", 90, remote="198.51.100.17")


def quiet(w):
    w.cluster_life(START, 7)
    for day in range(7):
        evict(w, START + day * DAY + HOUR, "ops@example.org", 80,
              remote="198.51.100.30")  # each night, since the first
        evict(w, START + day * DAY + 5 * HOUR,
              "system:serviceaccount:karpenter:karpenter", 70,
              agent="karpenter/v0.37", remote="10.1.4.9")
    evict(w, NOW, "anna@example.org", 25, remote="198.51.100.19")  # one node
    for i in range(90):  # refused by the budgets of disruption
        w.audit(NOW + i, "bob@example.org", "create", "pods",
                ns="team-%d" % (i % 6), name="app-%d" % i, sub="eviction",
                code=429, remote="198.51.100.17")
