"""Floods of each kind; backups, calls, tunnels and streams are none."""

from world_flow import DAY, HOUR, MINUTE, START, SYN


def flood(w, t, src, dst, port, proto=17, rows=5, packets=200000, size=100,
          back=0, flags=0):
    for i in range(rows):
        w.flow(t + i * MINUTE, src, dst, 40000 if port else 0, port,
               proto=proto, packets=packets, bytes=packets * size,
               duration=59, flags=flags)
        if back:
            w.flow(t + i * MINUTE, dst, src, port, 40000, proto=proto,
                   packets=back, bytes=back * 80, duration=59, at=src,
                   flags=flags)


def fire(w):
    w.office(START, 1)
    t = START + DAY + 2 * HOUR
    flood(w, t, "10.1.1.10", "203.0.113.10", 9999)
    flood(w, t, "10.1.1.11", "203.0.113.11", 53)
    flood(w, t, "10.1.1.12", "203.0.113.12", 22)
    flood(w, t, "10.1.1.13", "203.0.113.13", 80, proto=6, size=40, flags=SYN)
    flood(w, t, "10.1.1.14", "203.0.113.14", 0, proto=2)


def quiet(w):
    w.office(START, 6)
    t = START + DAY
    flood(w, t, "10.1.1.10", "203.0.113.20", 443, proto=6, size=1400,
          flags=3, rows=60)  # a backup
    flood(w, t, "10.1.1.10", "203.0.113.21", 443, back=90000)  # HTTP/3
    flood(w, t, "10.1.1.11", "203.0.113.22", 51820, back=190000)  # a tunnel
    flood(w, t, "10.1.1.11", "203.0.113.23", 0, proto=50)  # another
    flood(w, t, "203.0.113.24", "10.1.1.12", 9999)  # we are the victim
    flood(w, t, "10.1.1.12", "10.1.2.9", 8125)  # statistics, inside
    for day in range(6):  # a stream that nobody answers, for days
        for hour in range(24):
            flood(w, START + day * DAY + hour * HOUR, "10.1.1.14",
                  "203.0.113.25", 5000, rows=1, packets=20000)
    flood(w, START + 5 * DAY + 30 * MINUTE, "10.1.1.14", "203.0.113.25", 5000,
          size=28)
    for i in range(3):  # a download: nothing but small packets go out
        w.flow(t + i * MINUTE, "10.1.1.13", "203.0.113.26", 44000, 443,
               packets=90000, bytes=90000 * 52, flags=SYN, duration=59)
        w.flow(t + i * MINUTE, "203.0.113.26", "10.1.1.13", 443, 44000,
               packets=180000, bytes=180000 * 1400, flags=18, duration=59)
