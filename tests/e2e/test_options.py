"""Options, exit codes and files of the command line."""
import csv
import gzip
import io
import json
import os
import pathlib
import resource
import signal
import subprocess
import unittest

import harness
from harness import backfill, findings, fresh, logs, run, stats

DAYS = 4 if harness.SLOW else 14
LABELS = {"low": 1, "medium": 4, "high": 7, "critical": 9}


class ExitCodes(unittest.TestCase):
    def test_usage(self):
        for args in ((), ("backfil",), ("backfill",),
                     ("backfill", "--jbos", "2", "x"),
                     ("backfill", "--jobs", "many", "x"),
                     ("backfill", "--format", "xml", "x"),
                     ("backfill", "--since", "yesterday", "x")):
            with self.subTest(args=args):
                done = run(*args, code=64)
                self.assertEqual(done.stdout, b"")
                self.assertNotEqual(done.stderr, b"")

    def test_the_nearest_name_is_offered(self):
        self.assertIn(b"--jobs", run("backfill", "--jbos", "2", "x",
                                     code=64).stderr)
        self.assertIn(b"backfill", run("backfil", code=64).stderr)

    def test_no_such_input(self):
        self.assertIn(b"nowhere", run("backfill", "/nowhere/x",
                                      code=66).stderr)

    def test_nothing_readable(self):
        folder = fresh("nothing")
        run("backfill", str(folder), code=65)
        (folder / "note.txt").write_text("hello\n")
        run("backfill", str(folder), code=65)

    def test_config(self):
        file = fresh("config") / "bad.yaml"
        file.write_text("clusterz: []\n")
        done = run("backfill", "-c", str(file), ".", code=78)
        self.assertIn(b"bad.yaml:1:1", done.stderr)
        self.assertIn(b"clusters", done.stderr)
        run("config", "check", "-c", str(file), code=78)
        file.write_text("accounts:\n  - {id: \"210987654321\", name: x}\n")
        run("config", "check", "-c", str(file))

    def test_check_says_what_serve_would_refuse(self):
        folder = fresh("ends")
        file, key = folder / "ends.yaml", folder / "key"
        kafka = {"name": "in", "kind": "kafka", "topic": "t", "properties": {
            "bootstrap.servers": "127.0.0.1:1", "group.id": "g"}}
        hook = {"name": "hook", "kind": "webhook",
                "listen": "127.0.0.1:9443"}
        feed = {"name": "out", "kind": "webhook",
                "url": "https://siem.example.org/in"}
        bucket = {"name": "trail", "kind": "s3", "bucket": "acme-trail",
                  "region": "eu-west-1"}
        logs = {"name": "logs", "kind": "files", "path": str(folder)}
        key.write_text("hunter2\n")

        def check(code, sources=(), feeds=()):
            file.write_text(json.dumps({
                "sources": list(sources), "feeds": list(feeds),
                "store": {"path": str(folder / "store.db")}}))
            done = run("config", "check", "-c", str(file), code=code)
            self.assertNotIn(b"hunter2", done.stderr + done.stdout)
            self.assertEqual({file, key}, set(folder.iterdir()))
            return (done.stderr + done.stdout).decode()

        def with_(base, **more):
            return {**base, **more}

        self.assertIn("2 sources, 1 feed", check(0, [kafka, hook], [feed]))
        odd = with_(kafka, properties={**kafka["properties"],
                                       "sasl.passwrd": "hunter2"})
        self.assertIn("source in: ", check(78, [odd]))
        self.assertIn("sasl.password", check(78, [odd]))
        for said, what in (
                ("no TLS", with_(hook, listen="0.0.0.0:9443")),
                ("token_file", with_(hook, token_file=f"{folder}/none")),
                ("cluster_key", with_(kafka, cluster_from="field")),
                ("not a bucket's name", with_(bucket, bucket="No_Name!")),
                ("the endpoint", with_(bucket, endpoint="example.org")),
                ("the queue", with_(bucket, queue="example.org/q")),
                ("follow: true", with_(logs, path=f"{folder}/later"))):
            self.assertIn(said, check(78, [what]))
        check(0, [bucket, logs, with_(logs, name="later", follow=True,
                                      path=f"{folder}/later")])
        for said, what in (
                ("https://", with_(feed, url="http://siem.example.org/x")),
                ("in a folder that is there", {
                    "name": "out", "kind": "file",
                    "path": f"{folder}/none/findings.json"}),
                ("without user", with_(feed, url="https://u:hunter2@h/",
                                       token_file=str(key))),
                ("transactional.id", with_(
                    kafka, name="out", properties={
                        "bootstrap.servers": "127.0.0.1:1",
                        "transactional.id": "x"}))):
            self.assertIn(said, check(78, [], [what]))
        self.assertIn("feed out: ", check(78, [odd], [
            with_(feed, url="ftp://x")]))
        self.assertIn("address", check(78, [], [
            {"name": "log", "kind": "syslog", "address": "x"}]))

    def test_what_asks_for_nothing_is_done(self):
        for args in (("help",), ("version",), ("detectors",),
                     ("detectors", "list"), ("help", "backfill"),
                     ("config", "schema"), ("simulate", "--attack", "list")):
            with self.subTest(args=args):
                self.assertNotEqual(run(*args).stdout, b"")
        json.loads(run("config", "schema").stdout)


