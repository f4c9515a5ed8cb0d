"""Events and webhooks are removed without a name."""

from world_audit import DAY, HOUR, START


NOW = START + 2 * DAY + 12 * HOUR
ANYONE = dict(user="system:anonymous", agent="curl/8.5.0",
              remote="203.0.113.50")


def fire(w):
    w.cluster_life(START, 3)
    w.audit(NOW, verb="deletecollection", resource="events", ns="shop",
            **ANYONE)
    w.audit(NOW + 60, verb="delete",
            resource="validatingwebhookconfigurations", name="policy",
            **ANYONE)


def quiet(w):
    w.cluster_life(START, 3)
    w.audit(NOW, verb="deletecollection", resource="events", ns="shop",
            code=403, **ANYONE)
    w.audit(NOW + 1, "anna@example.org", "delete", "events", ns="shop",
            name="web.1")
