"""A stolen kubeconfig: a privileged pod, a shell in it, the secrets of every
namespace, then the node's credentials outside AWS.  An incident with its exec
storm and a wave of deployments are quiet."""

from world_audit import (DAY, HOUR, MINUTE, START, container, pod, pod_spec,
                         workload)
from world_cloudtrail import role

DAYS = 21
NIGHT = START + DAYS * DAY + 2 * HOUR
AWAY = "203.0.113.77"
NAMESPACES = ("shop", "data", "vault", "argocd", "kube-system", "billing")
NODE = "i-0123456789abcdef0"


def node_session():
    who = role("node", NODE)
    who["sessionContext"]["ec2RoleDelivery"] = "2.0"
    return who


def fire(w):
    w.cluster_life(START, DAYS)
    user = "anna@example.org"
    w.deploy(NIGHT, pod("debug", "shop", pod_spec(
        container("sh", "docker.io/library/alpine:3",
                  securityContext={"privileged": True}),
        hostPID=True, volumes=[{"name": "root", "hostPath": {"path": "/"}}])),
        user=user, agent="kubectl/v1.30.1 (linux/amd64) kubernetes/6911225",
        remote=AWAY)
    w.exec(NIGHT + MINUTE, user, "shop", "debug",
           ("chroot", "/host", "bash"), remote=AWAY)
    for i, ns in enumerate(NAMESPACES):
        w.audit(NIGHT + 5 * MINUTE + 30 * i, user, "list", "secrets", ns=ns,
                remote=AWAY)
    for day in range(3):  # what the node's role does as a rule
        for hour in range(24):
            w.call(START + day * DAY + hour * HOUR, node_session(), "ecr",
                   "GetAuthorizationToken", source="198.51.100.9",
                   agent="kubelet/v1.30.1")
    for i in range(3):
        w.call(NIGHT + 20 * MINUTE + i * 30, node_session(), "ec2",
               "DescribeInstances", source=AWAY, agent="aws-cli/2.9.19")


def quiet(w):
    w.cluster_life(START, DAYS + 2)
    day = START + DAYS * DAY + 9 * HOUR
    for i in range(30):  # an incident: two people look into many pods
        w.exec(day + i * 40, ("anna@example.org", "bob@example.org")[i % 2],
               ("shop", "data")[i % 2], "web-6d5f8c7b9d-x7k2p",
               ("sh", "-c", "ps aux; df -h"),
               remote=("198.51.100.19", "198.51.100.17")[i % 2])
    for i, app in enumerate(("web", "cart", "search", "mail", "stock") * 4):
        w.deploy(day + 2 * HOUR + i * 20, workload(app, spec=pod_spec(
            container(image="registry.example.org/shop/%s:1.%d"
                      % (app, 900 + i)))), verb="patch")
