"""Files read once and followed: rotation in every form, restarts, kill -9."""
import gzip
import json
import os
import pathlib
import random
import shutil
import tempfile
import time
import unittest

from harness import SLOW, Driver, wait_until

MIB = 1 << 20


def line(number, pad=0):
    return json.dumps({"kind": "Event", "auditID": f"id-{number}",
                       "n": number, "pad": "x" * pad}) + "\n"


def lines(numbers):
    return "".join(map(line, numbers))


def numbers_of(body):
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    return [json.loads(text)["n"] for text in body.decode().splitlines()
            if text.strip()]


class FollowTest(unittest.TestCase):
    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="nephoscope-follow-"))
        self.addCleanup(shutil.rmtree, self.top)
        self.logs = self.top / "logs"
        self.logs.mkdir()
        self.driver = None

    def start(self, path=None, follow=True, commit_ms=0, **more):
        self.driver = Driver(self.top, {
            "name": "archive", "kind": "files", "follow": follow,
            "path": str(path or self.logs), **more}, commit_ms)
        self.driver.start()
        self.addCleanup(self.driver.stop)
        return self.driver

    def seen(self):
        if not self.driver.journal.exists():
            return []
        return [n for _, body in self.driver.records()
                for n in numbers_of(body)]

    def expect(self, numbers, timeout=20):
        numbers = list(numbers)
        wait_until(lambda: len(self.seen()) >= len(numbers), timeout)
        time.sleep(0.15)
        self.assertEqual(self.seen(), numbers)

    def places(self):
        return [head["place"] for head, _ in self.driver.records()]

    def append(self, name, text):
        with open(self.logs / name, "a", encoding="utf-8") as f:
            f.write(text)

    def pack(self, name, text, mtime=None):
        path = self.logs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
        if mtime:
            os.utime(path, (mtime, mtime))
        return path

    # --- read once

    def test_once(self):
        """In the order of the plan, each content once, also after a
        restart and under a new name."""
        self.pack("2026/11/03/c.json.gz", lines([5, 6]))
        self.pack("2026/11/01/z.json.gz", lines([1, 2]))
        (self.logs / "2026/11/02").mkdir()
        (self.logs / "2026/11/02/b.json").write_text(lines([3, 4]))
        shutil.copy(self.logs / "2026/11/01/z.json.gz",
                    self.logs / "2026/11/03/copy.json.gz")
        self.start(follow=False, cluster="prod")
        self.expect([1, 2, 3, 4, 5, 6])
        self.assertEqual(self.places(), ["2026/11/01/z.json.gz",
                                         "2026/11/02/b.json",
                                         "2026/11/03/c.json.gz"])
        self.assertEqual({h["cluster"] for h, _ in self.driver.records()},
                         {"prod"})
        self.driver.kill()
        os.rename(self.logs / "2026/11/01/z.json.gz",
                  self.logs / "2026/11/01/y.json.gz")
        self.pack("2026/11/03/c.json.gz", lines([5, 7]))
        self.start(follow=False)
        self.expect([1, 2, 3, 4, 5, 6, 5, 7])
        # What was read once is not read again when it is followed.
        self.driver.stop()
        self.start()
        self.assertTrue(wait_until(
            lambda: int(self.driver.counts()["duplicates"]) >= 4))
        self.append("2026/11/02/b.json", line(8))
        self.expect([1, 2, 3, 4, 5, 6, 5, 7, 8])

    def test_no_such_path(self):
        with self.assertRaises(RuntimeError) as raised:
            self.start(self.top / "none", follow=False)
        self.assertIn("none", str(raised.exception))

    # --- followed

    def test_order_at_the_start(self):
        """A compressed file that was just written may still be written to;
        what is behind it in the order of the plan waits for it."""
        old = time.time() - 60
        self.pack("2026/11/01/a.json.gz", lines([1, 2]), old)
        self.pack("2026/11/02/b.json.gz", lines([3, 4]))
        self.pack("2026/11/03/c.json.gz", lines([5, 6]), old)
        path = self.logs / "2026/11/04/d.json"
        path.parent.mkdir()
        path.write_text(lines([7, 8]))
        self.start()
        self.expect(range(1, 9))
        # What comes later comes as it comes.
        self.append("2026/11/04/d.json", line(9))
        self.assertTrue(wait_until(lambda: 9 in self.seen(), 5))

    def test_growing(self):
        self.append("audit.log", lines([1, 2]))
        self.start()
        self.expect([1, 2])
        for n in range(3, 8):
            start = time.monotonic()
            self.append("audit.log", line(n))
            self.assertTrue(wait_until(lambda n=n: n in self.seen(), 5))
            self.assertLess(time.monotonic() - start, 2)
        # Half a line waits for its other half.
        whole = line(8)
        self.append("audit.log", whole[:20])
        time.sleep(0.5)
        self.expect(range(1, 8))
        self.append("audit.log", whole[20:] + line(9))
        self.expect(range(1, 10))

    def test_restart_at_the_byte(self):
        self.append("audit.log", lines(range(5)))
        self.start()
        self.expect(range(5))
        self.driver.kill()
        self.append("audit.log", lines(range(5, 9)) + line(9)[:7])
        self.driver.start()
        self.expect(range(9))
        self.driver.kill()
        self.append("audit.log", line(9)[7:])
        self.driver.start()
        self.expect(range(10))

    def test_rename_rotation(self):
        self.append("audit.log", lines(range(5)))
        self.start(self.logs / "audit.log")
        self.expect(range(5))
        self.append("audit.log", lines(range(5, 8)))
        os.rename(self.logs / "audit.log",
                  self.logs / "audit-2026-11-22T03-21-30.000.log")
        self.append("audit.log", lines(range(8, 12)))
        self.expect(range(12))
        # While the service was down, twice.
        self.driver.kill()
        self.append("audit.log", lines(range(12, 14)))
        os.rename(self.logs / "audit.log",
                  self.logs / "audit-2026-11-22T04-21-30.000.log")
        self.append("audit.log", lines(range(14, 16)))
        os.rename(self.logs / "audit.log",
                  self.logs / "audit-2026-11-22T05-21-30.000.log")
        self.append("audit.log", lines(range(16, 18)))
        self.append("other.log", line(99))
        self.driver.start()
        self.expect(range(18))

    def test_rename_and_remove(self):
        """The rest of a log that was moved out of sight is read."""
        self.append("audit.log", lines(range(5)))
        self.start()
        self.expect(range(5))
        self.driver.command("room 0")
        with open(self.logs / "audit.log", "a", encoding="utf-8") as f:
            f.write(lines(range(5, 8)))
            f.flush()
            time.sleep(0.3)
            os.remove(self.logs / "audit.log")
            self.append("audit.log", lines(range(8, 10)))
            self.driver.command("room 1000000")
            self.expect(range(10))

    def test_truncation(self):
        self.append("audit.log", lines(range(5)))
        self.start()
        self.expect(range(5))
        os.truncate(self.logs / "audit.log", 0)
        self.append("audit.log", lines(range(5, 7)))
        self.expect(range(7))
        # More than there was before, while nobody looked.
        self.driver.kill()
        os.truncate(self.logs / "audit.log", 0)
        self.append("audit.log", lines(range(7, 30)))
        self.driver.start()
        self.expect(range(30))

    def test_copytruncate(self):
        self.append("audit.log", lines(range(5)))
        self.start()
        self.expect(range(5))
        # Lines that only the copy has are read from the copy.
        self.driver.command("room 0")
        self.append("audit.log", lines(range(5, 9)))
        shutil.copy(self.logs / "audit.log", self.logs / "audit.log.1")
        os.truncate(self.logs / "audit.log", 0)
        self.driver.command("room 1000000")
        self.expect(range(9))
        self.append("audit.log", lines(range(9, 12)))
        self.expect(range(12))

    def test_packed_rotation(self):
        """gzip of what was read is not read again; what is more in it is."""
        self.append("audit.log", lines(range(50)))
        self.start()
        self.expect(range(50))
        self.pack("audit.log-20261122.gz", lines(range(50)))
        os.remove(self.logs / "audit.log")
        self.append("audit.log", lines(range(50, 60)))
        self.expect(range(60))
        self.driver.kill()
        self.pack("audit.log-20261123.gz", lines(range(50, 70)))
        os.remove(self.logs / "audit.log")
        self.append("audit.log", lines(range(70, 75)))
        self.driver.start()
        wait_until(lambda: len(self.seen()) >= 75)
        time.sleep(0.3)
        self.assertEqual(sorted(self.seen()), list(range(75)))

    def test_archives_come(self):
        self.start()
        os.mkdir(self.logs / "new")
        staged = self.pack("../staged.gz", lines([1, 2]))
        os.rename(staged, self.logs / "new" / "a.json.gz")
        self.expect([1, 2])
        self.pack("new/deeper/still/b.json.gz", lines([3]))
        self.expect([1, 2, 3])
        # A name that is no log, a dot file, a digest: nothing.
        (self.logs / "README").write_text("{}\n")
        (self.logs / ".b.json").write_text(line(9))
        self.pack("new/x_CloudTrail-Digest_y.json.gz", line(9))
        # Renamed: known. Rewritten: new.
        os.rename(self.logs / "new" / "a.json.gz", self.logs / "moved.gz")
        time.sleep(0.5)
        self.pack("moved.gz", lines([4]))
        self.expect([1, 2, 3, 4])

    def test_pretty_json_is_one_parcel(self):
        text = json.dumps({"Records": [{"n": 1}, {"n": 2}]}, indent=1)
        (self.logs / "trail.json").write_text(text)
        self.start()
        self.assertTrue(wait_until(
            lambda: self.driver.journal.stat().st_size > 0, 15))
        self.assertEqual([b for _, b in self.driver.records()],
                         [text.encode()])

    def test_long_lines(self):
        self.append("audit.log", line(1) + line(2, 3 * MIB) + line(3))
        self.start()
        self.expect([1, 2, 3])
        self.append("audit.log", line(4, 9 * MIB) + line(5))
        self.expect([1, 2, 3, 5])
        self.assertEqual(self.driver.counts()["errors"], "1")
        self.driver.kill()
        self.driver.start()
        self.append("audit.log", line(6))
        self.expect([1, 2, 3, 5, 6])

    def test_header_goes_with_each_parcel(self):
        header = "version account-id interface-id srcaddr dstaddr\n"
        rows = [f"2 111122223333 eni-{i} 10.0.0.1 10.0.0.2\n"
                for i in range(6)]
        self.append("flow.log", header + "".join(rows[:2]))
        self.start()
        self.assertTrue(wait_until(lambda: len(self.driver.records()) == 1))
        self.driver.kill()
        self.append("flow.log", rows[2])
        self.driver.start()
        self.assertTrue(wait_until(lambda: len(self.driver.records()) == 2))
        self.append("flow.log", rows[3])
        self.assertTrue(wait_until(lambda: len(self.driver.records()) == 3))
        self.assertEqual([b.decode() for _, b in self.driver.records()],
                         [header + rows[0] + rows[1], header + rows[2],
                          header + rows[3]])

    def test_full_host(self):
        self.append("audit.log", lines(range(3)))
        self.start()
        self.expect(range(3))
        self.driver.command("room 0")
        self.append("audit.log", lines(range(3, 6)))
        time.sleep(0.5)
        self.assertEqual(self.seen(), [0, 1, 2])
        self.driver.command("room 100000")
        self.expect(range(6))

    def test_parcels_are_bounded(self):
        self.append("audit.log", "".join(line(n, 1000)
                                         for n in range(6000)))
        self.start()
        self.expect(range(6000), 60)
        self.assertLessEqual(max(len(b) for _, b in self.driver.records()),
                             MIB)

    def test_folder_comes_later(self):
        shutil.rmtree(self.logs)
        self.start()
        time.sleep(0.2)
        counts = self.driver.counts()
        self.assertEqual(counts["healthy"], "0")
        self.assertIn(str(self.logs), counts["trouble"])
        self.logs.mkdir()
        self.append("audit.log", line(1))
        self.expect([1])
        self.assertEqual(self.driver.counts()["healthy"], "1")

    def test_order_at_the_start(self):
        """A log and its rotations, oldest first, whatever their names."""
        self.append("audit.log.2", lines([1, 2]))
        self.append("audit.log.1", lines([3, 4]))
        self.append("audit.log", lines([5, 6]))
        for n, name in enumerate(("audit.log.2", "audit.log.1",
                                  "audit.log")):
            text = (self.logs / name).read_text().replace(
                '"kind"', f'"requestReceivedTimestamp":'
                f'"2026-11-2{n}T00:00:00Z","kind"')
            (self.logs / name).write_text(text)
        self.start(self.logs / "audit.log")
        self.expect(range(1, 7))

    def test_same_first_line(self):
        """Two logs that begin with the same line are two logs."""
        self.append("a.log", lines([0, 1, 2]))
        self.start()
        self.expect([0, 1, 2])
        self.append("b.log", lines([0, 5, 6, 7, 8]))
        self.expect([0, 1, 2, 0, 5, 6, 7, 8])
        self.append("a.log", line(3))
        self.append("b.log", line(9))
        wait_until(lambda: len(self.seen()) >= 10)
        time.sleep(0.2)
        self.assertEqual(sorted(self.seen()),
                         [0, 0, 1, 2, 3, 5, 6, 7, 8, 9])

    # --- all of it at once

    def test_torture(self):
        """10,000 numbered lines through every rotation, with kill -9 in
        between: each exactly once."""
        total, dice = (10_000 if not SLOW else 4_000,
                       random.Random(os.environ.get("FOLLOW_SEED", "7")))
        log = self.logs / "audit.log"
        self.start(commit_ms=30)
        written, turn = 0, 0
        kills = rotations = 0
        while written < total:
            n = min(dice.randrange(1, 120), total - written)
            text = lines(range(written, written + n))
            cut = dice.randrange(len(text))
            self.append("audit.log", text[:cut])
            if dice.random() < 0.10:
                self.driver.kill()
                kills += 1
                self.driver.start()
            self.append("audit.log", text[cut:])
            written += n
            what = dice.random()
            if what > 0.25:
                continue
            rotations += 1
            turn += 1
            if dice.random() < 0.5:
                wait_until(lambda: written - 1 in self.seen(), 20)
            if what < 0.10:
                os.rename(log, self.logs / f"audit-{turn}.log")
            elif what < 0.18:
                # Read to its end before: a truncation takes what was not.
                copy = self.logs / f"audit.log.{turn}"
                shutil.copy(log, copy)
                os.truncate(log, 0)
            else:
                self.pack(f"audit.log-{turn}.gz", log.read_text())
                os.remove(log)
            if dice.random() < 0.3:
                self.driver.kill()
                kills += 1
                self.driver.start()
        wait_until(lambda: len(self.seen()) >= total, 60)
        time.sleep(0.5)
        seen = self.seen()
        print(f"torture: {total} lines, {rotations} rotations, "
              f"{kills} kills, {len(self.driver.records())} parcels")
        self.assertEqual(len(seen), len(set(seen)), "given twice")
        self.assertEqual(sorted(seen), list(range(total)))


if __name__ == "__main__":
    unittest.main()
