"""Nodes and tasks come and go with the day's load, in AWS and in the cluster."""

from world_audit import workload
from world_cloudtrail import BOTO, DAY, HOUR, START, role

KARPENTER = ("system:serviceaccount:karpenter:karpenter", "karpenter/v0.37")
KCM = "kube-controller-manager/v1.30.1"


def node_joins(w, t, i):
    name, remote = "ip-10-1-5-%d" % i, "10.1.5.%d" % i
    node = "system:node:" + name
    csr = {"spec": {"signerName":
                    "kubernetes.io/kubelet-serving", "username": node,
                    "groups": ["system:nodes"]}}
    nodes = ["system:nodes", "system:authenticated"]
    w.audit(t, node, "create", "certificatesigningrequests",
            name="csr-%d" % i, request_object=csr, groups=nodes, remote=remote,
            agent="kubelet/v1.30.1")
    w.audit(t + 1, "eks:certificate-controller", "update",
            "certificatesigningrequests", name="csr-%d" % i, sub="approval",
            agent="eks/v1", remote="10.1.0.4", code=200)
    w.audit(t + 2, node, "create", "nodes", name=name, groups=nodes,
            remote=remote, agent="kubelet/v1.30.1")
    for k in range(5):
        w.audit(t + 5 + k, node, "create", "serviceaccounts", ns="kube-system",
                name="aws-node", sub="token", groups=nodes, remote=remote,
                agent="kubelet/v1.30.1")
        w.audit(t + 5 + k, node, "get", "secrets", ns="shop", name="db",
                groups=nodes, remote=remote, agent="kubelet/v1.30.1")


def node_goes(w, t, i):
    name = "ip-10-1-5-%d" % i
    user, agent = KARPENTER
    for k in range(12):
        w.audit(t + k, user, "create", "pods", ns="shop",
                name="web-6d5f8c7b9d-%05d" % k, sub="eviction", agent=agent,
                remote="10.1.4.9", code=201)
    w.audit(t + 60, user, "delete", "nodes", name=name, agent=agent,
            remote="10.1.4.9")


def quiet(w):
    w.company(START, 8)
    w.cluster_life(START, 8)
    scaler = role("karpenter", "i-0aa11bb22cc33dd44")
    for day in range(8):
        for hour in range(24):
            t = START + day * DAY + hour * HOUR + 900
            up = 8 <= hour < 14
            load = 1 + hour % 6 + (day == 7) * 6  # a busy last day
            for i in range(load):
                w.call(t + i * 20, scaler, "ec2", "CreateFleet" if up else
                       "TerminateInstances", source="10.1.4.9", agent=BOTO)
                w.call(t + i * 20 + 3, scaler, "ec2", "DescribeInstances",
                       source="10.1.4.9", agent=BOTO)
                (node_joins if up else node_goes)(
                    w, t + i * 25, 10 + (hour * 7 + i) % 200)
            w.audit(t + 600, "system:serviceaccount:kube-system:"
                    "horizontal-pod-autoscaler", "update", "deployments",
                    ns="shop", name="web", sub="scale", agent=KCM,
                    remote="10.1.0.4",
                    request_object={"spec": {"replicas": load * 3}})
