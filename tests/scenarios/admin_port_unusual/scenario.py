"""A server begins to administer others; bastions and managers always did."""

from world_flow import DAY, HOUR, START


def bastion(w, days):
    for i in range(days * 6):
        w.talk(START + i * 4 * HOUR, "10.1.0.5", "10.1.1.%d" % (10 + i % 3),
               22, sent=9000)


def fire(w):
    w.office(START, 10)
    bastion(w, 10)
    t = START + 9 * DAY + 3 * HOUR
    w.talk(t, "10.1.1.10", "10.1.3.1", 22, sent=9000)
    for i in range(4):
        w.talk(t + HOUR + i * 60, "10.1.1.11", "10.1.3.%d" % (i + 1), 22,
               sent=9000)
    for i in range(9):  # all that it talks to, by another port
        w.talk(START + i * DAY, "10.1.1.12", "10.1.4.%d" % (i % 6), 8080)
    for i in range(6):
        w.talk(t + 2 * HOUR + i * 60, "10.1.1.12", "10.1.4.%d" % i, 22,
               sent=9000)


def quiet(w):
    w.office(START, 10)
    bastion(w, 10)
    t = START + 9 * DAY + 3 * HOUR
    for i in range(4):  # the bastion, at new hosts
        w.talk(t + i * 60, "10.1.0.5", "10.1.3.%d" % (i + 1), 22, sent=9000)
    w.talk(t, "10.1.1.77", "10.1.3.1", 22, sent=9000)  # a new host
    for i in range(9):  # one that it talks to anyhow
        w.talk(START + i * DAY, "10.1.1.12", "10.1.4.1", 8080)
    w.talk(t, "10.1.1.12", "10.1.4.1", 22, sent=9000)
    w.probe(t, "10.1.1.10", "10.1.3.1", 22)  # not answered
    w.talk(t, "10.1.1.10", "10.1.3.1", 5432)  # no port of administration
