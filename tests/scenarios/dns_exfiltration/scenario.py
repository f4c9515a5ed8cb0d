"""Data leaves in names; content networks, block lists and agents do not."""

import base64
import hashlib

from world_flow import DAY, HOUR, START

CLIENT = "10.1.1.10"
SLOW = "10.1.1.12"


def piece(i, size=30):
    digest = hashlib.sha512(b"%d" % i).digest()[:size]
    return base64.b32encode(digest).decode().lower().rstrip("=")


def telemetry(w, client, t, seed):
    """An agent that always did it."""
    for i in range(40):
        w.dns(t + i * 60, client, "%s.v1.telemetry-agent.example" %
              piece(seed * 100 + i, 20))


def fire(w):
    w.names(START, 5)
    t = START + 2 * DAY + 3 * HOUR
    for i in range(250):
        w.dns(t + i * 3, CLIENT, "%s.%d.t.metrics-sync.net" % (piece(i), i),
              qtype="TXT" if i % 3 else "A", answers=("ok",))
    t = START + 4 * DAY + 5 * HOUR
    for i in range(600):  # one a minute
        w.dns(t + i * 60, SLOW, "%s.cdn.static-edge.net" % piece(i, 25))


def quiet(w):
    w.names(START, 9)
    t = START + 8 * DAY + 3 * HOUR
    for i in range(60):  # a content network: few names, often
        for k in range(12):
            w.dns(t + i * 50 + k, CLIENT, "r%d---sn-4g5e6nz%d.gvt1.com" %
                  (k, k % 3))
        w.dns(t + i * 50, CLIENT, "d%s.cloudfront.net" % piece(i % 9, 8)[:13])
    for i in range(200):  # a mail server asks block lists
        w.dns(t + i * 10, "10.1.0.55", "%d.%d.113.203.zen.spamhaus.org" %
              (i, i * 7 % 250), answers=())
        w.dns(t + i * 10, "10.1.0.55", "%d.%d.113.203.in-addr.arpa" %
              (i, i * 7 % 250), qtype="PTR")
    for i in range(80):  # buckets and services
        w.dns(t + i * 20, CLIENT,
              "reports-%d.s3.eu-west-1.amazonaws.com" % i)
        w.dns(t + i * 20, CLIENT, "cart-%d.shop.svc.cluster.local" % i)
    for i in range(900):  # slow ones that the account knows of old
        w.dns(t + i * 60, SLOW, "%s.v1.telemetry-agent.example" % piece(i, 25))
    for i in range(900):  # new, but pieces of a name that mean something
        w.dns(t + i * 60, SLOW, "node-%d.eu-west-1.metrics.new-vendor.com" % i)
    for i in range(900):  # new, and a few names again and again
        w.dns(t + i * 60, SLOW, "%s.assets.new-shop.com" % piece(i % 40, 25))
    for day in range(9):
        for hour in range(8, 18):
            for k, client in enumerate((CLIENT, "10.1.1.11")):
                telemetry(w, client, START + day * DAY + hour * HOUR,
                          day * 100 + hour * 2 + k)
