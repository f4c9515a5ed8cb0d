"""New name servers in the internet; known ones and resolvers are quiet."""

from world_flow import DAY, HOUR, START


def fire(w):
    w.office(START, 6)
    t = START + 5 * DAY
    w.talk(t, "10.1.1.10", "203.0.113.53", 53, sent=900, got=900, proto=17)
    w.talk(t + 60, "10.1.1.11", "203.0.114.53", 853, sent=900)
    w.talk(t + 90, "10.1.1.12", "9.9.9.9", 443, sent=9000)


def quiet(w):
    w.office(START, 6)
    for day in range(6):
        for hour in range(24):
            t = START + day * DAY + hour * HOUR
            w.talk(t, "10.1.1.10", "8.8.8.8", 53, sent=80, got=90, proto=17)
            for k in range(4):  # a resolver of one's own
                w.talk(t + k, "10.1.0.2", "203.0.%d.53" % (
                    (day * 96 + hour * 4 + k) % 250), 53, sent=80, got=90,
                    proto=17)
    t = START + 5 * DAY
    w.talk(t, "10.1.1.11", "8.8.8.8", 53, sent=80, got=90, proto=17)
    w.talk(t + 9, "10.1.1.12", "10.1.0.3", 53, sent=80, got=90, proto=17)
    w.talk(t + 99, "10.1.1.12", "9.9.9.9", 80, sent=80, got=90)
