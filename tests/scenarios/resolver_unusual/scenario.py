"""Name servers outside that one host alone begins to ask, and goes on asking;
resolvers of one's own, known ones, new hosts and what all begin to ask are
quiet."""

from world_flow import DAY, HOUR, START

HOSTS = ("10.1.1.10", "10.1.1.11", "10.1.1.12")


def ask(w, t, host, server, port=53, hours=4):
    for hour in range(hours):
        for i in range(4):
            w.talk(t + hour * HOUR + i * 300, host, server, port, sent=900,
                   got=900, proto=17 if port == 53 else 6)


def fire(w):
    w.office(START, 6)
    t = START + 5 * DAY
    ask(w, t, "10.1.1.10", "203.0.113.53")
    ask(w, t + 60, "10.1.1.11", "203.0.114.53", 853)
    ask(w, t + 90, "10.1.1.12", "9.9.9.9", 443)


def quiet(w):
    w.office(START, 7)
    for day in range(7):
        for hour in range(24):
            t = START + day * DAY + hour * HOUR
            w.talk(t, "10.1.1.10", "8.8.8.8", 53, sent=80, got=90, proto=17)
            for k in range(4):  # a resolver of one's own
                w.talk(t + k, "10.1.0.2", "203.0.%d.53" % (
                    (day * 96 + hour * 4 + k) % 250), 53, sent=80, got=90,
                    proto=17)
    t = START + 5 * DAY
    ask(w, t, "10.1.1.11", "8.8.8.8")  # others do
    ask(w, t, "10.1.1.12", "203.0.115.53", hours=1)  # once
    ask(w, t, "10.1.1.99", "203.0.116.53")  # a host of today
    for host in HOSTS:  # a new policy for all
        ask(w, t + 2 * HOUR, host, "203.0.117.53")
    for i in range(200):  # a host becomes a resolver
        w.talk(t + i * 60, "10.1.1.12", "192.0.2.%d" % (1 + i), 53, proto=17,
               sent=90, got=300)
