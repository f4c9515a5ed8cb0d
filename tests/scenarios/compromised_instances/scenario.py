"""A host scans its neighbours, sends data out in names and mines; an office at
work, with a monitor and a service that is down, is quiet."""

import base64
import hashlib

from world_flow import DAY, HOUR, START

HOST, TARGET = "10.1.1.10", "10.1.2.30"


def piece(i):
    digest = hashlib.sha512(b"%d" % i).digest()[:30]
    return base64.b32encode(digest).decode().lower().rstrip("=")


def fire(w):
    w.office(START, 3)
    w.names(START, 3)
    t = START + 2 * DAY + 3 * HOUR
    for k in range(4):
        for i in range(60):
            w.probe(t + 100 * k + i, HOST, "10.1.2.%d" % (30 + k),
                    1 + i * 37 % 9000, rejected=i % 4 > 0)
    for i in range(250):
        w.dns(t + HOUR + i * 3, HOST, "%s.%d.t.metrics-sync.net" %
              (piece(i), i), qtype="TXT" if i % 3 else "A", answers=("ok",))
    w.dns(t + 3 * HOUR, HOST, "xmr-eu1.nanopool.org")


def quiet(w):
    w.office(START, 4)
    w.names(START, 4)
    t = START + 3 * DAY + 3 * HOUR
    for i, port in enumerate((80, 443, 8080, 8443, 9100, 9090)):
        for k in range(10):  # a monitor, and a service that is down
            w.probe(t + k * 300 + i, "10.1.1.12", "10.1.2.50", port)
    for i in range(80):  # buckets and services
        w.dns(t + i * 20, HOST, "reports-%d.s3.eu-west-1.amazonaws.com" % i)
