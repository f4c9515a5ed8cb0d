"""Names on lists and names that lead to sinkholes; others are left alone."""

from lists import write_lists
from world_flow import DAY, START

CLIENT = "10.1.1.10"
CATEGORIES = ("custom", "c2", "miner", "crypto", "dropsite", "phishing",
              "driveby", "malware", "dga", "abused", "suspicious")


def configure(folder):
    lists = [(c, "domain", "threat", c, "%s.example.net\n" % c)
             for c in CATEGORIES]
    lists.append(("hosts", "domain", "threat", "custom",
                  "127.0.0.1 localhost\n0.0.0.0 bad.example.org  # x\n"))
    lists.append(("holes", "ip", "threat", "blackhole", "203.0.113.66\n"))
    lists.append(("shared", "ip", "threat", "custom", "203.0.113.70\n"))
    lists.append(("ours", "domain", "trusted", "custom", "ok.c2.example.net\n"))
    return write_lists(folder, lists)


def fire(w):
    w.names(START, 1)
    t = START + DAY
    w.dns(t, CLIENT, "www.example.net")  # the same domain, not listed
    for i, category in enumerate(CATEGORIES):
        w.dns(t + i, "10.1.2.%d" % (i + 1), "a.%s.EXAMPLE.net" % category)
    w.dns(t + 50, CLIENT, "bad.example.org")
    w.dns(t + 60, CLIENT, "sunk.example.com", answers=("203.0.113.66",))


def quiet(w):
    w.names(START, 1)
    t = START + DAY
    for i, name in enumerate(("example.net", "xc2.example.net",
                              "c2.example.net.example.com",
                              "ok.c2.example.net", "a.ok.c2.example.net",
                              "example.org", "worse.example.org")):
        w.dns(t + i, CLIENT, name)
    w.dns(t + 60, CLIENT, "shared.example.com", answers=("203.0.113.70",))
