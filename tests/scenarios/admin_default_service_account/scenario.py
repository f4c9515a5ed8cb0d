"""The default service account becomes admin; others and lesser roles do not."""

from world_audit import binding, DAY, HOUR, START


NOW = START + 2 * DAY + 12 * HOUR
ADMIN = "admin@example.org"
DEFAULT = ("ServiceAccount", "default", "shop")


def fire(w):
    w.cluster_life(START, 3)
    w.bind(NOW, ADMIN, binding("oops", "cluster-admin", DEFAULT))
    w.bind(NOW + HOUR, ADMIN, binding(
        "all", "admin", ("Group", "system:serviceaccounts:data"), ns="data"))


def quiet(w):
    w.cluster_life(START, 3)
    w.bind(NOW, ADMIN, binding("view", "view", DEFAULT))
    w.bind(NOW + 1, ADMIN, binding("oops", "cluster-admin", DEFAULT), code=403)
    w.bind(NOW + 2, ADMIN, binding(
        "release", "admin", ("ServiceAccount", "release", "shop"), ns="shop"))
