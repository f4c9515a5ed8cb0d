"""Each allocation, write and sync of a small `backfill --state` fails once,
and each is the moment of a crash: it ends with a message, or does all that was
asked; and the next run, without a fault, finds what an undisturbed one finds.

FAULT_MOST bounds how many of each kind are tried; 0: every one.  FAULT_JOBS
is how many are tried at once.
"""
import collections
import concurrent.futures
import contextlib
import errno
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "e2e"))

from harness import BINARY, SLOW, fresh, logs, run, world  # noqa: E402
from serving import (Client, Service, event_lists, free_port,  # noqa: E402
                     listed, wait_for)

SHIM = os.environ["FAULT_SHIM"]
MOST = int(os.environ.get("FAULT_MOST", "6" if SLOW else "20"))
JOBS = int(os.environ.get("FAULT_JOBS", "1"))
# No run takes a second; one that is halted with all the others may.
PATIENCE = 600
HALF_MADE = b"not a nephoscope state file|a readonly database"
# Where a library does not look whether it got memory; the shim says so.
FOREIGN = r"crashed in libcrypto\.so.*"
STRUCK = "fault_shim: struck"
SEED = 31
mine = threading.local()


def place():
    """A folder of this thread's own, for its store."""
    if not hasattr(mine, "folder"):
        mine.folder = fresh(f"faults-{threading.get_ident()}")
    return mine.folder


def some_of(count):
    """The calls from 1 on that are tried: all, or MOST by chance."""
    every = range(1, count + 1)
    if MOST == 0 or count <= MOST:
        return every
    return sorted(random.Random(SEED).sample(every, MOST))


def try_each(what, points, once):
    """How often once(point) ended how; all that is wrong is told at the end."""
    def attempt(at):
        try:
            return once(at), None
        except AssertionError as failure:
            return "wrong", str(failure)

    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        tried = list(pool.map(attempt, points))
    ends = collections.Counter(end for end, _ in tried)
    wrong = [failure for _, failure in tried if failure]
    print(f"{what}: {len(tried)} tried, ends {dict(ends)}", flush=True)
    if wrong:
        raise AssertionError(wrong)
    return ends


def ended(code, said, allowed, what):
    """How it ended; a number is an exit code or a signal."""
    foreign = re.search(FOREIGN, said)
    if code == -signal.SIGSEGV and foreign:
        return foreign.group()
    if code not in allowed:
        raise AssertionError(f"{what}: {code}: {said[-2000:]}")
    if code == 0 and STRUCK not in said:
        return "no such call"
    return code


def plant_logs(folder):
    """A folder in it with a cluster's logs."""
    top, _ = world(days=2)
    made = folder / "logs"
    made.mkdir()
    for path in (p for p in logs(top) if "k8s-audit/plant" in str(p)):
        os.link(path, made / path.name)
    return made


def ids(lines):
    """Which findings are told in lines of JSON; a crash may leave a part."""
    told = set()
    for line in lines.splitlines():
        with contextlib.suppress(ValueError):
            told.add(json.loads(line)["id"])
    return told


