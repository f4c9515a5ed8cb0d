"""Workloads where nothing runs; those of the control plane are not."""

from world_audit import DAY, HOUR, KCM, pod, START, workload


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def fire(w):
    w.cluster_life(START, 6)
    w.deploy(NOW, workload("proxy", "kube-public"), "bob@example.org",
             agent="kubectl/v1.30.1", **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    w.platform_life(NOW + 3 * HOUR)
    w.deploy(NOW, pod("kube-proxy-x7k2p", "kube-system",
                      owner=("DaemonSet", "kube-proxy")),
             "system:serviceaccount:kube-system:daemon-set-controller",
             agent=KCM, remote="10.1.0.4")
    w.audit(NOW + 1, "system:serviceaccount:kube-system:"
            "service-account-controller", "create", "serviceaccounts",
            ns="kube-public", name="default", agent=KCM, remote="10.1.0.4")
    w.deploy(NOW + 2, workload("proxy", "kube-public"), "bob@example.org",
             agent="kubectl/v1.30.1", code=403, **BOB)
    w.deploy(NOW + 3, workload("proxy", "shop"), "bob@example.org",
             agent="kubectl/v1.30.1", **BOB)
