"""Feeds to files and standard output: rotation, torn lines, a full disk."""
import json
import os
import resource
import stat
import subprocess
import time
import unittest

import feeds
from feeds import Drive, folder


class File(unittest.TestCase):
    def setUp(self):
        self.dir = folder()
        self.path = self.dir / "findings.ndjson"
        self.config = self.dir / "c.yaml"
        self.config.write_text(
            f"feeds: [{{name: siem, kind: file, path: {self.path}}}]\n")

    def numbers(self, *paths):
        return [int(json.loads(line)["id"]) for path in paths
                for line in path.read_text().splitlines()]

    def test_each_finding_is_a_line_and_later_runs_append(self):
        for count in (300, 50):
            with Drive(self.config, count) as d:
                d.wait()
        self.assertEqual(self.numbers(self.path),
                         [*range(1, 301), *range(1, 51)])
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode) & ~0o640, 0)

    def test_a_torn_line_is_ended_first(self):
        self.path.write_text('{"id":"1"}\n{"id":"2')
        with Drive(self.config, 2) as d:
            d.wait()
        lines = self.path.read_text().split("\n")
        self.assertEqual(lines[:2], ['{"id":"1"}', '{"id":"2'])
        self.assertEqual([int(json.loads(x)["id"]) for x in lines[2:4]],
                         [1, 2])

    def test_a_rotated_file_is_left_and_a_new_one_begun(self):
        old = self.dir / "findings.1"
        with Drive(self.config, 200000) as d:
            d.until(lambda: d.delivered() > 500)
            self.path.rename(old)
            d.until(self.path.exists)
            before = d.delivered()
            d.until(lambda: d.delivered() > before + 500)
            d.stop()
            told = d.delivered()
        self.assertEqual(self.numbers(old, self.path)[:told],
                         list(range(1, told + 1)))

    def test_a_full_disk_tears_no_line_and_loses_none(self):
        limit = 20000
        with Drive(self.config, 400, preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))) as d:
            d.until(lambda: d.said())
            self.assertIn("File too large", d.said()[0])
            whole = self.path.read_bytes()
            self.assertLessEqual(len(whole), limit)
            self.assertTrue(whole.endswith(b"\n"), whole[-400:])
            self.assertEqual(len(self.numbers(self.path)), d.delivered())
            time.sleep(0.5)
            resource.prlimit(d.process.pid, resource.RLIMIT_FSIZE,
                             (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            d.wait()
            self.assertEqual(d.counts()["healthy"], "1")
            self.assertGreater(int(d.counts()["retries"]), 0)
            # One line when it began, one when it was over.
            self.assertEqual(len(d.said()), 2, d.said())
        self.assertEqual(self.numbers(self.path), list(range(1, 401)))

    def test_what_waiting_does_not_mend_is_refused(self):
        for path in (self.dir / "none" / "f", self.dir, "/dev/null"):
            self.config.write_text(
                f"feeds: [{{name: siem, kind: file, path: '{path}'}}]\n")
            with Drive(self.config, 1) as d:
                d.wait(78)
                self.assertIn("feed siem: cannot append to", d.text())

    def test_after_a_kill_nothing_told_is_missing(self):
        with Drive(self.config, 200000) as d:
            d.until(lambda: d.delivered() > 300)
            d.process.kill()
            d.process.wait()
            told = d.delivered()
        seen = self.path.read_bytes().split(b"\n")[:-1]
        self.assertEqual([feeds.number_of(x) for x in seen[:told]],
                         list(range(1, told + 1)))


class Stdout(unittest.TestCase):
    def setUp(self):
        self.dir = folder()
        self.config = self.dir / "c.yaml"
        self.config.write_text("feeds: [{name: out, kind: stdout}]\n")

    def test_a_slow_pipe_gets_all_in_order_and_does_not_block(self):
        with Drive(self.config, 100, size=9000,
                   stdout=subprocess.PIPE) as d:
            time.sleep(0.3)
            # A pipe holds 64 KiB: what does not fit is not told.
            self.assertLess(d.delivered(), 9)
            lines = d.process.stdout.read().splitlines()
            d.process.stdout.close()
            d.wait()
        self.assertEqual([feeds.number_of(x) for x in lines],
                         list(range(1, 101)))

    def test_a_reader_that_is_gone_and_a_full_device_are_failures(self):
        read, write = os.pipe()
        os.close(read)
        with open("/dev/full", "wb") as full:
            for out, why in ((write, "Broken pipe"),
                             (full, "No space left on device")):
                with Drive(self.config, 3, seconds=2, stdout=out) as d:
                    d.wait(1)
                    self.assertEqual(d.delivered(), 0)
                    self.assertEqual(len(d.said()), 1)
                    self.assertIn(why, d.said()[0])
                    self.assertEqual(d.counts()["healthy"], "0")
        os.close(write)


if __name__ == "__main__":
    unittest.main()
