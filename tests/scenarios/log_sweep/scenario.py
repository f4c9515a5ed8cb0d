"""A person reads the logs of all; a service's own team does not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def read(w, time, ns, name):
    w.audit(time, "bob@example.org", "get", "pods", ns=ns, sub="log",
            name=name + "-6d5f8c7b9d-x7k2p", **BOB)


def fire(w):
    w.cluster_life(START, 6)
    for i in range(24):
        read(w, NOW + i, ("shop", "data", "vault", "argocd")[i % 4],
             "%sy" % "abcdefghijklmnopqrstuvwx"[i])


def quiet(w):
    w.cluster_life(START, 6)
    for i in range(40):  # one namespace, many pods of few workloads
        w.audit(NOW + i, "bob@example.org", "get", "pods", ns="shop",
                sub="log", name="web-6d5f8c7b9d-x7k%dp" % (i % 9 + 1), **BOB)
