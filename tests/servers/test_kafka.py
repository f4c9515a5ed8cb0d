"""Source and feed against a real Apache Kafka.

KAFKA_VERSIONS names the versions, separated by blanks; without it 3.9.1
and 4.1.2 are run.  SOURCE_DRIVE and KAFKA_TOOL are the programs beside this file.
"""
import base64
import collections
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import kafka

DRIVE = os.environ["SOURCE_DRIVE"]
TOOL = os.environ["KAFKA_TOOL"]
VERSIONS = os.environ.get("KAFKA_VERSIONS", "3.9.1 4.1.2").split()
CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
RECORDS = 20000
FINDINGS = 50000
SEED = 4


def wait_for(what, ready, seconds=60):
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.05)


def tool(*args):
    return subprocess.run([TOOL, *map(str, args)], check=True, text=True,
                          stdout=subprocess.PIPE, timeout=120).stdout


class Drive:
    """A source_drive, started again and again over one folder."""
    started = []

    def __init__(self, folder, topic, port, **properties):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        lines = {"bootstrap.servers": f"127.0.0.1:{port}",
                 "group.id": f"watch-{topic}",
                 "reconnect.backoff.max.ms": "1000",
                 # One who was killed is known again at once.
                 "group.instance.id": "one", **properties}
        (self.folder / "config.yaml").write_text(
            "sources:\n  - name: it\n    kind: kafka\n"
            f"    topic: {topic}\n    cluster_from: key\n    properties:\n"
            + "".join(f'      {name}: "{value}"\n'
                      for name, value in lines.items()))
        self.process = None

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [DRIVE, self.folder / "config.yaml", "it", self.folder],
                stdin=subprocess.DEVNULL, stderr=log)
        Drive.started.append(self.process)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.process.wait(timeout=20)
        if number == signal.SIGTERM and code != 0:
            raise AssertionError(f"exit {code}: {self.log()}")

    def log(self):
        return (self.folder / "log").read_text(errors="replace")[-3000:]

    def state(self):
        try:
            text = (self.folder / "state").read_text()
        except FileNotFoundError:
            return {}
        return dict(line.split("=", 1) for line in text.splitlines())

    def parcels(self):
        """(place, cursor, cluster, body, delay in us) of all committed."""
        try:
            length = int((self.folder / "commit").read_text().split()[0])
        except FileNotFoundError:
            return
        taken = (self.folder / "taken").read_bytes()[:length]
        at = 0
        while at < len(taken):
            end = taken.index(b"\n", at)
            place, cursor, cluster, size, delay = \
                taken[at:end].decode().split("\t")
            body = taken[end + 1:end + 1 + int(size)]
            at = end + 2 + int(size)
            yield place, int(cursor), cluster, body, int(delay)

    def numbers(self):
        """The records' numbers by partition, as committed."""
        found = collections.defaultdict(list)
        for place, _, _, body, _ in self.parcels():
            found[place] += map(int, re.findall(rb'"n":(\d+)', body))
        return found

    def count(self):
        return sum(map(len, self.numbers().values()))


def check_numbers(drive, topic, records):
    """Every record once, in order: the store's positions are exact."""
    for partition in range(4):
        place = f"kafka/{topic}/{partition}"
        got = drive.numbers()[place]
        want = list(range(partition, records, 4))
        if got != want:
            first = next((i for i, (a, b) in enumerate(zip(got, want))
                          if a != b), min(len(got), len(want)))
            raise AssertionError(
                f"{place}: {len(got)} of {len(want)}, from {first} on "
                f"{got[first:first + 5]}, not {want[first:first + 5]}")


