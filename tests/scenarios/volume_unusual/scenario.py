"""Far more than ever is sent out; nightly copies and downloads are not."""

import random

from world_flow import DAY, HOUR, MINUTE, START

HOST, BACKUP, PLACE = "10.1.1.10", "198.51.100.200", "203.0.113.77"
DATABASE = "10.1.2.31"


def history(w, days):
    rng = random.Random(5)
    w.office(START, days)
    for hour in range(days * 24):
        t = START + hour * HOUR
        w.talk(t + rng.randrange(3000), HOST, "192.0.2.80", 443,
               sent=4000000 + rng.randrange(9000000))
        if hour % 24 == 2:  # each night
            for i in range(6):
                w.talk(t + i * 9 * MINUTE, HOST, BACKUP, 443,
                       sent=350000000 + rng.randrange(90000000))


def silent(w):
    """A database, which answers its clients and calls nobody."""
    for hour in range(9 * 24):
        w.talk(START + hour * HOUR, HOST, DATABASE, 5432, got=400000)
    for i in range(20):
        w.talk(START + 8 * DAY + 3 * HOUR + i * 2 * MINUTE, DATABASE,
               "203.0.113.99", 443, sent=150000000)


def fire(w):
    silent(w)
    history(w, 6)
    t = START + 5 * DAY + 4 * HOUR
    for i in range(10):  # a service answers from several addresses
        w.talk(t + i * 4 * MINUTE, HOST,
               PLACE if i % 2 else "203.0.113.78", 443, sent=90000000)


def quiet(w):
    history(w, 6)
    t = START + 5 * DAY + 4 * HOUR
    for i in range(10):  # a large download
        w.talk(t + i * 4 * MINUTE, HOST, PLACE, 443, got=90000000)
    for i in range(10):  # within the network
        w.talk(t + i * 4 * MINUTE, HOST, "10.1.2.20", 5432, sent=90000000)
    w.talk(t, HOST, "203.0.113.90", 443, sent=30000000)  # below the floor
