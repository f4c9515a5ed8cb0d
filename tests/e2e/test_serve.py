"""The service, and a backfill with a state, over simulated logs: what is
found is what an undisturbed run finds, whatever happens in between."""
import contextlib
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent
                    / "sources"))

import exposition  # noqa: E402
import serving
from harness import SLOW, fresh, logs, run, scratch, world
from serving import (Client, Service, event_lists, free_port, listed, post,
                     wait_for)

DAYS = 4
SEED = 5  # of the moments at which something is killed


def files_source(path, **more):
    return {"name": "archive", "kind": "files", "path": str(path),
            "follow": True, **more}


def file_feed(path, **more):
    return {"name": "siem", "kind": "file", "path": str(path), **more}


def counts(text):
    """{id: events} of lines of findings, the last of each."""
    return {f["id"]: f["service"]["count"]
            for f in map(json.loads, text.splitlines())}


def age(folder):
    """Make its files old enough to be known as whole."""
    for path in logs(folder):
        os.utime(path, (1e9, 1e9))


def without_reading(value):
    """A playbook's step or question without the command that reads a log."""
    if isinstance(value, list):
        return [without_reading(v) for v in value]
    if not isinstance(value, dict):
        return value
    reads = any(str(value.get(k)).startswith("zcat -f -- ")
                for k in ("query", "command"))
    if reads or "by a webhook" in str(value.get("leftOut")):
        value = {k: v for k, v in value.items()
                 if k not in ("query", "command", "leftOut")}
    return {k: without_reading(v) for k, v in value.items()}


def placeless(text):
    """Findings but for where their records lay: a webhook has no file, so no
    step reads one."""
    text = re.sub(rb'(webhook/hook|[-/\w]+\.log\.gz(:\d+)?)', b"", text)
    return [without_reading(json.loads(line)) for line in text.splitlines()]


def backfilled(folder, *more):
    """What `backfill --state` of a folder leaves in its state."""
    store = fresh("backfill-" + folder.name) / "store.db"
    run("backfill", "--state", str(store), "--format", "guardduty", *more,
        str(folder))
    return listed(store)


