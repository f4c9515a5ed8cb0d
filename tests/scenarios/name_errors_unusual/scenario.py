"""Domains of two words that do not exist; suffixes and filters are none."""

import random

from world_flow import DAY, HOUR, START

WORDS = ("river", "stone", "market", "green", "silver", "cloud", "paper",
         "winter", "garden", "simple", "office", "travel", "music", "light",
         "yellow", "bridge")


def made(rng, count):
    for _ in range(count):
        yield "%s%s%d.com" % (rng.choice(WORDS), rng.choice(WORDS),
                              rng.randrange(100))


def fire(w):
    rng = random.Random(5)
    w.names(START, 6)
    for i, name in enumerate(made(rng, 150)):
        w.dns(START + 5 * DAY + i * 9, "10.1.1.10", name, answers=())


def quiet(w):
    rng = random.Random(6)
    w.names(START, 6)
    for hour in range(6 * 24):  # a filter of mail, every hour
        for i, name in enumerate(made(rng, 60)):
            w.dns(START + hour * HOUR + i * 50, "10.1.1.20", name, answers=())
    t = START + 5 * DAY
    for i, name in enumerate(made(rng, 300)):  # search suffixes
        w.dns(t + i, "10.1.1.11", name + ".corp.example.com", answers=())
        w.dns(t + i, "10.1.1.11", name + ".cluster.local", answers=())
        w.dns(t + i, "10.1.1.11", name)
    for i, name in enumerate(made(rng, 20)):  # a few typing errors
        w.dns(t + i, "10.1.1.10", name, answers=())
