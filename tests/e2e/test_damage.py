"""Input that is broken or odd: read as far as it goes, named, counted."""
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import threading
import time
import unittest

import harness
from harness import backfill, fresh, logs, run, stats


def trail():
    """A CloudTrail object with several records."""
    folder, _ = harness.world(attack="none", days=2)
    return max((p for p in logs(folder) if "/CloudTrail/" in str(p)),
               key=lambda p: len(harness.records(p)))


class Damage(unittest.TestCase):
    def skipped(self, *args, reason, code=2):
        _, seen = stats(*args, code=code)
        reasons = [s["reason"] for s in seen["skipped"]]
        self.assertTrue(any(reason in r for r in reasons), reasons)
        return seen

    def test_a_truncated_object_gives_what_was_whole(self):
        folder = fresh("truncated")
        records = harness.records(trail())
        text = json.dumps({"Records": records}).encode()
        whole = gzip.compress(text, 1)
        (folder / "cut.json.gz").write_bytes(whole[:len(whole) * 2 // 3])
        seen = self.skipped(folder, reason="truncated")
        self.assertGreater(seen["events"]["cloudtrail"], 0)
        self.assertLess(seen["events"]["cloudtrail"], len(records))

    def test_findings_before_the_cut_are_given(self):
        folder, truth = harness.world(attack="root-login", days=3)
        whole = backfill(folder)
        self.assertIn(b"RootCredentialUsage", whole)
        other = fresh("cut world") / "w"
        shutil.copytree(folder, other)
        last = [p for p in logs(other) if "/CloudTrail/" in str(p)][-1]
        last.write_bytes(last.read_bytes()[:-20])
        self.assertIn(b"RootCredentialUsage", backfill(other, code=2))

    def test_odd_files_are_named(self):
        folder = fresh("odd")
        shutil.copyfile(trail(), folder / "ok.json.gz")
        (folder / "empty.log").write_bytes(b"")
        (folder / "empty.json.gz").write_bytes(gzip.compress(b""))
        (folder / "readme.txt").write_text("hello\n")
        (folder / "photo.jpg").write_bytes(bytes(range(256)) * 40)
        (folder / "dangling").symlink_to("nowhere")
        os.mkfifo(folder / "pipe")
        started = time.monotonic()
        _, seen = stats(folder, code=2)
        self.assertLess(time.monotonic() - started, 20)
        names = {pathlib.Path(s["path"]).name for s in seen["skipped"]}
        self.assertLessEqual({"empty.log", "readme.txt", "photo.jpg",
                              "dangling", "pipe"}, names)
        self.assertGreater(seen["events"]["cloudtrail"], 0)
        self.assertTrue(all(s["reason"] for s in seen["skipped"]))

    def test_a_name_that_is_not_utf8(self):
        folder = fresh("names")
        name = os.fsencode(folder) + b"/bad\xff\xfe\x1b[31mname.json.gz"
        shutil.copyfile(trail(), name)
        _, seen = stats(folder)
        self.assertGreater(seen["events"]["cloudtrail"], 0)
        os.truncate(name, 200)
        done = run("backfill", "--format", "csv", str(folder), code=None)
        self.assertIn(b"bad", done.stderr)
        self.assertNotIn(b"\x1b", done.stderr)
        self.assertNotIn(b"\xff", done.stderr)
        _, seen = stats(folder, code=None)
        self.assertIn("bad", seen["skipped"][0]["path"])

    def test_a_folder_that_may_not_be_read(self):
        folder = fresh("closed")
        shutil.copyfile(trail(), folder / "ok.json.gz")
        (folder / "locked").mkdir(mode=0)
        for p in (harness.scratch(), folder):
            p.chmod(0o755)
        command = [harness.BINARY, "backfill", "--format", "csv", folder]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid", "65534", "--regid", "65534",
                       "--clear-groups", *command]
            reach = subprocess.run(
                [*command[:6], "test", "-x", harness.BINARY],
                stderr=subprocess.DEVNULL, check=False)
            if not shutil.which("setpriv") or reach.returncode != 0:
                self.skipTest("as root, and no other user reaches the binary")
        done = subprocess.run(command, capture_output=True, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"locked", done.stderr)
        self.assertIn(b"ermission", done.stderr)

    def test_a_file_that_grows_while_it_is_read(self):
        folder = fresh("growing")
        grows = folder / "audit.log"
        event = {"kind": "Event", "apiVersion": "audit.k8s.io/v1",
                 "level": "Metadata", "auditID": "0", "verb": "get",
                 "stage": "ResponseComplete", "requestURI": "/api/v1/pods",
                 "user": {"username": "jane"}, "sourceIPs": ["10.0.0.1"],
                 "objectRef": {"resource": "pods", "namespace": "shop"},
                 "responseStatus": {"code": 200},
                 "requestReceivedTimestamp": "2026-11-02T08:00:00.000000Z",
                 "stageTimestamp": "2026-11-02T08:00:00.000000Z"}

        def line(n):
            return json.dumps({**event, "auditID": str(n)}) + "\n"

        grows.write_text("".join(map(line, range(20000))))
        stop = threading.Event()

        def grow():
            with grows.open("a", encoding="utf-8") as file:
                for n in range(20000, 10**7):
                    if stop.is_set():
                        return
                    file.write(line(n))

        writer = threading.Thread(target=grow)
        writer.start()
        try:
            done = run("backfill", "--format", "csv", "--stats",
                       str(folder / "s.json"), str(grows), code=None)
        finally:
            stop.set()
            writer.join()
        seen = json.loads((folder / "s.json").read_text())
        self.assertIn(done.returncode, (0, 2))
        self.assertGreaterEqual(seen["events"]["k8s-audit"], 20000)

    def test_a_bomb_is_refused_at_once(self):
        if not shutil.which("zstd"):
            self.skipTest("no zstd to make one with")
        bomb = fresh("bomb") / "bomb.json.zst"
        with bomb.open("wb") as file:
            make = subprocess.Popen(["zstd", "-q", "-c"],
                                    stdin=subprocess.PIPE, stdout=file)
            head = b'{"Records":[{"eventName":"' + b"a" * (1 << 20)
            make.stdin.write(head)
            for _ in range(1024):
                make.stdin.write(b"a" * (1 << 20))
            make.stdin.close()
            make.wait()
        self.assertLess(bomb.stat().st_size, 200_000)
        started = time.monotonic()
        done = run("backfill", str(bomb), code=65)
        took = time.monotonic() - started
        self.assertIn(b"bomb.json.zst", done.stderr)
        self.assertLess(took, 8 if harness.SLOW else 1)

    def test_a_bomb_of_small_records_is_refused(self):
        if not shutil.which("zstd"):
            self.skipTest("no zstd to make one with")
        bomb = fresh("bomb2") / "bomb.log.zst"
        lines = b"2 1 eni-1 - - - - - - - 1 2 - NODATA\n" * 30000
        with bomb.open("wb") as file:
            make = subprocess.Popen(["zstd", "-q", "-c", "--long=27"],
                                    stdin=subprocess.PIPE, stdout=file)
            for _ in range(1000):
                make.stdin.write(lines)
            make.stdin.close()
            make.wait()
        started = time.monotonic()
        done = run("backfill", "--format", "csv", str(bomb), code=None)
        took = time.monotonic() - started
        self.assertIn(b"bomb.log.zst", done.stderr)
        self.assertIn(done.returncode, (2, 65))
        self.assertLess(took, 30 if harness.SLOW else 5)

    def test_a_deep_and_a_wide_record(self):
        folder = fresh("deep")
        deep = '{"eventName":' + "[" * 5000 + "]" * 5000 + "}"
        wide = '{"eventName":"' + "x" * (5 << 20) + '"}'
        good = harness.records(trail())
        text = '{"Records":[' + ",".join(
            [json.dumps(good[0]), deep, wide, json.dumps(good[1])]) + "]}"
        (folder / "mixed.json").write_text(text)
        out, seen = stats(folder, code=None)
        self.assertEqual(seen["events"]["cloudtrail"], 2, seen)
        self.assertGreaterEqual(seen["quarantined"], 1)

    def test_standard_input(self):
        text = gzip.decompress(trail().read_bytes())
        for packed in (text, gzip.compress(text)):
            done = run("backfill", "--format", "csv", "--stats",
                       str(harness.scratch() / "in.json"), "-",
                       stdin=None, input=packed)
            self.assertIn(b"severity", done.stdout)
            seen = json.loads((harness.scratch() / "in.json").read_text())
            self.assertGreater(seen["events"]["cloudtrail"], 0)


if __name__ == "__main__":
    unittest.main()
