"""SSH passwords are guessed; logins, copies and checks are not."""

from world_flow import DAY, HOUR, MINUTE, START

PORT = 22


def guess(w, t, src, dst, count):
    for i in range(count):
        w.talk(t + i * 4, src, dst, PORT, sport=33000 + i * 37 % 25000,
               sent=1900 + i * 7 % 90, got=2500, duration=3)


def fire(w):
    w.office(START, 1)
    t = START + DAY + 3 * HOUR
    guess(w, t, "203.0.113.66", "10.1.0.9", 90)  # ours is the target
    guess(w, t + HOUR, "10.1.1.10", "198.51.100.77", 90)  # the actor
    guess(w, t + 2 * HOUR, "203.0.113.67", "10.1.0.9", 90)  # and is in
    w.talk(t + 2 * HOUR + 9 * MINUTE, "203.0.113.67", "10.1.0.9", PORT,
           sport=51517, sent=400000, got=1400000, duration=580)


def quiet(w):
    w.office(START, 3)
    t = START + 2 * DAY
    for i in range(300):  # refused at the edge
        w.flow(t + i * 60, "203.0.113.%d" % (i % 9), "10.1.0.9", 40000 + i,
               PORT, packets=1, bytes=40, action="REJECT", flags=2)
    for i in range(24 * 60):  # a monitor looks each minute
        w.talk(START + DAY + i * MINUTE, "10.1.1.12", "10.1.0.9", PORT,
               sport=33000 + i * 37 % 25000, sent=900, got=1200, duration=1)
    for i in range(40):  # one long session: a row a minute
        w.talk(t + 9 * HOUR + i * MINUTE, "203.0.113.5", "10.1.0.9", PORT,
               sport=51515, sent=5000, got=20000, duration=59)
    for i in range(60):  # copies: more than a failed login
        w.talk(t + 12 * HOUR + i * 8, "10.1.1.11", "10.1.2.40", PORT,
               sport=33000 + i * 91 % 25000, sent=90000, got=9000)