def all_read(service, files):
    done = run("state", "info", "--state", str(service.store), code=None)
    return f"parcels      {files}\n".encode() in done.stdout


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = fresh("faults")
        cls.logs = plant_logs(cls.folder)
        cls.config = cls.folder / "faults.yaml"
        cls.config.write_text("service: {commit_ms: 10, jobs: 1}\n")
        cls.calm = cls.read("calm.db").stdout
        cls.calm_store = place() / "calm.db"
        cls.want = listed(cls.calm_store)
        if not cls.want:
            raise AssertionError("nothing is found")

    @classmethod
    def read(cls, store, **fault):
        env = dict(os.environ)
        if fault:
            env.update(LD_PRELOAD=SHIM, FAULT_START="faults.yaml",
                       ASAN_OPTIONS="verify_asan_link_order=0",
                       FAULT_COUNT=str(place() / "count"),
                       **{f"FAULT_{k.upper()}": str(v)
                          for k, v in fault.items()})
        return subprocess.run(
            [BINARY, "backfill", "-c", str(cls.config), "--state",
             str(place() / store), "--format", "guardduty",
             "--cluster", "plant-1", "--stats",
             str(place() / "stats.json"), str(cls.logs)],
            capture_output=True,
            stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False, env=env)

    @staticmethod
    def clear():
        for old in place().glob("store.db*"):
            old.unlink()

    def points(self, kind):
        """The calls of a kind to be tried: all, or some by chance.  When it
        commits depends on the clock, and so does their number a little."""
        count = 0
        for _ in range(5):
            self.clear()
            done = self.read("store.db", kind=kind, at=0)
            self.assertEqual(done.stdout, self.calm)
            count = max(count, int((place() / "count").read_text()))
        self.assertGreater(count, 0, kind)
        return some_of(count)

    def again(self, what):
        """The next run, undisturbed: all is there."""
        store = place() / "store.db"
        verified = run("state", "verify", "--state", str(store), code=None)
        if verified.returncode != 0:  # it was never whole: it was being made
            self.assertEqual(verified.returncode, 74, what)
            self.assertRegex(verified.stderr, HALF_MADE, what)
        done = self.read("store.db")
        self.assertEqual(done.returncode, 0, f"{what}: {done.stderr}")
        self.assertEqual(done.stdout, self.calm, what)
        self.assertEqual(listed(store), self.want, what)

    def each(self, kind, allowed, reason=errno.EIO):
        """How often it ended how; a number is an exit code or a signal."""
        return try_each(kind, self.points(kind), lambda at: self.once(
            f"{kind} {at}", allowed, kind=kind, at=at, errno=reason))

    def once(self, what, allowed, **fault):
        """How it ends with that fault, and that nothing is wrong after."""
        self.clear()
        done = self.read("store.db", **fault)
        said = done.stderr.decode(errors="replace")
        end = ended(done.returncode, said, allowed, what)
        if done.returncode == 0:
            self.assertEqual(done.stdout, self.calm, what)
        elif done.returncode > 0:
            self.assertIn("nephoscope", said, what)
        if (place() / "store.db").exists():
            self.again(what)
        return end

    def test_writes(self):
        for reason in (errno.EIO, errno.ENOSPC):
            ends = self.each("write", {0, 74}, reason)
            self.assertGreater(ends[74], 0)

    def test_syncs(self):
        """A commit that is not confirmed ends it.  The copy of what is
        committed into the main file is made again the next time."""
        ends = self.each("sync", {0, 74})
        self.assertGreater(ends[74], 0)

    def test_folder(self):
        """A new file's name must be on the disk too."""
        ends = self.each("folder", {0, 74})
        self.assertGreater(ends[74], 0)

    def test_renames(self):
        """What is written beside its place and moved there."""
        ends = self.each("rename", {0, 74})
        self.assertGreater(ends[74], 0)

    def test_crashes(self):
        # Where it is quick there are fewer commits, and no such call.
        self.each("crash", {-signal.SIGKILL, 0})

    def serving(self, name, kind, at, reason):
        """A service in which that call fails, begun."""
        s = Service(self.folder / name, [
            {"name": "a", "kind": "files", "path": str(self.logs),
             "cluster": "plant-1"}], service={"commit_ms": 10},
            env={"LD_PRELOAD": SHIM, "FAULT_KIND": kind,
                 "FAULT_AT": str(at), "FAULT_ERRNO": str(reason),
                 "FAULT_START": "nephoscope.yaml",
                 "ASAN_OPTIONS": "verify_asan_link_order=0"})
        s.start(wait=False)
        self.addCleanup(s.kill)
        files = len(list(self.logs.iterdir()))
        wait_for("its end", lambda: s.process.poll() is not None or (
            s.store.exists() and all_read(s, files)))
        return s

    def test_a_service_goes_on_after_a_write_that_failed(self):
        went_on = 0
        for reason, word in ((errno.EIO, "look at the disk"),
                             (errno.ENOSPC, "no space is left"),
                             (errno.EROFS, "Read-only file system")):
            for at in (40, 80, 120, 160):
                s = self.serving(f"serve-{reason}-{at}", "write", at, reason)
                if s.process.poll() is not None:  # the store was being made
                    self.assertEqual(s.process.returncode, 74, s.said())
                    continue
                s.stop()
                self.assertEqual(s.listed(), self.want)
                if word in s.said():
                    self.assertIn("takes commits again", s.said())
                    went_on += 1
        self.assertGreater(went_on, 2)

    def test_a_service_whose_disk_confirms_nothing_ends(self):
        ended = 0
        files = len(list(self.logs.iterdir()))
        for at in range(4, 9):
            s = self.serving(f"serve-{at}", "sync", at, errno.EIO)
            if s.process.poll() is not None:
                self.assertEqual(s.process.returncode, 74, s.said())
                self.assertIn("the disk did not confirm", s.said())
                ended += 1
            s.kill()
            # Where it may be relied on, it goes on and has everything.
            s.env = None
            with s:
                s.wait_parcels(files)
                s.stop()
            self.assertEqual(s.listed(), self.want)
        self.assertGreater(ended, 1)

    @unittest.skipIf(SLOW, "the sanitizers have an allocator of their own")
    def test_allocations_from_the_start(self):
        """Before anything is read: libraries begin, OpenSSL's among them."""
        def info(at):
            return subprocess.run(
                [BINARY, "state", "info", "--state",
                 str(self.calm_store)], capture_output=True,
                stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False,
                env={**os.environ, "LD_PRELOAD": SHIM, "FAULT_KIND": "alloc",
                     "FAULT_AT": str(at), "FAULT_COUNT": str(count)})

        count = self.folder / "count-of-start"
        want = info(0).stdout
        calls = int(count.read_text())
        self.assertGreater(calls, 100)
        every = some_of(calls)
        ends = collections.Counter()
        for at in every:
            done = info(at)
            ends[done.returncode] += 1
            self.assertIn(done.returncode, {0, 69, 74, -signal.SIGABRT},
                          f"{at}: {done.stderr}")
            if done.returncode == 0:
                self.assertEqual(done.stdout, want, at)
            else:
                self.assertIn(b"nephoscope: ", done.stderr, at)
        print(f"alloc from the start: {len(every)} tried, ends {dict(ends)}",
              flush=True)

    @unittest.skipIf(SLOW, "the sanitizers have an allocator of their own")
    def test_allocations(self):
        self.each("alloc", {0, 2, 64, 65, 66, 69, 70, 71, 74, 78,
                            -signal.SIGABRT})


