"""Requests to the API server from listed addresses; refused ones are not."""

from lists import write_lists
from world_audit import DAY, HOUR, START

OWN, THREAT, TOR = "203.0.113.1", "203.0.113.20", "203.0.113.33"


def configure(folder):
    return write_lists(folder, [
        ("own", "ip", "threat", "custom", OWN + "\n"),
        ("bad", "ip", "threat", "c2", THREAT + "\n"),
        ("onions", "ip", "threat", "tor", "203.0.113.32/27\n"),
    ])


def fire(w):
    t = START + DAY
    for i, source in enumerate((OWN, THREAT, TOR)):
        who = "user%d@example.org" % i
        for k, (verb, kind) in enumerate((
                ("list", "pods"), ("get", "secrets"),
                ("create", "deployments"), ("delete", "events"),
                ("delete", "namespaces"))):
            w.audit(t + HOUR * i + 60 * k, who, verb, kind, ns="shop",
                    name="x", remote=source)


def quiet(w):
    t = START + DAY
    w.audit(t, "ann@example.org", "list", "pods", ns="shop",
            remote="198.51.100.17")
    w.audit(t + 60, "ann@example.org", "list", "pods", ns="shop", code=403,
            remote=OWN)
    w.audit(t + 120, "system:anonymous", "list", "pods", ns="shop", code=403,
            remote=THREAT)
