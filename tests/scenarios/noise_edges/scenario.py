"""A NAT gateway, a load balancer and a proxy: one address that speaks for many,
and what the internet tries at them."""

import random

from world_flow import DAY, HOUR, MINUTE, START

NAT, ELB, TARGETS = "10.1.0.5", "10.1.0.80", ("10.1.2.11", "10.1.2.12")


def nat(w, t, rng):
    """Connections to everywhere, at all ports that people use."""
    for i in range(25):
        remote = "%d.%d.%d.%d" % (rng.choice((52, 54, 104, 142, 151, 185)),
                                  rng.randrange(1, 255), rng.randrange(255),
                                  rng.randrange(1, 255))
        port = rng.choice((443,) * 12 + (80, 80, 5228, 993, 8443, 22))
        w.talk(t + i * 60, NAT, remote, port, sent=1000 + rng.randrange(90000),
               got=5000 + rng.randrange(2000000))
    for k in range(3):  # a peer that is down
        w.probe(t + rng.randrange(HOUR), NAT, "203.0.113.200", 443,
                sport=rng.randrange(32768, 60000))


def balancer(w, t, rng):
    for i in range(30):
        visitor = "%d.%d.%d.%d" % (rng.randrange(60, 99), rng.randrange(255),
                                   rng.randrange(255), rng.randrange(1, 255))
        w.talk(t + i * 100, visitor, ELB, 443)
        w.talk(t + i * 100 + 1, ELB, TARGETS[i % 2], 8080)
    for k in range(20):  # health checks
        for target in TARGETS:
            w.talk(t + k * 150, ELB, target, 8080, sent=180, got=120,
                   duration=1)


def internet(w, t, rng):
    for i in range(40):
        w.probe(t + i * 80, "203.0.113.%d" % rng.randrange(1, 250),
                rng.choice((ELB, NAT)), rng.choice((22, 23, 3389, 445, 8080,
                                                    5900, 6379, 9200)),
                rejected=True)


def quiet(w):
    rng = random.Random(9)
    w.office(START, 6)
    for hour in range(6 * 24):
        t = START + hour * HOUR
        nat(w, t, rng)
        balancer(w, t, rng)
        internet(w, t, rng)
