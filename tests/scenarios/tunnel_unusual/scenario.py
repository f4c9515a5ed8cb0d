"""A stolen token opens a way to the database at night; people at work do not."""

from world_audit import DAY, HOUR, START


DAYS = 21
NIGHT = START + DAYS * DAY + 2 * HOUR
WEB = "web-6d5f8c7b9d-x7k2p"
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def forward(w, time, user, ns, name, **more):
    w.audit(time, user, "create", "pods", ns=ns, name=name, sub="portforward",
            code=101, query="ports=5432", **more)


def life(w, days):
    w.cluster_life(START, days)
    for day in range(days):
        forward(w, START + day * DAY + 10 * HOUR, "anna@example.org", "shop",
                WEB, **ANNA)


def fire(w):
    life(w, DAYS)
    forward(w, NIGHT, "system:serviceaccount:vault:secret-operator", "argocd",
            "db-0", agent="curl/8.4.0", remote="203.0.113.77")


def quiet(w):
    life(w, DAYS + 1)
    forward(w, NIGHT + 9 * HOUR, "anna@example.org", "shop", WEB, **ANNA)
