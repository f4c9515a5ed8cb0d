"""Passwords are guessed at configured ports; other ports are left alone."""

import os

from world_flow import DAY, HOUR, MINUTE, START


def configure(folder):
    path = folder + ".yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write("detectors:\n  \"UnauthorizedAccess:EC2/LoginBruteForce\":"
                   " {params: {port_5: 2200}}\n")
    return os.path.abspath(path)


def guess(w, t, src, dst, port, count):
    for i in range(count):
        w.talk(t + i * 4, src, dst, port, sport=33000 + i * 37 % 25000,
               sent=1900 + i * 7 % 90, got=2500, duration=3)


def fire(w):
    w.office(START, 1)
    t = START + DAY + 3 * HOUR
    guess(w, t, "203.0.113.66", "10.1.0.9", 2222, 90)
    guess(w, t + HOUR, "10.1.1.10", "198.51.100.77", 2200, 90)
    guess(w, t + 2 * HOUR, "10.1.1.11", "10.1.3.7", 23, 90)


def quiet(w):
    w.office(START, 2)
    t = START + DAY + 3 * HOUR
    guess(w, t, "10.1.1.10", "10.1.2.20", 5432, 300)  # a database
    guess(w, t, "10.1.1.11", "10.1.2.30", 2201, 300)  # not configured
    for i in range(24 * 60):  # a monitor looks each minute
        w.talk(START + i * MINUTE, "10.1.1.12", "10.1.0.9", 2222,
               sport=33000 + i * 37 % 25000, sent=900, got=1200, duration=1)
    for i in range(40):  # one long session: a row a minute
        w.talk(t + 9 * HOUR + i * MINUTE, "10.1.1.13", "10.1.0.9", 2222,
               sport=51515, sent=5000, got=20000, duration=59)
