"""Acting as system:masters; acting as a colleague, as portals do, is not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
MASTERS = {"username": "system:admin",
           "groups": ["system:masters", "system:authenticated"]}


def fire(w):
    w.cluster_life(START, 6)
    w.audit(NOW, "anna@example.org", "list", "secrets", ns="kube-system",
            impersonated=MASTERS, **ANNA)


def quiet(w):
    w.cluster_life(START, 6)
    w.audit(NOW, "anna@example.org", "list", "pods", ns="shop",
            impersonated="bob@example.org", **ANNA)
    w.audit(NOW + 60, "anna@example.org", "list", "secrets", ns="shop",
            impersonated=MASTERS, code=403, **ANNA)
