"""A host begins to deliver mail; relays and mail servers are none."""

from world_flow import DAY, HOUR, START


def fire(w):
    w.office(START, 6)
    t = START + 5 * DAY + 2 * HOUR
    for i in range(30):
        w.talk(t + i * 20, "10.1.1.10", "203.0.%d.25" % i, 25, sent=4000)
    for i in range(30):  # refused: the cloud blocks it
        w.flow(t + i * 20, "10.1.1.11", "198.51.%d.25" % i, 40000 + i, 25,
               packets=3, bytes=180, action="REJECT", flags=2)


def quiet(w):
    w.office(START, 6)
    for i in range(6 * 24):  # a mail server
        for k in range(8):
            w.talk(START + i * HOUR + k * 400, "10.1.1.20",
                   "203.0.%d.25" % ((i * 8 + k) % 200), 25, sent=9000)
    t = START + 5 * DAY
    for i in range(100):  # through a relay
        w.talk(t + i * 30, "10.1.1.10", "198.51.100.25", 25, sent=4000)
        w.talk(t + i * 30, "10.1.1.11", "10.1.2.%d" % (i % 9 + 1), 25)
        w.talk(t + i * 30, "203.0.113.%d" % (i % 50), "10.1.1.12", 25)
