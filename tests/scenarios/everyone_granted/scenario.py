"""Rights for everybody; for one group, or those they have anyway, are not."""

from world_audit import binding, DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def fire(w):
    w.cluster_life(START, 6)
    w.bind(NOW, "bob@example.org", binding("all", "edit",
           ("Group", "system:authenticated")), **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    w.bind(NOW, "system:apiserver", binding("system:basic-user",
           "system:basic-user", ("Group", "system:authenticated")),
           agent="kube-apiserver/v1.30.1", remote="10.1.0.4")
    w.bind(NOW + 1, "bob@example.org", binding("all", "edit",
           ("Group", "system:authenticated")), code=403, **BOB)
    w.bind(NOW + 2, "bob@example.org", binding("d", "system:discovery",
           ("Group", "system:authenticated")), **BOB)
