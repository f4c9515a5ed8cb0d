"""A person reads secret after secret; an operator's usual ones are not that."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def read(w, time, user, i, **more):
    w.audit(time, user, "get", "secrets", ns="data", name="s-%d" % i, **more)


def fire(w):
    w.cluster_life(START, 6)
    for i in range(14):
        read(w, NOW + 10 * i, "bob@example.org", i, **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    syncer = "system:serviceaccount:sync:syncer"
    place = dict(agent="syncer/v1.2", remote="10.1.4.60")
    for day in range(6):
        for i in range(30):
            read(w, START + day * DAY + 6 * HOUR + i, syncer, i, **place)
    for i in range(14):
        read(w, NOW + 10 * i, "bob@example.org", i, code=403, **BOB)
        read(w, NOW + 10 * i, "anna@example.org", i % 4, **ANNA)