@unittest.skipIf(SLOW, "the sanitizers have an allocator of their own")
class ServiceAllocations(unittest.TestCase):
    """A service that reads files, is posted to and feeds: from its
    configuration on each allocation fails once.  It may end, with a word; the
    next has everything."""

    ALLOWED = {0, 2, 64, 65, 66, 69, 70, 71, 74, 78, -signal.SIGABRT}

    @classmethod
    def setUpClass(cls):
        cls.folder = fresh("service-allocations")
        cls.logs = plant_logs(cls.folder)
        paths = sorted(cls.logs.iterdir())
        cls.posts = [("/clusters/plant-2", body) for body in
                     list(event_lists(paths[-1], 200))[:4]]
        cls.parcels = len(paths) + len(set(cls.posts))
        s, hook = cls.service("calm")
        cls.whole(s, hook)
        cls.want = s.listed()
        if not cls.want:
            raise AssertionError("nothing is found")

    @classmethod
    def service(cls, name):
        hook = free_port()
        folder = cls.folder / name
        return Service(folder, [
            {"name": "a", "kind": "files", "path": str(cls.logs),
             "cluster": "plant-1"},
            {"name": "b", "kind": "webhook",
             "listen": f"127.0.0.1:{hook}"}],
            [{"name": "siem", "kind": "file",
              "format": "guardduty", "path": str(folder / "feed.ndjson")}],
            service={"commit_ms": 10}), hook

    @classmethod
    def whole(cls, s, hook):
        """A life without a fault."""
        with s:
            client = Client(hook, cls.posts)
            client.start()
            client.finish()
            s.wait_parcels(cls.parcels)
            s.stop()

    def live(self, s, hook, at):
        """A life in which one allocation fails: how it ends."""
        s.env = {"LD_PRELOAD": SHIM, "FAULT_KIND": "alloc",
                 "FAULT_AT": str(at), "FAULT_START": "nephoscope.yaml",
                 "FAULT_COUNT": str(s.folder / "count")}
        s.start(wait=False)
        client = Client(hook, self.posts)
        client.start()
        try:
            wait_for("its end", lambda: s.process.poll() is not None or (
                s.store.exists() and all_read(s, self.parcels)), 120)
            return s.end()[0]
        finally:
            s.kill()
            client.ended.set()
            client.join()
            s.env = None

    def attempt(self, at):
        s, hook = self.service(f"at-{at}")
        code = self.live(s, hook, at)
        end = ended(code, s.said(), self.ALLOWED, at)
        if code != 0:
            self.assertIn("nephoscope", s.said(), at)
        self.whole(s, hook)
        self.assertEqual(s.listed(), self.want, at)
        self.assertEqual(self.fed(s), ids(self.want), at)
        shutil.rmtree(s.folder)
        return end

    def fed(self, s):
        return ids((s.folder / "feed.ndjson").read_bytes())

    def test_each(self):
        s, hook = self.service("count")
        self.assertEqual(self.live(s, hook, 0), 0)
        count = int((s.folder / "count").read_text())
        self.assertGreater(count, 1000)
        try_each("alloc of a service", some_of(count), self.attempt)


if __name__ == "__main__":
    unittest.main()
