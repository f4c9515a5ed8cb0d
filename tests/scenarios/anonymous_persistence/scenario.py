"""A pod and a service account are made without a name."""

from world_audit import DAY, HOUR, START


NOW = START + 2 * DAY + 12 * HOUR
ANYONE = dict(user="system:anonymous", agent="curl/8.5.0",
              remote="203.0.113.50")


def fire(w):
    w.cluster_life(START, 3)
    w.audit(NOW, verb="create", resource="pods", ns="shop", name="helper",
            **ANYONE)
    w.audit(NOW + 60, verb="create", resource="serviceaccounts", ns="shop",
            name="helper", **ANYONE)


def quiet(w):
    w.cluster_life(START, 3)
    w.audit(NOW, verb="create", resource="pods", ns="shop", name="helper",
            code=403, **ANYONE)
