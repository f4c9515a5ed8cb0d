"""Addresses on lists; the internet's knocking, visitors and trusted ones."""

from lists import write_lists
from world_flow import DAY, HOUR, START

HOST, OTHER = "10.1.1.10", "10.1.1.11"


def configure(folder):
    return write_lists(folder, [
        ("own", "ip", "threat", "custom", "203.0.113.0/28\n"),
        ("orders", "ip", "threat", "c2",
         "ip,expires\n203.0.113.20,2030-01-01\n203.0.113.21,2020-01-01\n"),
        ("onions", "ip", "threat", "tor", "# exits\n203.0.113.32/27\n"),
        ("pools", "ip", "threat", "miner", "203.0.113.65\n"),
        ("holes", "ip", "threat", "blackhole", "203.0.113.66\n"),
        ("drops", "ip", "threat", "dropsite", "203.0.113.67\n"),
        ("scanners", "ip", "threat", "scanner", "203.0.113.128/26\n"),
        ("ours", "ip", "trusted", "custom", "203.0.113.3\n"),
    ])


def fire(w):
    w.office(START, 1)
    t = START + DAY
    w.talk(t, HOST, "203.0.113.1", 443)
    w.talk(t, HOST, "203.0.113.20", 443)
    w.talk(t, HOST, "203.0.113.40", 9001)
    w.talk(t, "203.0.113.41", OTHER, 9001)
    w.talk(t, HOST, "203.0.113.65", 3333)
    w.probe(t, HOST, "203.0.113.66", 80, rejected=True)
    w.talk(t, HOST, "203.0.113.67", 21)
    w.talk(t, "203.0.113.130", OTHER, 8088)
    w.talk(t, "203.0.113.131", OTHER, 5432)


def quiet(w):
    w.office(START, 1)
    t = START + DAY
    w.talk(t, HOST, "203.0.113.16", 443)  # beside the network
    w.talk(t, HOST, "203.0.113.3", 443)  # on a trusted list too
    w.talk(t, HOST, "203.0.113.21", 443)  # expired
    w.talk(t, "203.0.113.42", OTHER, 443)  # a visitor through Tor
    w.talk(t, "203.0.113.132", OTHER, 443)  # a scanner at what all may see
    for i in range(20):  # the internet knocks
        w.probe(t + HOUR + i, "203.0.113.%d" % (i % 4), HOST, 22,
                rejected=True)
