"""One connection to a new, rare place for hours; others end or are known."""

from world_flow import DAY, HOUR, MINUTE, START


def hold(w, t, host, place, hours, sport=45000):
    for i in range(hours * 6):
        w.talk(t + i * 10 * MINUTE, host, place, 443,
               sport=sport(i) if callable(sport) else sport, sent=900, got=900,
               duration=599)


def fire(w):
    w.office(START, 8)
    hold(w, START + 6 * DAY, "10.1.1.10", "203.0.113.50", 20)


def quiet(w):
    w.office(START, 8)
    t = START + 6 * DAY
    hold(w, t, "10.1.1.10", "203.0.113.51", 6)  # too short
    hold(w, t, "10.1.1.10", "203.0.114.52", 20,
         sport=lambda i: 40000 + i // 12 * 7)  # opened anew
    hold(w, START, "10.1.1.11", "203.0.115.53", 7 * 24)  # of old
    for i in range(8):  # a service of everybody
        hold(w, t, "10.1.1.%d" % (10 + i), "203.0.116.54", 20)
    hold(w, t, "10.1.1.12", "10.1.2.20", 20)  # inside
