"""VPC flow logs for scenarios, in the format and folders that AWS writes.

FlowLogs is a part of a world: it collects rows with flow() and talk() and
puts them into files with write_flow(root).  Times are seconds since 1970.
The same calls give the same bytes.
"""

import gzip
import os
import random
import time as clock

ACCOUNT = "111122223333"
REGION = "eu-west-1"
VPC = "vpc-0a1b2c3d4e5f60718"
SUBNET = "subnet-0a1b2c3d4e5f60718"
FLOW_LOG = "fl-0a1b2c3d4e5f60718"

FLOW_HEADER = ("version account-id interface-id srcaddr dstaddr srcport "
               "dstport protocol packets bytes start end action log-status "
               "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr "
               "pkt-dstaddr flow-direction")

START = 1793577600  # Monday, 2026-11-02
DAY = 86400
HOUR = 3600
MINUTE = 60

SYN, FIN, RST, SYN_ACK = 2, 1, 4, 18


def is_private(address):
    a, b = (int(x) for x in address.split(".")[:2])
    return a == 10 or (a == 172 and 16 <= b < 32) or (a == 192 and b == 168)


def eni_of(address):
    return "eni-0%016x" % sum(int(x) << (8 * i)
                              for i, x in enumerate(address.split(".")))


def instance_of(address):
    return "i-0%016x" % (0xabc0000000 + sum(
        int(x) << (8 * i) for i, x in enumerate(address.split("."))))


def write_files(root, files):
    """{path: [(time, line)]} -> gzip files without a time stamp."""
    for path in sorted(files):
        head, rows = files[path]
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        rows.sort(key=lambda row: row[0])
        text = "".join(line + "\n" for line in head + [r[1] for r in rows])
        with open(full, "wb") as out:
            with gzip.GzipFile(filename="", mode="wb", fileobj=out,
                               mtime=0) as z:
                z.write(text.encode("utf-8", "surrogateescape"))


class FlowLogs:
    """One row a call; the interface is that of the private side."""

    def flow(self, time, src, dst, sport, dport, proto=6, packets=12,
             bytes=2400, action="ACCEPT", flags=None, at=None, duration=30,
             account=ACCOUNT, region=REGION, vpc=VPC, pkt_src=None,
             pkt_dst=None, instance=None):
        """Add a row.  `at` is the address whose interface saw it: the source
        where that is private, else the destination."""
        if at is None:
            at = src if is_private(src) else dst
        if flags is None:
            flags = SYN if proto == 6 and action == "REJECT" else \
                3 if proto == 6 else 0
        line = " ".join(str(x) for x in (
            5, account, eni_of(at), src, dst, sport, dport, proto, packets,
            bytes, int(time), int(time + duration), action, "OK", vpc,
            SUBNET, instance or instance_of(at), flags, "IPv4",
            pkt_src or src, pkt_dst or dst,
            "egress" if at == src else "ingress"))
        t = clock.gmtime(time)
        name = "AWSLogs/%s/vpcflowlogs/%s/%s/%s_vpcflowlogs_%s_%s_%s_%08x" % (
            account, region, clock.strftime("%Y/%m/%d", t), account, region,
            FLOW_LOG, clock.strftime("%Y%m%dT%H00Z", t),
            int(time) // HOUR)
        files = self.__dict__.setdefault("flow_files", {})
        files.setdefault(name + ".log.gz",
                         ([FLOW_HEADER], []))[1].append((time, line))

    def talk(self, time, src, dst, dport, sport=None, sent=2400, got=9600,
             proto=6, duration=30, **more):
        """A conversation that is answered: both directions, as the
        interface of each private side sees it."""
        if sport is None:
            sport = 32768 + int(time * 7 + dport * 13) % 28000
        for at in (src, dst):
            if not is_private(at):
                continue
            self.flow(time, src, dst, sport, dport, proto=proto,
                      packets=4 + sent // 900, bytes=sent, at=at,
                      flags=3 if proto == 6 else 0, duration=duration, **more)
            self.flow(time, dst, src, dport, sport, proto=proto,
                      packets=4 + got // 900, bytes=got, at=at,
                      flags=19 if proto == 6 else 0, duration=duration,
                      **more)

    def probe(self, time, src, dst, dport, sport=None, rejected=False, **more):
        """A call that nobody answers."""
        if sport is None:
            sport = 32768 + (dport * 31) % 28000
        self.flow(time, src, dst, sport, dport, packets=1, bytes=60,
                  flags=SYN, action="REJECT" if rejected else "ACCEPT",
                  duration=1, **more)

    def office(self, start, days, hosts=("10.1.1.10", "10.1.1.11",
                                         "10.1.1.12"), seed=1):
        """Days of ordinary work: web, name service, a database, some
        packages; every half hour of each day."""
        rng = random.Random(seed)
        for i in range(days * 48):
            t = start + i * 30 * MINUTE
            for host in hosts:
                self.talk(t + rng.randrange(1500), host,
                          "52.95.%d.%d" % (110 + rng.randrange(4),
                                           1 + rng.randrange(200)), 443,
                          sent=1500 + rng.randrange(40000))
                self.talk(t + rng.randrange(1500), host, "10.1.2.20", 5432)
                if rng.randrange(4) == 0:
                    self.talk(t + rng.randrange(1500), host, "10.1.0.2", 53,
                              sent=80, got=200, proto=17)
                if rng.randrange(12) == 0:
                    self.talk(t + rng.randrange(1500), host,
                              "151.101.2.132", 80, got=4000000)

    def write_flow(self, root):
        write_files(root, self.__dict__.get("flow_files", {}))
