"""An operator's token used from outside by hand; a new node's pod is not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
OPERATOR = "system:serviceaccount:vault:secret-operator"


def fire(w):
    w.cluster_life(START, 6)
    w.audit(NOW, OPERATOR, "list", "secrets", ns="shop", agent="curl/8.4.0",
            remote="203.0.113.77")


def quiet(w):
    w.cluster_life(START, 6)
    w.audit(NOW, OPERATOR, "get", "secrets", ns="shop", name="db",
            agent="secret-operator/v1.3", remote="10.1.9.9")
    w.audit(NOW + 1, "system:serviceaccount:shop:new", "list", "pods",
            ns="shop", agent="kubectl/v1.30.1", remote="10.1.9.10")
    w.audit(NOW + 2, OPERATOR, "list", "secrets", ns="shop", code=401,
            agent="curl/8.4.0", remote="203.0.113.78")
