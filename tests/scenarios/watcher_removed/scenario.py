"""A log shipper is deleted; releases of it, and other workloads, are not."""

from world_audit import ARGO, DAY, DEPLOYER, HOUR, START, workload


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def fire(w):
    w.cluster_life(START, 6)
    w.audit(NOW, "bob@example.org", "delete", "daemonsets", ns="logging",
            name="fluent-bit", **BOB)
    w.audit(NOW + HOUR, "anna@example.org", "patch", "daemonsets",
            ns="security", name="falco", request_object={"spec": {"template": {
                "spec": {"nodeSelector": {"none": "true"}}}}}, **ANNA)


def quiet(w):
    w.cluster_life(START, 6)
    w.platform_life(NOW + 3 * HOUR)
    w.deploy(NOW, workload("fluent-bit", "logging", "DaemonSet"), DEPLOYER,
             "patch", ARGO)
    w.audit(NOW + 1, "bob@example.org", "delete", "deployments", ns="shop",
            name="cart", **BOB)
    w.audit(NOW + 2, "bob@example.org", "delete", "daemonsets", ns="logging",
            name="fluent-bit", code=403, **BOB)
    w.audit(NOW + 3, "bob@example.org", "patch", "deployments", ns="logging",
            name="logging-api", sub="scale",
            request_object={"spec": {"replicas": 3}}, **BOB)