def opened(service):
    """The files that a service has open."""
    paths = []
    for link in pathlib.Path(
            f"/proc/{service.process.pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            paths.append(os.readlink(link))
    return paths


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.logs, _ = world(days=DAYS)
        age(cls.logs)
        cls.files = len(logs(cls.logs))
        cls.want = backfilled(cls.logs)

    def folder(self):
        return fresh(self.id().rsplit(".", 1)[1])

    def check_told(self, feed):
        """Each finding, and again whenever its events doubled."""
        got, want = counts(feed.read_text()), counts(self.want)
        self.assertEqual(got.keys(), want.keys())
        for one, events in got.items():
            self.assertLessEqual(events, want[one])
            self.assertGreater(2 * events, want[one])

    def service(self, sources, *feeds, **more):
        s = Service(self.folder(), sources, feeds, **more)
        self.addCleanup(s.kill)
        return s


class Files(Case):
    def test_findings_are_those_of_a_backfill(self):
        feed = scratch() / "feed.ndjson"
        s = self.service([files_source(self.logs)], file_feed(feed))
        with s:
            s.wait_parcels(self.files)
            served = s.listed()  # while it runs
            left = [path for path in opened(s) if path.endswith(".gz")]
            s.stop()
        self.assertEqual(left, [])
        self.assertGreater(len(self.want.splitlines()), 10)
        self.assertEqual(served, self.want)
        self.assertEqual(s.listed(), self.want)
        self.check_told(feed)
        # A second start finds nothing new and tells nothing again.
        size = feed.stat().st_size
        with s:
            time.sleep(1)
            self.assertEqual(s.metric("source_objects_total"), 0)
            s.stop()
        self.assertEqual(s.listed(), self.want)
        self.assertEqual(feed.stat().st_size, size)

    def test_killed_at_random_moments(self):
        rng = random.Random(SEED)
        feed = scratch() / "killed.ndjson"
        s = self.service([files_source(self.logs)], file_feed(feed))
        kills = 0
        while kills < (4 if SLOW else 12):
            s.start(wait=False)
            time.sleep(rng.uniform(0.05, 2.5 if SLOW else 0.7))
            s.kill()
            kills += 1
        with s:
            s.wait_parcels(self.files)
            s.stop()
        self.assertEqual(s.listed(), self.want)
        self.check_told(feed)

    def test_logs_that_come_while_it_runs(self):
        live = self.folder() / "live"
        s = self.service([files_source(live)])
        live.mkdir(exist_ok=True)
        with s:
            for n, path in enumerate(logs(self.logs)):
                at = live / path.relative_to(self.logs)
                at.parent.mkdir(parents=True, exist_ok=True)
                part = at.with_suffix(".part")
                shutil.copy(path, part)
                part.rename(at)
                if n == self.files // 2:
                    s.kill()
                    s.start(wait=False)
            s.wait_parcels(self.files)
            s.stop()
        # Each came in the order of names, not of time: what is found may
        # differ from the backfill, but nothing may be left unread.
        self.assertEqual(s.info()["parcels"], self.files)


class Webhook(Case):
    def posts(self):
        for path in sorted((self.logs / "k8s-audit").rglob("*.gz")):
            for body in event_lists(path):
                yield f"/clusters/{path.parent.name}", body

    def start(self, **more):
        self.hook = free_port()
        return self.service([{"name": "hook", "kind": "webhook",
                              "listen": f"127.0.0.1:{self.hook}"}], **more)

    def test_findings_are_those_of_a_backfill(self):
        want = backfilled(self.logs / "k8s-audit")
        self.assertGreater(len(want.splitlines()), 2)
        s = self.start()
        client = Client(self.hook, list(self.posts()))
        rng = random.Random(SEED)
        with s:
            client.start()
            for _ in range(2 if SLOW else 5):
                time.sleep(rng.uniform(0.1, 1))
                s.kill()
                s.start(wait=False)
            client.finish()
            wait_for("all to be judged", lambda: s.info()["kept"] == 0)
            s.stop()
        self.assertEqual(placeless(s.listed()), placeless(want))

    def test_what_is_refused_is_said_and_counted(self):
        self.hook = free_port()
        s = self.service([{"name": "hook", "kind": "webhook",
                           "listen": f"127.0.0.1:{self.hook}",
                           "body_limit": "1MiB"}])
        with s:
            self.assertEqual(post(self.hook, "/", b"no JSON"), 400)
            self.assertEqual(post(self.hook, "/", b" " * 1500000), 413)
            wait_for("two errors",
                     lambda: s.metric("source_errors_total") == 2)
            said = s.said()
            s.stop()
        self.assertIn("400 to 127.0.0.1: The body is not JSON.", said)
        self.assertIn("413 to 127.0.0.1: at least 1500000 bytes", said)
        self.assertIn("--audit-webhook-truncate-enabled", said)

    def test_a_full_disk(self):
        """It says so, takes nothing more, and goes on when there is room."""
        want = backfilled(self.logs / "k8s-audit")
        posts = list(self.posts())
        half = len(posts) // 2
        s = self.start()
        with s:
            first = Client(self.hook, posts[:half])
            first.start()
            first.finish()
            _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE,
                             (16384, hard))
            rest = Client(self.hook, posts[half:])
            rest.start()
            code, said = wait_for("503", lambda: (
                lambda page: page if page[0] == 503 else None)(
                    s.get("/readyz")))
            self.assertIn("store", said)
            self.assertEqual(s.get("/livez")[0], 200)
            wait_for("429", lambda: serving.post(
                self.hook, *posts[-1], seconds=5) == 429, 40)
            sent = rest.sent
            resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE,
                             (hard, hard))
            wait_for("readiness", lambda: s.get("/readyz")[0] == 200)
            rest.finish()
            self.assertEqual(sent, 0)
            wait_for("all to be judged", lambda: s.info()["kept"] == 0)
            s.stop()
        self.assertEqual(placeless(s.listed()), placeless(want))

    def test_a_full_disk_does_not_keep_it_from_ending(self):
        """At each moment: what was kept is judged by the next."""
        want = backfilled(self.logs / "k8s-audit")
        posts = list(self.posts())
        s = self.start()
        with s:
            client = Client(self.hook, posts)
            client.start()
            wait_for("some", lambda: client.sent > len(posts) // 3)
            _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE,
                             (16384, hard))
            wait_for("503", lambda: s.get("/readyz")[0] == 503)
            code, took = s.end(seconds=30)
            self.assertNotEqual(code, 0)
            self.assertLess(took, 15)
            self.assertIn("cannot be written", s.said())
        with s:
            client.finish()
            wait_for("all to be judged", lambda: s.info()["kept"] == 0)
            s.stop()
        self.assertEqual(placeless(s.listed()), placeless(want))


