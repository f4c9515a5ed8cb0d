"""A pod as a loop of the control plane; as an installed controller it is not."""

from world_audit import DAY, HOUR, pod_spec, START, workload


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def system(name, account):
    return workload(name, "kube-system",
                    spec=pod_spec(serviceAccountName=account))


def fire(w):
    w.cluster_life(START, 6)
    w.deploy(NOW, system("debug", "clusterrole-aggregation-controller"),
             "bob@example.org", agent="kubectl/v1.30.1", **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    w.deploy(NOW, system("lb", "aws-load-balancer-controller"))
    w.deploy(NOW + 1, system("debug", "clusterrole-aggregation-controller"),
             "bob@example.org", agent="kubectl/v1.30.1", code=403, **BOB)
