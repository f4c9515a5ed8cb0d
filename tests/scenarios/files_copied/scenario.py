"""Keys copied out of a pod; files copied into one are not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")

WEB = "web-6d5f8c7b9d-x7k2p"


def fire(w):
    w.cluster_life(START, 6)
    w.exec(NOW, "bob@example.org", "shop", WEB,
           ("tar", "cf", "-", "/root/.ssh"), **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    for i, words in enumerate((("tar", "xmf", "-", "-C", "/etc/app"),
                               ("tar", "tf", "/root/a.tar"), ("ls", "/root"),
                               ("tar", "czf", "/tmp/a.tgz", "/root"))):
        w.exec(NOW + 60 * i, "bob@example.org", "shop", WEB, words, **BOB)
