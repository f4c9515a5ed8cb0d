"""WinRM passwords are guessed; management and long sessions are not."""

from world_flow import DAY, HOUR, MINUTE, START


def guess(w, t, src, dst, port, count):
    for i in range(count):
        w.talk(t + i * 4, src, dst, port, sport=33000 + i * 37 % 25000,
               sent=1500 + i * 7 % 90, got=1200, duration=2)


def fire(w):
    w.office(START, 1)
    t = START + DAY + 3 * HOUR
    guess(w, t, "203.0.113.66", "10.1.0.9", 5986, 90)
    guess(w, t + HOUR, "10.1.1.10", "10.1.3.7", 5985, 90)


def quiet(w):
    w.office(START, 3)
    t = START + 2 * DAY
    for i in range(2 * 24 * 60):  # a manager asks each minute
        w.talk(START + DAY + i * MINUTE, "10.1.1.12", "10.1.0.9", 5985,
               sport=33000 + i * 37 % 25000, sent=1500, got=1200, duration=1)
    for i in range(80):  # a job carries much
        w.talk(t + i * 6, "10.1.1.11", "10.1.0.9", 5985,
               sport=33000 + i * 91 % 25000, sent=60000, got=9000)
    for i in range(200):  # refused at the edge
        w.flow(t + i * 5, "203.0.113.9", "10.1.0.9", 40000 + i, 5985,
               packets=1, bytes=40, action="REJECT", flags=2)
