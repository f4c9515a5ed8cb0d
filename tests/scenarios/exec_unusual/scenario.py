"""A stranger with an operator's token gets a shell; developers at work are not
that."""

from world_audit import DAY, HOUR, START


DAYS = 21
NIGHT = START + DAYS * DAY + 2 * HOUR


def fire(w):
    w.cluster_life(START, DAYS)
    w.exec(NIGHT, "system:serviceaccount:vault:secret-operator", "data",
           "warehouse-0",
           ("sh", "-c", "id; ls /"), agent="python-requests/2.31",
           remote="203.0.113.77")


def quiet(w):
    w.cluster_life(START, DAYS + 2)
    day = START + DAYS * DAY + 9 * HOUR
    w.exec(day, "anna@example.org", "shop", "web-6d5f8c7b9d-x7k2p",
           ("cat", "/run/secrets/kubernetes.io/serviceaccount/token"),
           remote="198.51.100.19")
    w.exec(day + HOUR, "bob@example.org", "shop", "cart-6d5f8c7b9d-x7k2p",
           ("bash",), remote="198.51.100.17")
    w.exec(day + 2 * HOUR, "anna@example.org", "data", "warehouse-0",
           ("psql",), remote="198.51.100.19")
