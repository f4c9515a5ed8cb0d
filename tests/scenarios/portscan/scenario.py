"""One of ours tries the ports of another; noise, servers and FTP do not."""

from world_flow import DAY, FIN, HOUR, START, SYN

SCANNER, TARGET = "10.1.1.10", "10.1.2.30"


def fire(w):
    w.office(START, 2)
    t = START + 2 * DAY + 3 * HOUR
    for i in range(60):
        w.probe(t + i, SCANNER, TARGET, 1 + i * 37 % 9000, rejected=i % 4 > 0)
    w.talk(t + 70, SCANNER, TARGET, 22)
    for k in range(3):  # more targets: the same finding
        for i in range(20):
            w.probe(t + 100 + 30 * k + i, SCANNER, "10.1.2.%d" % (40 + k),
                    1 + i * 37 % 9000, rejected=True)


def noise(w, t):
    """Strangers try our edge, from low ports too."""
    for i in range(400):
        w.flow(t + i * 5, "203.0.113.%d" % (i % 5), "10.1.0.9",
               1024 + i * 61 % 60000, 1 + i * 17 % 40000, packets=1, bytes=40,
               action="REJECT", flags=SYN, duration=1)


def server(w, t):
    """A busy server answers many client ports; late packets are refused."""
    for i in range(300):
        client = 32768 + i * 83 % 28000
        w.talk(t + i * 10, "198.51.100.20", "10.1.0.9", 443, sport=client)
        w.flow(t + i * 10 + 5, "10.1.0.9", "198.51.100.20", 443, client,
               packets=1, bytes=40, action="REJECT", flags=FIN, duration=1)


def quiet(w):
    w.office(START, 3)
    t = START + 2 * DAY + 3 * HOUR
    noise(w, t)
    server(w, t)
    for i in range(80):  # passive FTP and RPC: many ports, all answer
        w.talk(t + i * 20, "10.1.1.11", "10.1.2.40", 20000 + i * 7)
    for i, port in enumerate((80, 443, 8080, 8443, 9100, 9090)):
        for k in range(10):  # a monitor, and a service that is down
            w.probe(t + k * 300 + i, "10.1.1.12", "10.1.2.50", port)
