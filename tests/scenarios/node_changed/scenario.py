"""All nodes emptied by one person; one drained, or an autoscaler, is not that."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def patch(w, time, user, node, spec, **more):
    w.audit(time, user, "patch", "nodes", name="ip-10-1-1-%d" % node,
            request_object={"spec": spec}, **more)


def fire(w):
    w.cluster_life(START, 6)
    for node in range(4):
        patch(w, NOW + node, "bob@example.org", node, {"taints": [
            {"key": "x", "effect": "NoExecute"}]}, **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    w.platform_life(NOW + 3 * HOUR)
    patch(w, NOW, "bob@example.org", 1, {"unschedulable": True}, **BOB)
    for node in range(9):
        patch(w, NOW + node, "system:serviceaccount:kube-system:"
              "cluster-autoscaler", node, {"unschedulable": True},
              agent="cluster-autoscaler/v1.30", remote="10.1.4.70")
        patch(w, NOW + 60 + node, "anna@example.org", node,
              {"unschedulable": False}, **ANNA)
