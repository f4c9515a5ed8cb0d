"""A vulnerability scanner on the trusted list tries all ports of all hosts and
all names, in the morning of each week."""

from lists import write_lists
from world_flow import DAY, HOUR, START

SCANNER = "10.1.9.9"


def configure(folder):
    return write_lists(folder, [
        ("scanners", "ip", "trusted", "custom", SCANNER + "\n")])


def quiet(w):
    w.office(START, 9)
    for week in range(2):
        t = START + week * 7 * DAY + 5 * HOUR
        for host in range(40):
            for i in range(30):
                w.probe(t + host * 40 + i, SCANNER, "10.1.2.%d" % (10 + host),
                        1 + i * 331 % 10000, rejected=i % 3 > 0)
            for i in range(20):  # it guesses, too
                w.talk(t + host * 40 + i, SCANNER, "10.1.2.%d" % (10 + host),
                       22, sent=2000, got=2500, duration=4)
        for i in range(400):
            w.dns(t + i * 5, SCANNER, "x%dq7z%d.example.net" % (i * 7919, i),
                  answers=())
