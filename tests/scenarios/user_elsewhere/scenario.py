"""A stolen kubeconfig at night; a person who travels with their computer is
not that."""

from world_audit import DAY, HOUR, START


DAYS = 14
NIGHT = START + DAYS * DAY + 2 * HOUR


def fire(w):
    w.cluster_life(START, DAYS)
    w.audit(NIGHT, "bob@example.org", "list", "pods", ns="shop",
            agent="python-requests/2.31", remote="203.0.113.77")


def quiet(w):
    w.cluster_life(START, DAYS + 1)
    w.audit(NIGHT + 8 * HOUR, "bob@example.org", "list", "pods", ns="shop",
            remote="203.0.113.77")
    w.audit(NIGHT, "carol@example.org", "list", "pods", ns="shop",
            agent="python-requests/2.31", remote="203.0.113.78")
