"""Source and feed against a real Apache Kafka.

KAFKA_VERSIONS names the versions, separated by blanks; without it 3.9.1 is
run.  SOURCE_DRIVE and KAFKA_TOOL are the programs beside this file.
"""
import collections
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
VERSIONS = os.environ.get("KAFKA_VERSIONS", "3.9.1").split()
CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
RECORDS = 20000
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
        place = f"{topic}/{partition}"
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


def test_kills(broker, folder):
    """kill -9 of the driver at random, and of the broker in the middle."""
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
             str(count), "1500"])
        while sender.poll() is None:
            drive.start()
            time.sleep(dice.uniform(0.1, 1.2))
            drive.end(signal.SIGKILL)
            kills += 1
        if sender.returncode != 0:
            raise AssertionError(f"produce {codec}: {sender.returncode}")
        if number == 2:
            drive.start()
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
    return f"{kills} kills, {RECORDS} records once and in order"


def test_latency(broker, folder):
    """5,000 records a second, from the producer's clock to the host."""
    servers = f"127.0.0.1:{broker.plain}"
    tool("produce", servers, "latency", "none", 0, 4, 1000)
    drive = Drive(folder / "latency", "latency", broker.plain)
    drive.start()
    wait_for("the first records", lambda: drive.count() == 4)
    tool("produce", servers, "latency", "lz4", 4, 25000, 5000)
    wait_for("all records", lambda: drive.count() == 25004)
    drive.end()
    check_numbers(drive, "latency", 25004)
    delays = sorted(delay for _, cursor, _, _, delay in drive.parcels()
                    if cursor > 1)
    p99 = delays[len(delays) * 99 // 100] / 1000
    if p99 > 800:
        raise AssertionError(f"p99 {p99} ms")
    return (f"{len(delays)} parcels, p50 {delays[len(delays) // 2] / 1000} "
            f"ms, p99 {p99} ms, max {delays[-1] / 1000} ms")


def test_security(broker, folder):
    """Every way in; a wrong password is told and not shown."""
    servers = f"127.0.0.1:{broker.plain}"
    (folder / "password").write_text(kafka.PASSWORD + "\n")
    (folder / "no-password").write_text("wrong-staple\n")
    tls = {"ssl.ca.location": broker.folder / "ca.crt"}
    sasl = {"security.protocol": "sasl_ssl", "sasl.username": kafka.USER,
            "sasl.password.file": folder / "password", **tls}
    ways = {
        "plain": (broker.sasl, {**sasl, "sasl.mechanism": "PLAIN"}),
        "scram": (broker.sasl, {**sasl, "sasl.mechanism": "SCRAM-SHA-256"}),
        "bearer": (broker.sasl, {
            "security.protocol": "sasl_ssl", "sasl.mechanism": "OAUTHBEARER",
            "enable.sasl.oauthbearer.unsecure.jwt": "true",
            "sasl.oauthbearer.config": "principal=watcher", **tls}),
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


def test_feed(broker, folder):
    """Findings over TLS while the broker is killed and comes back."""
    servers = f"127.0.0.1:{broker.plain}"
    tool("produce", servers, "findings", "none", 0, 4, 1000)
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
        [TOOL, "feed", str(folder / "feed.yaml"), "out", "40000"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    while "delivered" not in feed.stdout.readline():
        pass
    broker.stop(kill=True)
    broker.start()
    out, _ = feed.communicate(timeout=90)
    if feed.returncode != 0:
        raise AssertionError("feed: " + out[-300:])
    latest = collections.Counter()
    seen = set()
    for line in tool("read", servers, "findings").splitlines():
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
    if len(seen) != 40000:
        raise AssertionError(f"{len(seen)} of 40000 findings")
    return "40000 findings, in order by id"


def run(version):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nephoscope-kafka-"))
    broker = None
    try:
        begun = time.monotonic()
        broker = kafka.Broker(version, folder / "broker")
        broker.start()
        print(f"Apache Kafka {version}: up in "
              f"{time.monotonic() - begun:.1f} s", flush=True)
        for test in (test_security, test_kills, test_latency, test_feed):
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
