"""cluster-admin for a colleague; lesser and repeated grants are not news."""

from world_audit import binding, DAY, HOUR, START


DAYS = 5
NOW = START + DAYS * DAY + 12 * HOUR
ADMIN = "admin@example.org"


def fire(w):
    w.cluster_life(START, DAYS)
    w.bind(NOW, "bob@example.org", binding(
        "bob", "cluster-admin", ("User", "bob@example.org")))
    w.bind(NOW + HOUR, ADMIN, binding(
        "ci", "admin", ("ServiceAccount", "ci", "tools"), ns="kube-system"))
    w.bind(NOW + 2 * HOUR, ADMIN, binding(
        "ci", "admin", ("ServiceAccount", "ci", "tools"), ns="kube-system"),
        verb="update")


def quiet(w):
    w.cluster_life(START, DAYS)
    w.bind(NOW, ADMIN, binding("d", "view", ("Group", "developers"),
                               ns="shop"))
    w.bind(NOW + 60, "bob@example.org", binding(
        "bob", "cluster-admin", ("User", "bob@example.org")), code=403)
    w.bind(NOW + 90, "system:serviceaccount:kube-system:"
           "clusterrole-aggregation-controller", binding(
               "x", "cluster-admin", ("User", "x")),
           agent="kube-controller-manager/v1.30.1")