class Cores(unittest.TestCase):
    def core_of(self, *command):
        """Does a signal that ends it so leave a core?"""
        folder = fresh("core")
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        with subprocess.Popen(
                command, cwd=folder, stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={**os.environ, "ASAN_OPTIONS":
                     "handle_segv=0:disable_coredump=0"}) as process:
            resource.prlimit(process.pid, resource.RLIMIT_CORE, (hard, hard))
            process.stdin.write(b"\n" * 200_000)  # it reads: it has begun
            process.stdin.flush()
            process.send_signal(signal.SIGSEGV)
            _, status = os.waitpid(process.pid, 0)
            process.returncode = status
        self.assertEqual(os.WTERMSIG(status), signal.SIGSEGV)
        return os.WCOREDUMP(status)

    def test_no_command_leaves_what_it_knew_in_a_core(self):
        if not self.core_of("cat"):
            self.skipTest("nothing leaves a core here")
        self.assertFalse(self.core_of(harness.BINARY, "backfill", "-"))


class Options(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder, cls.truth = harness.world(days=DAYS)
        cls.all = findings(cls.folder)

    def test_fail_on(self):
        highest = max(f["severity"] for f in self.all)
        self.assertGreaterEqual(highest, 7)
        run("backfill", "--format", "csv", "--fail-on", "high",
            str(self.folder), code=1)
        run("backfill", "--format", "csv", "--fail-on", "10",
            str(self.folder), code=0)

    def test_min_severity(self):
        for label, least in LABELS.items():
            kept = findings("--min-severity", label, self.folder)
            self.assertEqual(
                [f["id"] for f in kept],
                [f["id"] for f in self.all if f["severity"] >= least])

    def test_formats_tell_the_same(self):
        rows = list(csv.DictReader(io.StringIO(
            backfill(self.folder, form="csv").decode())))
        self.assertEqual([r["id"] for r in rows],
                         [f["id"] for f in self.all])
        self.assertEqual([float(r["severity"]) for r in rows],
                         [f["severity"] for f in self.all])
        table = backfill(self.folder, form="table").decode()
        for finding in self.all:
            self.assertIn(finding["type"][:50], table)  # may be cut
        self.assertIn(f"{len(self.all)} findings", table)

    def test_details(self):
        table = backfill("--details", "2", self.folder, form="table")
        self.assertEqual(table.count(b"How sure"), 2)
        self.assertIn(b"Why", table)

    def test_output_file_is_whole_or_absent(self):
        folder = fresh("out")
        backfill("-o", folder / "f.json", self.folder)
        self.assertEqual((folder / "f.json").read_bytes(),
                         backfill(self.folder))
        self.assertEqual(len(list(folder.iterdir())), 1)
        run("backfill", "-o", str(folder / "g.json"), "/nowhere", code=66)
        self.assertEqual(len(list(folder.iterdir())), 1)

    def test_findings_have_their_members(self):
        for f in self.all:
            with self.subTest(type=f["type"]):
                for key in ("schemaVersion", "id", "type", "severity",
                            "title", "description", "accountId", "region",
                            "resource", "service", "nephoscope"):
                    self.assertIn(key, f)
                n = f["nephoscope"]
                for key in ("cluster", "tenant", "detector", "confidence",
                            "why", "actor", "entities", "mitre", "owner",
                            "events", "playbook", "severityWas"):
                    self.assertIn(key, n)
                self.assertTrue(n["events"], f["type"])
                self.assertTrue(n["events"][0]["id"] or
                                n["events"][0]["parcel"])
                self.assertGreaterEqual(f["service"]["count"], 1)
                self.assertLessEqual(f["service"]["eventFirstSeen"],
                                     f["service"]["eventLastSeen"])

    def test_stats_add_up(self):
        _, seen = stats(self.folder)
        types = {}
        for f in self.all:
            types[f["type"]] = types.get(f["type"], 0) + 1
        self.assertEqual(seen["findings"], types)
        self.assertEqual(seen["quarantined"], 0)
        self.assertTrue(all(seen["events"][s] > 0 for s in harness.SOURCES))
        self.assertGreater(seen["bytes"], 0)
        self.assertGreaterEqual(seen["seconds"], 0)
        records = sum(len(harness.records(p)) for p in logs(self.folder)
                      if "/CloudTrail/" in str(p))
        self.assertEqual(seen["events"]["cloudtrail"], records)
        rows = sum(gzip.decompress(p.read_bytes()).count(b"\n") - 1
                   for p in logs(self.folder) if "vpcflow" in str(p))
        self.assertEqual(seen["events"]["vpcflow"], rows)

    def test_since_and_until(self):
        day = sorted(f["service"]["eventFirstSeen"] for f in self.all)[0][:10]
        _, whole = stats(self.folder)
        _, before = stats("--until", day, self.folder)
        _, after = stats("--since", day, self.folder)
        for source in harness.SOURCES:
            self.assertEqual(
                before["events"][source] - before["outside"] * 0,
                whole["events"][source])
        inside = [sum(s["events"].values()) - s["outside"]
                  for s in (before, after)]
        self.assertEqual(sum(inside), sum(whole["events"].values()))
        for f in findings("--until", day, self.folder):
            self.assertLess(f["service"]["eventLastSeen"], day)

    def test_quarantine_keeps_the_record(self):
        folder = fresh("sick")
        good = next(r for p in logs(self.folder) if "/CloudTrail/" in str(p)
                    for r in harness.records(p))
        bad = '{"eventName":"broken-7531" "eventSource":1}'
        (folder / "a.json").write_text(
            json.dumps(good) + "\n" + bad + "\n" +
            json.dumps({**good, "eventID": "other"}) + "\n")
        kept = folder.parent / "kept"
        _, seen = stats("--quarantine", kept, folder, code=None)
        self.assertEqual(seen["events"]["cloudtrail"], 2)
        self.assertEqual(seen["quarantined"], 1)
        held = b"".join(p.read_bytes() for p in pathlib.Path(kept).rglob("*")
                        if p.is_file())
        self.assertIn(b"broken-7531", held)

    def test_severity_override_and_switching_off(self):
        kind = self.all[0]["type"]
        file = fresh("override") / "c.yaml"
        file.write_text(f'detectors:\n  "{kind}": {{severity: critical}}\n')
        changed = [f for f in findings("-c", file, self.folder)
                   if f["type"] == kind]
        self.assertTrue(changed)
        for f in changed:
            self.assertGreaterEqual(f["severity"], 9)
            self.assertIsNotNone(f["nephoscope"]["severityWas"])
        file.write_text(f'detectors:\n  "{kind}": {{enabled: false}}\n')
        self.assertNotIn(kind, [f["type"] for f in
                                findings("-c", file, self.folder)])

    def test_nothing_is_left_on_disk(self):
        folder = fresh("cwd")
        run("backfill", "--format", "csv", str(self.folder), cwd=folder)
        self.assertEqual(list(folder.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
