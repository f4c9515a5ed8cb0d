"""A privileged pod by hand, a build runner's first days; what is a habit, not."""

from world_audit import container, DAY, HOUR, pod, pod_spec, START, workload


DAYS = 4
NOW = START + DAYS * DAY + 12 * HOUR
ROOT = {"privileged": True}


def plugin(version):
    return workload("cni", "kube-system", "DaemonSet", pod_spec(container(
        "agent", "quay.io/cni/agent:%s" % version, securityContext=ROOT)))


def builds(w):
    """A build runner's pods are privileged; each day brings an image."""
    for day in range(DAYS):
        for i, image in enumerate(("docker:24", "node:%d" % (18 + day))):
            w.deploy(START + day * DAY + (9 + i) * HOUR, pod(
                "runner-project-%d-concurrent-0-x%d" % (day * 2 + i, day),
                "builds", pod_spec(container("build", image,
                                             securityContext=ROOT))),
                     user="system:serviceaccount:builds:runner",
                     agent="gitlab-runner 16.6.1 linux/amd64")
    w.deploy(NOW + 9, pod("runner-project-9-concurrent-0-y", "builds",
                          pod_spec(container("build", "maven:3.9",
                                             securityContext=ROOT))),
             user="system:serviceaccount:builds:runner",
             agent="gitlab-runner 16.6.1 linux/amd64")


def fire(w):
    w.cluster_life(START, DAYS)
    builds(w)
    w.deploy(NOW, pod("debug", spec=pod_spec(
        container("a", "alpine:3.20"),
        container("b", "alpine:3.20", securityContext=ROOT))),
        user="anna@example.org", remote="198.51.100.19")
    w.deploy(NOW + HOUR, pod("peek", "data", pod_spec(
        container("c", "busybox"), hostPID=True)), user="bob@example.org")


    w.deploy(NOW + 2 * HOUR, workload("agent", "watch", "DaemonSet", pod_spec(
        container("agent", "quay.io/watch/agent:1", securityContext=ROOT))))


def quiet(w):
    w.cluster_life(START, DAYS)
    spec = pod_spec(container("a", securityContext=ROOT))
    w.deploy(NOW, pod("debug", spec=spec), user="anna@example.org", code=403)
    w.deploy(NOW + 1, pod("debug", spec=spec), user="anna@example.org",
             query="dryRun=All")
    w.deploy(NOW + 2, pod("cni-x7k2p", "kube-system", pod_spec(container(
        "agent", "quay.io/cni/agent:0.9", securityContext=ROOT)),
                          ("DaemonSet", "cni")), agent="kube-controller-"
             "manager/v1.30.1", user="system:serviceaccount:kube-system:"
             "daemon-set-controller")
    w.audit(NOW + 3, "anna@example.org", "patch", "daemonsets",
            ns="kube-system", name="cni", request_object={
                "metadata": {"labels": {"team": "net"}}},
            response_object=plugin("1.0"))
    for i, version in enumerate(("1.1", "1.2", "1.3")):
        w.deploy(NOW + HOUR * (i + 1), plugin(version), verb="update")
