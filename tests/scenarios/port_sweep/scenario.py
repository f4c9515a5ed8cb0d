"""One of ours tries a port on many hosts; crawlers and servers do not."""

from world_flow import DAY, HOUR, START

HOST = "10.1.1.10"


def fire(w):
    w.office(START, 2)
    t = START + 2 * DAY + 3 * HOUR
    for i in range(120):  # the internet
        w.probe(t + i, HOST, "198.51.%d.%d" % (100 + i % 7, 1 + i), 6379)
    t += HOUR
    for i in range(120):  # and, another host, inside
        w.probe(t + i, "10.1.1.11", "10.1.%d.%d" % (3 + i % 4, 1 + i), 445,
                rejected=i % 3 > 0)


def quiet(w):
    w.office(START, 3)
    t = START + 2 * DAY + 3 * HOUR
    for i in range(60):  # mail is sent at all hours
        w.talk(START + i * HOUR, "10.1.0.55", "203.0.113.%d" % (1 + i), 25)
    for i in range(500):  # a crawler; each ninth site is down
        site = "198.51.%d.%d" % (i % 200, 1 + i % 250)
        if i % 9 == 0:
            w.probe(t + i * 7, HOST, site, 443)
        else:
            w.talk(t + i * 7, HOST, site, 443)
    for i in range(200):  # a resolver, a clock, a mail server
        w.talk(t + i * 9, "10.1.0.53", "192.0.2.%d" % (1 + i), 53, proto=17,
               sent=90, got=300)
        w.flow(t + i * 9, "10.1.0.54", "192.0.2.%d" % (1 + i), 40000 + i, 123,
               proto=17, packets=1, bytes=76)
        if i % 3:
            w.talk(t + i * 9, "10.1.0.55", "203.0.113.%d" % (1 + i), 25)
        else:
            w.probe(t + i * 9, "10.1.0.55", "203.0.113.%d" % (1 + i), 25)
    for i in range(300):  # strangers sweep us
        w.flow(t + i, "203.0.113.9", "10.1.%d.%d" % (i % 3, 1 + i % 250),
               50000, 22, packets=1, bytes=40, action="REJECT", flags=2)
