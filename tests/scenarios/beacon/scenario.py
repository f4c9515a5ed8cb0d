"""Regular calls to a rare, new place; agents, clocks and people are not."""

import random

from world_flow import DAY, HOUR, MINUTE, START

SLOW, OFTEN = "203.0.113.77", "198.51.101.33"


def beat(w, host, place, start, end, period, jitter, seed):
    rng = random.Random(seed)
    t = start
    while t < end:
        w.talk(t, host, place, 443, sport=33000 + rng.randrange(25000),
               sent=600 + rng.randrange(30), got=1500, duration=2)
        t += period * (1 + jitter * (2 * rng.random() - 1))


def fire(w):
    w.office(START, 7)
    start = START + 5 * DAY
    beat(w, "10.1.1.10", SLOW, start, start + 2 * DAY, HOUR, 0.06, 1)
    beat(w, "10.1.1.11", OFTEN, start + 3 * HOUR, start + DAY, 10 * MINUTE,
         0.1, 2)
    for i in range(12):  # a new monitor: told of three places, no more
        beat(w, "10.1.1.19", "192.0.2.%d" % (20 + i), start + i, start + DAY,
             HOUR, 0.01, 40 + i)


def quiet(w):
    rng = random.Random(3)
    w.office(START, 8)
    start = START + 5 * DAY
    hosts = ["10.1.1.%d" % i for i in range(10, 18)]
    for i, host in enumerate(hosts):  # all have a new agent
        beat(w, host, "198.51.103.9", start, start + 2 * DAY, 10 * MINUTE,
             0.05, 10 + i)
    t = start
    while t < start + 2 * DAY:  # somebody's work
        w.talk(t, "10.1.1.10", "203.0.113.99", 443,
               sport=33000 + rng.randrange(25000), sent=1500)
        t += rng.expovariate(1 / 1200)
    for i in range(2 * 1440):  # one connection stays open, a row a minute
        w.talk(start + i * MINUTE, "10.1.1.11", "203.0.113.100", 443,
               sport=44444, sent=200, got=200, duration=59)
    for i in range(2 * 24 * 4):  # a clock
        w.talk(start + i * 15 * MINUTE, "10.1.1.12", "203.0.113.101", 123,
               proto=17, sent=76, got=76)
    for i in range(2 * 24 * 12):  # a probe of ours looks at us from outside
        w.talk(start + i * 5 * MINUTE, "203.0.113.102", "10.1.1.10", 443)
