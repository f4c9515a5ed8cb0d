"""Secrets are read without a name; refusals and health checks are not that."""

from world_audit import DAY, HOUR, START


NOW = START + 2 * DAY + 12 * HOUR
ANYONE = dict(user="system:anonymous", agent="curl/8.5.0",
              remote="203.0.113.50")


def fire(w):
    w.cluster_life(START, 3)
    w.audit(NOW, verb="list", resource="secrets", **ANYONE)
    w.audit(NOW + 60, verb="create", resource="serviceaccounts",
            ns="kube-system", name="default", sub="token", code=201, **ANYONE)


def quiet(w):
    w.cluster_life(START, 3)
    w.audit(NOW, verb="list", resource="secrets", code=403, **ANYONE)
    w.audit(NOW + 1, verb="get", resource="secrets", ns="shop", name="db",
            code=401, **ANYONE)
    w.audit(NOW + 2, "root", "list", "secrets",
            impersonated="system:anonymous", code=403)