class Life(Case):
    def test_pages(self):
        s = self.service([files_source(self.logs)])
        with s:
            self.assertEqual(s.get("/livez")[0], 200)
            self.assertEqual(s.get("/readyz")[0], 200)
            self.assertEqual(s.get("/nowhere")[0], 404)
            s.wait_parcels(self.files)
            wait_for("counts", lambda: s.metric("events_total") > 0)
            self.assertEqual(s.metric("source_objects_total"), self.files)
            self.assertGreater(s.metric("commit_duration_seconds_count"), 0)
            types = [f["type"] for f in map(json.loads,
                                            self.want.splitlines())]
            for kind in set(types):
                self.assertEqual(
                    s.metric(f'findings_total{{type="{kind}"}}'),
                    types.count(kind), kind)
            s.stop()

    def test_what_a_service_manager_is_told(self):
        """sd_notify(3): ready, alive, reading its configuration, ending."""
        path = self.folder() / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(str(path))
            told.settimeout(60)
            s = Service(path.parent / "service", [files_source(self.logs)],
                        env={"NOTIFY_SOCKET": str(path),
                             "WATCHDOG_USEC": "400000"})
            self.addCleanup(s.kill)

            def until(word):
                words = []
                while word not in words:
                    words += told.recv(4096).decode().splitlines()
                return words

            with s:
                self.assertIn("EXTEND_TIMEOUT_USEC=60000000",
                              until("READY=1"))
                until("WATCHDOG=1")
                began = time.monotonic()
                until("WATCHDOG=1")
                self.assertLess(time.monotonic() - began, 20 if SLOW else 5)
                s.process.send_signal(signal.SIGHUP)
                until("RELOADING=1")
                until("READY=1")
                s.process.send_signal(signal.SIGTERM)
                until("STOPPING=1")
                self.assertEqual(s.process.wait(60), 0)
                s.process = None

    def test_another_service_on_the_same_store_is_refused(self):
        s = self.service([files_source(self.logs)])
        with s:
            other = Service(s.folder / "other", [files_source(self.logs)],
                            store={"path": str(s.store)})
            other.start(wait=False)
            self.assertEqual(other.process.wait(30), 74)
            self.assertIn("in use by another nephoscope", other.said())
            done = run("backfill", "--state", str(s.store), str(self.logs),
                       code=74)
            self.assertIn(b"in use by another nephoscope", done.stderr)
            s.stop()

    def test_a_new_configuration(self):
        s = self.service([files_source(self.logs)])
        with s:
            s.wait_parcels(self.files // 4)
            # A broken one is named and changes nothing.
            s.write({**s.config, "sauces": []})
            s.process.send_signal(signal.SIGHUP)
            wait_for("complaint", lambda: "sauces" in s.said())
            self.assertEqual(s.get("/readyz")[0], 200)
            # So is one of which only an end says that it is wrong.
            s.write({**s.config, "feeds": [
                {"name": "siem", "kind": "kafka", "topic": "t",
                 "properties": {"bootstrap.server": "127.0.0.1:1"}}]})
            s.process.send_signal(signal.SIGHUP)
            wait_for("complaint",
                     lambda: "bootstrap.servers" in s.said())
            self.assertEqual(s.get("/readyz")[0], 200)
            # One that cannot be begun is left for the one before.
            with socket.socket() as taken:
                taken.bind(("127.0.0.1", 0))
                taken.listen()
                at = "127.0.0.1:%d" % taken.getsockname()[1]
                s.write({**s.config, "console": {"listen": at}})
                s.process.send_signal(signal.SIGHUP)
                wait_for("complaint", lambda: "in effect again" in s.said())
                self.assertIn("another program has it", s.said())
            s.wait_ready()
            # A good one is taken up, and loses nothing.
            s.port = free_port()
            s.write({**s.config,
                     "console": {"listen": f"127.0.0.1:{s.port}"}})
            s.process.send_signal(signal.SIGHUP)
            s.wait_ready()
            s.wait_parcels(self.files)
            s.stop()
        self.assertEqual(s.listed(), self.want)

    def test_metrics_are_clean_and_kept_apart_by_kind_of_log(self):
        folder = fresh("kinds")
        call = {"eventVersion": "1.08", "eventTime": "2026-11-03T10:00:00Z",
                "eventSource": "ec2.amazonaws.com", "awsRegion": "eu-west-1",
                "eventName": "DescribeInstances", "userIdentity": {
                    "type": "IAMUser", "userName": "ann", "accountId":
                    "111122223333"}, "sourceIPAddress": "198.51.100.7",
                "recipientAccountId": "111122223333", "eventID": "one"}
        audit = {"kind": "Event", "apiVersion": "audit.k8s.io/v1",
                 "auditID": "two", "stage": "ResponseComplete",
                 "verb": "get", "requestURI": "/api/v1/pods", "user": {
                     "username": "ann"}, "objectRef": {"resource": "pods"},
                 "requestReceivedTimestamp": "2026-11-03T10:00:00.000000Z",
                 "stageTimestamp": "2026-11-03T10:00:00.000000Z"}
        late = {**audit, "auditID": "three", "requestReceivedTimestamp":
                "2026-11-01T10:00:00.000000Z", "stageTimestamp":
                "2026-11-01T10:00:00.000000Z"}
        for name, lines in (("a.json", [call, call, {"eventName": 7}]),
                            ("b.json", [audit, audit, audit, late])):
            (folder / name).write_text(
                "".join(json.dumps(line) + "\n" for line in lines)
                + "{broken\n")
        age(folder)
        s = self.service([files_source(folder, follow=False,
                                       cluster="plant-1")])
        with s:
            s.wait_parcels(2)
            families = exposition.read(s.get("/metrics")[1].encode())
            self.assertEqual(exposition.lint(families), [])
            s.stop()

        def of(name):
            return {labels["source"]: value for _, labels, value in
                    families[f"nephoscope_events_{name}_total"]["samples"]
                    if value}
        self.assertEqual(of("duplicate"), {"cloudtrail": 1, "k8s-audit": 2})
        self.assertEqual(of("late"), {"k8s-audit": 1})
        self.assertEqual(of("quarantined"), {"cloudtrail": 2,
                                             "k8s-audit": 1})

    def test_nobody_is_turned_away_while_it_is_read_again(self):
        hook = free_port()
        s = self.service([{"name": "hook", "kind": "webhook",
                           "listen": f"127.0.0.1:{hook}"}])
        body = b'{"kind":"EventList","items":[]}'
        codes, ended = [], threading.Event()

        def call():
            while not ended.is_set():
                codes.append(("console", s.get("/livez")[0]))
                codes.append(("hook", serving.post(
                    hook, "/clusters/c", body)))

        with s:
            caller = threading.Thread(target=call)
            caller.start()
            for number in range(1, 6):
                s.process.send_signal(signal.SIGHUP)
                wait_for("another one", lambda n=number:
                         s.said().count("msg=ready") == n + 1)
            ended.set()
            caller.join(60)
            self.assertGreater(len(codes), 20)
            # A request that was under way may be cut off, as its client
            # repeats it; nobody is refused, or cut off twice.
            for who in ("console", "hook"):
                own = [code for name, code in codes if name == who]
                self.assertNotIn((0, 0), list(zip(own, own[1:])), codes)
            # An address that is not listened on any more is free.
            old, s.port = s.port, free_port()
            s.write({**s.config,
                     "console": {"listen": f"127.0.0.1:{s.port}"}})
            s.process.send_signal(signal.SIGHUP)
            s.wait_ready()
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", old), 5)
            s.stop()

    def test_what_a_configuration_must_have(self):
        config = self.folder() / "c.yaml"
        for text, word in (("{}", b"store"),
                           ("{store: {path: x.db}}", b"sources"),
                           ("{sources: 1}", b"sources")):
            config.write_text(text)
            done = run("serve", "-c", str(config), code=78)
            self.assertIn(word, done.stderr)
        run("serve", code=64)

    def test_findings_and_state(self):
        store = self.folder() / "store.db"
        run("backfill", "--state", str(store), str(self.logs))
        ids = [json.loads(x)["id"] for x in self.want.splitlines()]
        shown = run("findings", "show", "--state", str(store), "--format",
                    "guardduty", ids[0]).stdout
        self.assertEqual(json.loads(shown)["id"], ids[0])
        run("findings", "archive", "--state", str(store), ids[0], ids[1])
        self.assertNotIn(ids[0].encode(), listed(store))
        self.assertEqual(len(listed(store, "--archived").splitlines()), 2)
        run("findings", "reopen", "--state", str(store), ids[0], ids[1])
        self.assertEqual(listed(store), self.want)
        run("findings", "show", "--state", str(store), "zz", code=None)
        copy = store.with_name("copy.db")
        run("state", "backup", "--state", str(store), str(copy))
        run("state", "backup", "--state", str(store), str(copy), code=64)
        run("state", "verify", "--state", str(copy))
        self.assertEqual(listed(copy), self.want)
        self.assertEqual(serving.info(copy)["findings"], len(ids))


class State(Case):
    """backfill --state"""

    def read(self, store, *folders, config=None):
        stats = store.with_suffix(".stats")
        command = [serving.BINARY, "backfill", "--state", str(store),
                   "--format", "guardduty", "--stats", str(stats),
                   *(["-c", str(config)] if config else []),
                   *map(str, folders)]
        return command, stats

    def often(self, folder):
        config = folder / "c.yaml"
        config.write_text("service: {commit_ms: 20}\n")
        return config

    @staticmethod
    def steady(stats):
        """The numbers that do not tell of time, memory or this process."""
        def drop(value):
            if isinstance(value, dict):
                return {k: drop(v) for k, v in value.items()
                        if not any(word in k for word in
                                   ("second", "state_bytes"))}
            return value
        return drop(json.loads(pathlib.Path(stats).read_text()))

    def test_killed_at_random_moments(self):
        folder = self.folder()
        config = self.often(folder)
        command, stats = self.read(folder / "calm.db", self.logs,
                                   config=config)
        began = time.monotonic()
        calm = subprocess.run(command, capture_output=True, check=True,
                              timeout=300).stdout
        took = time.monotonic() - began
        want = self.steady(stats)
        self.assertEqual(calm, self.want)
        rng = random.Random(SEED)
        for one in range(2 if SLOW else 8):
            store = folder / f"{one}.db"
            command, stats = self.read(store, self.logs, config=config)
            for kill in range(100):
                process = subprocess.Popen(
                    command, stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL)
                try:
                    out, _ = process.communicate(
                        timeout=rng.uniform(0.02, took * (0.4 + kill / 20)))
                    break
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
            self.assertEqual(process.returncode, 0)
            self.assertEqual(out, calm, f"{kill} kills")
            self.assertEqual(self.steady(stats), want, f"{kill} kills")
            self.assertEqual(listed(store), self.want)

    def test_later_logs_go_on_where_earlier_ones_ended(self):
        folder = self.folder()
        days = sorted({self.day_of(p) for p in logs(self.logs)})
        store = folder / "store.db"
        for day in days:
            part = folder / day
            for path in logs(self.logs):
                if self.day_of(path) == day:
                    at = part / path.relative_to(self.logs)
                    at.parent.mkdir(parents=True, exist_ok=True)
                    os.link(path, at)
            run("backfill", "--state", str(store), str(part))
        self.assertEqual(self.said_of(listed(store)),
                         self.said_of(self.want))

    def test_a_service_reads_nothing_that_a_backfill_has_read(self):
        s = self.service([files_source(self.logs)])
        run("backfill", "--state", str(s.store), str(self.logs))
        before = s.info()
        with s:
            wait_for("all to be looked at", lambda: s.metric(
                "source_duplicates_total") == self.files)
            self.assertEqual(s.metric("source_objects_total"), 0)
            s.stop()
        self.assertEqual(s.info()["parcels"], before["parcels"])
        self.assertEqual(s.listed(), self.want)
        # Nor a backfill what a service has.
        done = run("backfill", "--state", str(s.store), str(self.logs))
        self.assertIn(b"were read before", done.stderr)
        self.assertEqual(s.listed(), self.want)

    @staticmethod
    def day_of(path):
        name = path.name.replace("-", "")
        at = name.index("202611")
        return name[at:at + 8]

    @staticmethod
    def said_of(text):
        return text.decode().splitlines()


if __name__ == "__main__":
    unittest.main()
