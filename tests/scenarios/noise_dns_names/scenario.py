"""Names that look made up and are not: content networks, anti-virus look-ups,
block lists, telemetry, trackers, buckets, search suffixes of clusters."""

import hashlib
import random

from world_flow import DAY, HOUR, START

CLIENTS = ("10.1.1.10", "10.1.1.11", "10.1.1.12")


def code(*key, size=20):
    return hashlib.sha256(repr(key).encode()).hexdigest()[:size]


def networks(w, t, client, rng):
    """Content networks: many hosts below a few domains."""
    for i in range(6):
        n = rng.randrange(40)
        for name in ("d%s.cloudfront.net" % code("cf", n, size=13),
                     "e%d.dscx.akamaiedge.net" % (1000 + n),
                     "r%d---sn-4g5e6nz%d.googlevideo.com" % (n % 8, n % 5),
                     "a%d.dspw65.akamai.net" % n,
                     "%s.fastly-edge.com" % code("fa", n, size=8),
                     "p%02d-content.icloud.com" % n):
            w.dns(t + i * 300 + rng.randrange(200), client, name)


def guards(w, t, client, rng):
    """Anti-virus and reputation: hashes as names, answered with codes."""
    for i in range(12):
        n = rng.randrange(3000)
        w.dns(t + i * 200, client, "4.0.0-%s.avqs.mcafee.com" %
              code("av", n, size=26), answers=("127.0.0.8",))
        w.dns(t + i * 200 + 1, client, "%s.p.02.sophosxl.net" %
              code("so", n, size=32), qtype="TXT", answers=("w t 1",))
        w.dns(t + i * 200 + 2, client, "%d.%d.113.203.zen.spamhaus.org" %
              (n % 250, n // 250), answers=())


def cluster(w, t, client, rng):
    """ndots:5 tries each suffix first."""
    for i in range(15):
        name = rng.choice(("api.stripe.com", "sqs.eu-west-1.amazonaws.com",
                           "github.com", "hooks.slack.com",
                           "%s.s3.eu-west-1.amazonaws.com" %
                           code("b", rng.randrange(60), size=12)))
        for suffix in ("shop.svc.cluster.local", "svc.cluster.local",
                       "cluster.local", "eu-west-1.compute.internal",
                       "corp.example.com"):
            w.dns(t + i * 230, client, name + "." + suffix, answers=())
        w.dns(t + i * 230 + 1, client, name)
        w.dns(t + i * 230 + 2, client, "cart-%d.shop.svc.cluster.local" %
              rng.randrange(30))


def quiet(w):
    rng = random.Random(4)
    w.names(START, 6, CLIENTS)
    for hour in range(6 * 24):
        for client in CLIENTS:
            t = START + hour * HOUR
            networks(w, t, client, rng)
            guards(w, t, client, rng)
            cluster(w, t, client, rng)
