"""A port that nobody uses; known, young and client ports are quiet."""

from world_flow import DAY, HOUR, START

HOST = "10.1.1.10"


def fire(w):
    w.office(START, 8)
    w.talk(START + 7 * DAY + 3 * HOUR, HOST, "198.51.100.77", 4444)


def quiet(w):
    w.talk(START + HOUR, HOST, "198.51.100.77", 4444)  # nothing is known yet
    w.office(START, 8)
    t = START + 7 * DAY + 3 * HOUR
    w.talk(t, "10.1.1.77", "10.1.2.20", 5432)  # new here, usual elsewhere
    w.talk(t + 60, HOST, "198.51.100.77", 443)
    w.talk(t + 120, HOST, "198.51.100.77", 45000, sport=52000)
    w.talk(t + 180, HOST, "10.1.2.60", 31333)  # a node port
    w.probe(t + 240, HOST, "198.51.100.77", 4445)  # not answered
    w.flow(t + 300, "203.0.113.9", HOST, 50000, 4446, action="REJECT")
