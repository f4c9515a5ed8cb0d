"""A service is made to run something else; other options from the deployer are
not that."""

from world_audit import container, DAY, DEPLOYER, HOUR, pod_spec, START, workload


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def web(command):
    return workload("pay", spec=pod_spec(
        container(image="registry.example.org/shop/pay:1", command=command)))


def life(w):
    w.cluster_life(START, 6)
    for day in range(5):
        w.deploy(START + day * DAY + 9 * HOUR, web(["/app/web"]), verb="patch")


def fire(w):
    life(w)
    w.deploy(NOW - 3 * HOUR, web(["sh", "-c", "/tmp/x & /app/web"]),
             "bob@example.org", "update", "kubectl/v1.30.1", **BOB)


def quiet(w):
    life(w)
    w.deploy(NOW, web(["/app/web", "--new"]), DEPLOYER, "patch")
    w.deploy(NOW + 60, web(["/app/web", "-v"]), "bob@example.org", "update",
             "kubectl/v1.30.1", code=403, **BOB)
