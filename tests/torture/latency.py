"""How long it takes, and what it costs over time.  What is asked for is
judged: see LIMITS_MS.

latency.py [SECONDS]		webhook until 200; Kafka at RATE events a second
			and a notice of 1 MB in S3 until a finding is fed
latency.py soak SECONDS		the same at once, with faults: memory,
			descriptors and threads are told each minute, and at
			the end whether they are flat
latency.py burst [EVENTS]
			so many are in Kafka before the service starts, with
			room for few: are all judged, and in what memory
"""
import contextlib
import datetime
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import rig

rig.in_moto(__file__)

from serving import Service, free_port, post, wait_for  # noqa: E402

RATE = int(os.environ.get("LATENCY_RATE", "5000"))
TICK_S = 0.02
SAMPLE_S = 5
TELL_S = 60
SOAK_USUAL = "8MiB"
BURST, BURST_ROOM, BURST_TOLD = 1000000, "32MiB", 100
BURST_MOST_MIB = 256  # resident, whatever waits
# Tables that grow to a limit, which takes longer than a soak.
LIMITED = ("baseline", "identities", "findings")
# Flat: over the second half memory but for these grows by no more than this
# share, or MiB.
FLAT_SHARE, FLAT_MIB = 0.02, 2
# At the 99th of a hundred; a soak's brokers are away for longer than that.
LIMITS_MS = {"webhook until 200": 50, "kafka until it is fed": 1000,
             "bucket until it is fed": 3000}


def stamp():
    now = datetime.datetime.now(datetime.timezone.utc)
    return now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def audit(verb, resource, name, body=None):
    """One event of a cluster's audit log."""
    when = stamp()
    return json.dumps({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Request",
        "auditID": str(uuid.uuid4()), "stage": "ResponseComplete",
        "requestURI": f"/apis/rbac.authorization.k8s.io/v1/{resource}",
        "verb": verb, "user": {"username": f"admin-{name}",
                               "groups": ["system:authenticated"]},
        "sourceIPs": ["198.51.100.17"], "userAgent": "kubectl/v1.29.6",
        "objectRef": {"resource": resource, "name": name,
                      "apiGroup": "rbac.authorization.k8s.io",
                      "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 201},
        **({"requestObject": body} if body else {}),
        "requestReceivedTimestamp": when, "stageTimestamp": when,
        "annotations": {"authorization.k8s.io/decision": "allow",
                        "authorization.k8s.io/reason": ""}},
        separators=(",", ":")).encode()


def opening(name):
    """A cluster is opened to anyone: a finding at once, one a name."""
    return audit("create", "clusterrolebindings", name, {
        "kind": "ClusterRoleBinding",
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "metadata": {"name": name}, "subjects": [{
            "kind": "User", "apiGroup": "rbac.authorization.k8s.io",
            "name": "system:anonymous"}],
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io",
                    "kind": "ClusterRole", "name": "cluster-admin"}})


