"""A scanner that is expected until a day: quiet until then; others are not,
nor is it from that moment on, though the days run into each other."""

import os

from world_flow import DAY, HOUR, START

OURS, OTHER, TARGET = "10.1.1.10", "10.1.1.11", "10.1.2.30"
CONFIG = """suppress:
  - match: {type: "Recon:EC2/*", address: 10.1.1.10, max_severity: medium}
    reason: weekly scan
    owner: secops
    expires: 2026-11-05
  - match: {actor: "i-*", resource: "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"}
    reason: a pattern that is slow where matching is done badly
"""


def configure(folder):
    root = folder + "-config"
    os.makedirs(root, exist_ok=True)
    path = os.path.join(root, "config.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(CONFIG)
    return path


def scan(w, t, source):
    for i in range(60):
        w.probe(t + i, source, TARGET, 1 + i * 37 % 9000, rejected=True)


def fire(w):
    w.office(START, 2)
    scan(w, START + 2 * DAY + 3 * HOUR, OURS)  # expected
    scan(w, START + 2 * DAY + 4 * HOUR, OTHER)
    scan(w, START + 2 * DAY + 23 * HOUR, OURS)  # expected: 2026-11-04
    scan(w, START + 3 * DAY + HOUR, OURS)  # not any more: 2026-11-05


def quiet(w):
    w.office(START, 2)
    for hour in (3, 9, 23):
        scan(w, START + 2 * DAY + hour * HOUR, OURS)