def check_positions(broker, topic, records):
    lines = tool("positions", f"127.0.0.1:{broker.plain}", topic,
                 f"watch-{topic}").splitlines()
    return all(int(line.split()[1]) == records // 4 for line in lines)


def start_feed(broker, folder):
    """Findings over TLS; back when the first are delivered."""
    tool("produce", f"127.0.0.1:{broker.plain}", "findings", "none", 0, 4,
         1000)
    (folder / "feed.yaml").write_text(f"""feeds:
  - name: out
    kind: kafka
    topic: findings
    properties:
      bootstrap.servers: "127.0.0.1:{broker.sasl}"
      security.protocol: sasl_ssl
      sasl.mechanism: PLAIN
      sasl.username: {kafka.USER}
      sasl.password.file: {folder}/password
      ssl.ca.location: {broker.folder}/ca.crt
      reconnect.backoff.max.ms: "1000"
""")
    feed = subprocess.Popen(
        [TOOL, "feed", str(folder / "feed.yaml"), "out", str(FINDINGS)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    Drive.started.append(feed)
    while "delivered" not in feed.stdout.readline():
        if feed.poll() is not None:
            raise AssertionError("the feed delivers nothing")
    return feed


def check_feed(broker, feed):
    """Each finding is there, and no older one comes first after a newer."""
    out, _ = feed.communicate(timeout=90)
    if feed.returncode != 0:
        raise AssertionError("feed: " + out[-300:])
    latest = collections.Counter()
    seen = set()
    for line in tool("read", f"127.0.0.1:{broker.plain}",
                     "findings").splitlines():
        key, revision, value = line.split("\t")
        if not revision:
            continue
        number = int(revision)
        if value != f'{{"n":{number}}}' or key != f"id-{number % 11}":
            raise AssertionError(line)
        if number not in seen and number < latest[key]:
            raise AssertionError(f"{key}: {number} after {latest[key]}")
        latest[key] = max(latest[key], number)
        seen.add(number)
    if len(seen) != FINDINGS:
        raise AssertionError(f"{len(seen)} of {FINDINGS} findings")


def test_kills(broker, folder):
    """kill -9 of the driver at random, and of the broker in the middle, with
    a feed under way."""
    dice = random.Random(SEED)
    servers = f"127.0.0.1:{broker.plain}"
    tool("produce", servers, "kills", "none", 0, 4, 1000)
    drive = Drive(folder / "kills", "kills", broker.plain)
    per = (RECORDS - 4) // len(CODECS)
    parts = [(codec, 4 + i * per, per) for i, codec in enumerate(CODECS)]
    parts[-1] = (parts[-1][0], parts[-1][1], RECORDS - parts[-1][1])
    kills = 0
    for number, (codec, start, count) in enumerate(parts):
        sender = subprocess.Popen(
            [TOOL, "produce", servers, "kills", codec, str(start),
             str(count), "2000"])
        while sender.poll() is None:
            drive.start()
            time.sleep(dice.uniform(0.1, 1.2))
            drive.end(signal.SIGKILL)
            kills += 1
        if sender.returncode != 0:
            raise AssertionError(f"produce {codec}: {sender.returncode}")
        if number == 2:
            drive.start()
            feed = start_feed(broker, folder)
            time.sleep(0.5)
            broker.stop(kill=True)
            broker.start()
            drive.end(signal.SIGKILL)
    drive.start()
    wait_for("all records", lambda: drive.count() >= RECORDS)
    check_numbers(drive, "kills", RECORDS)
    wait_for("positions at the broker",
             lambda: check_positions(broker, "kills", RECORDS))
    wait_for("no lag", lambda: drive.state()["waiting"] == "0")
    if {cluster for _, _, cluster, _, _ in drive.parcels()} != {"main"}:
        raise AssertionError("the cluster is not the key")
    drive.end()
    check_feed(broker, feed)
    return (f"{kills} kills, {RECORDS} records once and in order; "
            f"{FINDINGS} findings, in order by id")


def test_latency(broker, folder):
    """5,000 records a second, and a few, from their time to the host's."""
    servers = f"127.0.0.1:{broker.plain}"
    tool("produce", servers, "latency", "none", 0, 4, 1000)
    drive = Drive(folder / "latency", "latency", broker.plain)
    drive.start()
    wait_for("the first records", lambda: drive.count() == 4)
    tool("produce", servers, "latency", "lz4", 4, 25000, 5000)
    wait_for("all records", lambda: drive.count() == 25004)
    tool("produce", servers, "latency", "none", 25004, 20, 10)
    wait_for("the last records", lambda: drive.count() == 25024)
    drive.end()
    check_numbers(drive, "latency", 25024)
    delays = sorted(delay for _, cursor, _, _, delay in drive.parcels()
                    if cursor > 1)
    few = [delay for _, _, _, body, delay in drive.parcels()
           if body.startswith(b'{"n":250') and delay > 0][-10:]
    p99 = delays[len(delays) * 99 // 100] / 1000
    if p99 > 800 or max(few) > 800000:
        raise AssertionError(f"p99 {p99} ms; of few: {few} us")
    return (f"{len(delays)} parcels, p50 {delays[len(delays) // 2] / 1000} "
            f"ms, p99 {p99} ms, max {delays[-1] / 1000} ms; of few at most "
            f"{max(few) / 1000} ms")


def test_odd_logs(broker, folder):
    """Transactions, and records that are deleted before they are read."""
    servers = f"127.0.0.1:{broker.plain}"
    tool("produce", servers, "odd", "none", 0, 40, 100000)
    tool("transact", servers, "odd", 40, 40)
    drive = Drive(folder / "odd", "odd", broker.plain)
    drive.start()
    wait_for("what was not aborted", lambda: drive.count() == 80)
    # The marks of transactions are passed, for the store and for others.
    wait_for("no lag", lambda: drive.state()["waiting"] == "0")
    wait_for("positions at the end", lambda: all(
        line.split()[1] == line.split()[2] for line in
        tool("positions", servers, "odd", "watch-odd").splitlines()))
    drive.end()
    check_numbers(drive, "odd", 80)
    end = int(tool("positions", servers, "odd", "watch-odd").split()[2])
    tool("produce", servers, "odd", "none", 80, 80, 100000)
    tool("delete", servers, "odd", end + 10)
    drive.start()
    wait_for("what is left", lambda: drive.count() == 120)
    drive.end()
    if drive.log().count("deleted upstream before they were read") != 4:
        raise AssertionError("the loss was not told: " + drive.log())
    return "aborted ones left out, lost ones told"


def unsigned_token():
    """A JSON Web Token that the broker's default validator accepts."""
    parts = ({"alg": "none"}, {"sub": kafka.USER, "iat": int(time.time()),
                               "exp": int(time.time()) + 600})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode())
                    .decode().rstrip("=") for part in parts) + "."


def test_security(broker, folder):
    """Every way in; a wrong password is told and not shown."""
    servers = f"127.0.0.1:{broker.plain}"
    (folder / "password").write_text(kafka.PASSWORD + "\n")
    (folder / "token").write_text(unsigned_token())
    (folder / "no-password").write_text("wrong-staple\n")
    tls = {"ssl.ca.location": broker.folder / "ca.crt"}
    sasl = {"security.protocol": "sasl_ssl", "sasl.username": kafka.USER,
            "sasl.password.file": folder / "password", **tls}
    ways = {
        "plain": (broker.sasl, {**sasl, "sasl.mechanism": "PLAIN"}),
        "scram": (broker.sasl, {**sasl, "sasl.mechanism": "SCRAM-SHA-256"}),
        "bearer": (broker.sasl, {
            "security.protocol": "sasl_ssl", "sasl.mechanism": "OAUTHBEARER",
            "sasl.oauthbearer.token.file": folder / "token", **tls}),
        "mtls": (broker.mtls, {
            "security.protocol": "ssl",
            "ssl.certificate.location": broker.folder / "client.crt",
            "ssl.key.location": broker.folder / "client.locked.key",
            "ssl.key.password.file": folder / "password", **tls}),
        "wrong": (broker.sasl, {**sasl, "sasl.mechanism": "PLAIN",
                                "sasl.password.file": folder / "no-password"}),
        "nobody": (broker.mtls, {"security.protocol": "ssl", **tls}),
    }
    drives = {}
    for name, (port, properties) in ways.items():
        tool("produce", servers, name, "none", 0, 100, 100000)
        drives[name] = Drive(folder / name, name, port, **properties)
        drives[name].start()
    old = broker.version.startswith("4.") and "2.6.1" in tool_says_old()
    for name, drive in drives.items():
        if name in ("wrong", "nobody") or (name == "scram" and old):
            wait_for(f"{name} to be refused",
                     lambda: drive.state().get("healthy") == "0"
                     and "joining" not in drive.state()["trouble"])
            if drive.count() != 0:
                raise AssertionError(f"{name} was let in")
            if name == "scram" and "2.6.1" not in drive.log():
                raise AssertionError("the old client was not named: "
                                     + drive.log())
        else:
            wait_for(f"records by {name}; {drive.log()}",
                     lambda: drive.count() == 100)
        drive.end()
        for secret in (kafka.PASSWORD, "wrong-staple"):
            if secret in drive.log() + str(drive.state()):
                raise AssertionError(f"{name}: a secret was shown")
    return ", ".join(ways)


def tool_says_old():
    """"2.6.1" when this librdkafka is older than that."""
    done = subprocess.run(["pkg-config", "--modversion", "rdkafka"],
                          capture_output=True, text=True, check=False)
    version = tuple(int(n) for n in re.findall(r"\d+", done.stdout)[:3])
    return "2.6.1" if version < (2, 6, 1) else ""


def test_members(broker, folder):
    """Two members of a group; one is killed, the other reads all the rest."""
    servers = f"127.0.0.1:{broker.plain}"
    tool("produce", servers, "shared", "none", 0, 400, 100000)
    drives = [Drive(folder / f"member-{n}", "shared", broker.plain,
                    **{"session.timeout.ms": "2000",
                       "heartbeat.interval.ms": "300",
                       "group.instance.id": f"member-{n}"})
              for n in range(2)]
    for drive in drives:
        drive.start()
    sender = subprocess.Popen([TOOL, "produce", servers, "shared", "none",
                               "400", "8000", "1200"])
    wait_for("the second member", lambda: drives[1].count() > 300)
    drives[1].end(signal.SIGKILL)
    if sender.wait(timeout=60) != 0:
        raise AssertionError("produce")

    def together():
        parts = [set(n for numbers in drive.numbers().values()
                     for n in numbers) for drive in drives]
        return parts[0] | parts[1], parts[0] & parts[1], parts[1]
    wait_for("all records", lambda: len(together()[0]) == 8400)
    wait_for("positions at the broker",
             lambda: check_positions(broker, "shared", 8400))
    drives[0].end()
    for drive in drives:
        for place, numbers in drive.numbers().items():
            if sorted(set(numbers)) != numbers:
                raise AssertionError(f"{place}: out of order or twice")
    _, twice, second = together()
    return f"8400 records, {len(second)} by the second, {len(twice)} by both"


def run(version):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nephoscope-kafka-"))
    broker = None
    try:
        begun = time.monotonic()
        broker = kafka.Broker(version, folder / "broker")
        broker.start()
        print(f"Apache Kafka {version}: up in "
              f"{time.monotonic() - begun:.1f} s", flush=True)
        for test in (test_security, test_odd_logs, test_kills, test_members,
                     test_latency):
            begun = time.monotonic()
            said = test(broker, folder)
            print(f"ok {test.__name__} {time.monotonic() - begun:.1f} s: "
                  f"{said}", flush=True)
    finally:
        for process in Drive.started:
            if process.poll() is None:
                process.kill()
        if broker is not None:
            broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    try:
        for version in VERSIONS:
            kafka.fetch(version)
    except kafka.Missing as missing:
        print(f"skipped: Kafka's real broker, for want of {missing}")
        return 1 if os.environ.get("NEPHOSCOPE_SERVERS") == "require" else 77
    for version in VERSIONS:
        run(version)
    return 0


if __name__ == "__main__":
    sys.exit(main())
