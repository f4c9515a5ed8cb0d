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
    for day in range(DAYS + 1):  # runners of a build service: anywhere
        w.audit(START + day * DAY + (9 + day % 3) * HOUR, "ci@example.org",
                "list", "pods", ns="shop", agent="Helm/3.15.4",
                remote="192.0.2.%d" % day if day % 2 else
                "198.18.%d.9" % day)
    w.audit(START + DAYS * DAY + 20 * HOUR, "ci@example.org", "list", "pods",
            ns="shop", agent="Helm/3.15.4", remote="198.18.77.9")
    w.audit(NIGHT + 8 * HOUR, "bob@example.org", "list", "pods", ns="shop",
            remote="203.0.113.77")
    w.audit(NIGHT, "carol@example.org", "list", "pods", ns="shop",
            agent="python-requests/2.31", remote="203.0.113.78")