def trail(name, action, size):
    """A CloudTrail object of about so many bytes; its last record says that
    `action` was done by `name`."""
    def record(action, user, **more):
        return {"eventVersion": "1.08", "userIdentity": {
                    "type": "IAMUser", "principalId": "AIDA" + user,
                    "arn": f"arn:aws:iam::111122223333:user/{user}",
                    "accountId": "111122223333", "userName": user},
                "eventTime": stamp()[:19] + "Z",
                "eventSource": "cloudtrail.amazonaws.com",
                "eventName": action, "awsRegion": "eu-west-1",
                "sourceIPAddress": "198.51.100.9", "userAgent": "aws-cli",
                "eventID": str(uuid.uuid4()), "eventType": "AwsApiCall",
                "recipientAccountId": "111122223333", **more}
    records = [record("DescribeTrails", "auditor",
                      requestParameters={"pad": os.urandom(700).hex()})
               for _ in range(size // 800)]
    records.append(record(action, name, requestParameters={
        "name": f"arn:aws:cloudtrail:eu-west-1:111122223333:trail/{name}"}))
    return gzip.compress(json.dumps({"Records": records}).encode(), 1)


class Fed(threading.Thread):
    """Reads the feed's file as it grows: when each name was told of."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.ended = path, False
        self.sent, self.took = {}, {}

    def run(self):
        wait_for("the feed", self.path.exists, 60)
        with open(self.path, encoding="utf-8") as text:
            part = ""
            while not self.ended:
                part += text.readline()
                if not part.endswith("\n"):
                    time.sleep(0.003)
                    continue
                now = time.monotonic()
                for name in [n for n in self.sent if n in part]:
                    self.took.setdefault(name, now - self.sent[name])
                    del self.sent[name]
                part = ""


def figures(what, took, unit_s=1e-3):
    values = sorted(took)
    if not values:
        print(f"{what}: nothing came", flush=True)
        return False
    def at(share):
        return values[min(len(values) - 1, int(share * len(values)))] / unit_s
    print(f"{what}: p50 {at(.5):.0f}, p99 {at(.99):.0f}, most "
          f"{values[-1] / unit_s:.0f} ms of {len(values)}", flush=True)
    return at(.99) <= LIMITS_MS[what]


def slope(times, values):
    """Of the line that fits best, by least squares: values a second."""
    n = len(times)
    middle, mean = sum(times) / n, sum(values) / n
    spread = sum((t - middle) ** 2 for t in times)
    return sum((t - middle) * (v - mean)
               for t, v in zip(times, values)) / spread if spread else 0.0


def is_flat(samples):
    """Say whether the second half stayed as it was, and why not.  Memory that
    waits to be used again is given back once a minute, so what is held is
    the least of each minute."""
    half = len(samples) // 2
    each = TELL_S // SAMPLE_S
    held = [min(s[0] - s[3] for s in samples[at:at + each])
            for at in range(half, len(samples) - each + 1, each)]
    if len(held) < 2:
        print("too short to say whether it is flat", flush=True)
        return True
    took = (len(held) - 1) * TELL_S
    grew = slope([n * TELL_S for n in range(len(held))], held) * took
    most = max(FLAT_MIB, FLAT_SHARE * held[0])
    flat = grew <= most
    print(f"memory beside tables with a limit: {grew * 3600 / took:+.1f} MiB "
          f"an hour over the last {took} s ("
          + ", ".join(f"{h:.0f}" for h in held)
          + f" MiB), allowed are {most * 3600 / took:.1f}: "
          + ("flat" if flat else "NOT FLAT"), flush=True)
    peaks = [max(s[0] for s in part)
             for part in (samples[:half], samples[half:])]
    print(f"memory at its most: {peaks[0]:.0f} MiB in the first half, "
          f"{peaks[1]:.0f} in the second", flush=True)
    for name, column in (("descriptors", 1), ("threads", 2)):
        first = max(s[column] for s in samples[:half])
        last = max(s[column] for s in samples[half:])
        print(f"{name}: at most {first} in the first half, {last} in the "
              f"second: " + ("flat" if last <= first else "NOT FLAT"),
              flush=True)
        flat = flat and last <= first
    return flat


def many_like(event, first, count):
    """So many of the event, each with an id of its own."""
    head, tail = event.split(b'"auditID":"')
    return [b'%s"auditID":"%08x%s' % (head, n, tail[8:])
            for n in range(first, first + count)]


class Load:
    def __init__(self, folder, seconds):
        self.seconds = seconds
        self.servers = rig.Servers(folder)
        self.port = free_port()
        feed = folder / "feed.ndjson"
        self.service = Service(
            folder / "served", self.servers.sources("load", self.port),
            [{"name": "siem", "kind": "file", "path": str(feed)}],
            env=rig.clean_env())
        self.service.config["sources"][0]["start"] = stamp()[:10]
        del self.service.config["service"]["commit_ms"]  # as it comes
        self.service.write()
        self.fed = Fed(feed)
        self.hooks = []

    def close(self):
        self.fed.ended = True
        self.service.kill()
        self.servers.close()

    def kafka(self, every=1):
        """RATE events a second; every so many seconds one is told."""
        process = subprocess.Popen(
            [rig.TOOL, "send", f"127.0.0.1:{self.servers.broker.plain}",
             "load", "metal-2", "1000000"], stdin=subprocess.PIPE)
        began, sent, told = time.monotonic(), 0, 3  # it has to join first
        while time.monotonic() - began < self.seconds:
            due = int((time.monotonic() - began) * RATE)
            lines = []
            # One is made anew, the others are it with other ids.
            lines += many_like(audit("get", "clusterroles", "reader"), sent,
                               due - sent)
            sent = due
            if time.monotonic() - began > told:
                name = f"kafka-{told:06d}-x"
                lines.append(opening(name))
                self.fed.sent[name] = time.monotonic()
                told += every
            process.stdin.write(b"\n".join(lines) + b"\n" if lines else b"")
            process.stdin.flush()
            time.sleep(TICK_S)
        process.stdin.close()
        process.wait(60)
        print(f"Kafka: {sent} events in {time.monotonic() - began:.0f} s",
              flush=True)

    def webhook(self, pause=0.02):
        end = time.monotonic() + self.seconds
        number = 0
        while time.monotonic() < end:
            items = b",".join(audit("get", "clusterroles", f"r{number}")
                              for _ in range(10))
            body = b'{"kind":"EventList","items":[' + items + b"]}"
            began = time.monotonic()
            if post(self.port, "/clusters/plant-1", body) == 200:
                self.hooks.append(time.monotonic() - began)
            number += 1
            time.sleep(pause)

    def bucket(self, every=4):
        end = time.monotonic() + self.seconds
        number = 0
        url = self.servers.sqs.get_queue_url(QueueName="load")["QueueUrl"]
        while time.monotonic() < end:
            name = f"bucket-{number:06d}-x"
            body = trail(name, "StopLogging", 1 << 20)
            now = datetime.datetime.now(datetime.timezone.utc)
            key = (f"AWSLogs/111122223333/CloudTrail/eu-west-1/{now:%Y/%m/%d}/"
                   f"111122223333_CloudTrail_eu-west-1_{now:%Y%m%dT%H%MZ}_"
                   f"{number}.json.gz")
            self.servers.s3.put_object(Bucket="load", Key=key, Body=body)
            self.fed.sent[name] = time.monotonic()
            self.servers.sqs.send_message(
                QueueUrl=url, MessageBody=rig.notice("load", key, len(body)))
            number += 1
            time.sleep(every)

    def run(self, *parts):
        threads = [threading.Thread(target=part, daemon=True)
                   for part in parts]
        for each in threads:
            each.start()
        return threads

    def tell(self):
        """What was measured."""
        with contextlib.suppress(AssertionError):
            wait_for("the last findings", lambda: not self.fed.sent, 30)
        took = self.fed.took
        soon = [figures("webhook until 200", self.hooks)]
        soon += [figures(f"{part} until it is fed", [
            t for name, t in took.items() if name.startswith(part)])
            for part in ("kafka", "bucket")]
        if self.fed.sent:
            print(f"not fed: {len(self.fed.sent)}", flush=True)
        return not self.fed.sent, all(soon)

    def latency(self):
        with self.service:
            self.fed.start()
            for part in (self.webhook, self.bucket, self.kafka):
                for each in self.run(part):
                    each.join()
            fed, soon = self.tell()
            self.service.stop()
        return fed and soon

    def sample(self):
        top = pathlib.Path(f"/proc/{self.service.process.pid}")
        pages = int((top / "statm").read_text().split()[1])
        return (pages * os.sysconf("SC_PAGESIZE") / 2 ** 20,
                len(list((top / "fd").iterdir())),
                len(list((top / "task").iterdir())),
                sum(map(self.use, LIMITED)))

    def use(self, what):
        """MiB that the service says it uses for something."""
        return self.service.metric(
            f'memory_bytes{{use="{what}"}}') / 2 ** 20

    def uses(self):
        return ", ".join("%s %.1f MiB" % (what, self.use(what))
                         for what in (*LIMITED, "queue", "decoding"))

    def soak(self):
        rng = random.Random(1)
        self.servers.proxy.rule = lambda *_: (
            ("answer", 503, b"") if rng.random() < 0.05 else None)
        # What is bounded is to be full soon: what is usual, findings that
        # may still grow (8 days), identities of bodies (2 days).
        self.service.config["baseline"] = {"memory_per_tenant": SOAK_USUAL}
        self.service.write()
        with self.service:
            self.fed.start()
            threads = self.run(lambda: self.webhook(0.1),
                               lambda: self.bucket(10),
                               lambda: self.kafka(10))
            samples, began = [], time.monotonic()
            while any(t.is_alive() for t in threads):
                time.sleep(SAMPLE_S)
                samples.append(self.sample())
                if len(samples) % (TELL_S // SAMPLE_S) == 0:
                    print(f"{time.monotonic() - began:4.0f} s: "
                          "%.1f MiB, %d descriptors, %d threads; "
                          % samples[-1][:3] + self.uses(), flush=True)
                if len(samples) % 36 == 35:
                    self.servers.broker.stop()
                    self.servers.broker.start()
            fed, _ = self.tell()
            self.service.stop()
        return is_flat(samples) and fed

    def fill(self, count):
        """So many events in Kafka, BURST_TOLD of them to be told."""
        lines = []
        for number in range(BURST_TOLD):
            lines += many_like(audit("get", "clusterroles", "reader"),
                               len(lines), count // BURST_TOLD - 1)
            lines.append(opening(f"burst-{number:06d}-x"))
        rig.Produce(self.servers, "load", lines, 1000000).finish()
        return len(lines)

    def burst(self, count):
        sent = self.fill(count)
        self.service.config["service"]["memory"] = BURST_ROOM
        self.service.write()
        self.fed.sent = {f"burst-{n:06d}-x": 0 for n in range(BURST_TOLD)}
        with self.service:
            began = time.monotonic()
            self.fed.start()
            wait_for("all events", lambda: self.service.metric(
                'events_total{') >= sent, 600, 0.2)
            took = time.monotonic() - began
            with contextlib.suppress(AssertionError):
                wait_for("all findings", lambda: not self.fed.sent, 30)
            status = pathlib.Path(
                f"/proc/{self.service.process.pid}/status").read_text()
            peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
            counts = {what: self.service.metric(f"events_{what}_total{{")
                      for what in ("late", "duplicate", "quarantined",
                                   "dropped")}
            counts["all"] = self.service.metric("events_total{")
            self.service.stop()
        print(f"{sent} events in {took:.0f} s ({sent / took:.0f} a second), "
              f"at most {peak:.0f} MiB (allowed are {BURST_MOST_MIB}); "
              + ", ".join(f"{k} {v:.0f}" for k, v in counts.items())
              + f", not fed: {len(self.fed.sent)}", flush=True)
        return (counts.pop("all") == sent and not any(counts.values())
                and not self.fed.sent and peak <= BURST_MOST_MIB)


def main():
    number = int(sys.argv[-1]) if sys.argv[-1].isdigit() else None
    with tempfile.TemporaryDirectory(prefix="nephoscope-load-") as top:
        load = Load(pathlib.Path(top), number or 60)
        try:
            if "burst" in sys.argv:
                well = load.burst(number or BURST)
            else:
                well = load.soak() if "soak" in sys.argv else load.latency()
        finally:
            load.close()
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
