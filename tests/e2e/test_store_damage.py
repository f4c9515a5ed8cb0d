"""A state file with a bit flipped or its end cut off, anywhere: that is
detected and the file left as it is, or it changes nothing that is found.

STORE_PLACES says at how many places; `./dev torture` tries 1,000.
"""
import os
import pathlib
import random
import subprocess
import unittest

from harness import BINARY, SLOW, fresh, logs, run, scratch, world
from serving import Service, listed

PLACES = int(os.environ.get("STORE_PLACES", "60" if SLOW else "200"))
SEED = 21
HEADER = 100  # bytes of the file that SQLite keeps for itself


def call(*args):
    """Exit code and standard output; it must end, by itself."""
    done = subprocess.run([BINARY, *map(str, args)], capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=60, check=False)
    if done.returncode < 0 or b"Sanitizer" in done.stderr:
        raise AssertionError(f"{args}: {done.returncode}\n"
                             + done.stderr.decode(errors="replace")[-3000:])
    return done.returncode, done.stdout, done.stderr


def live_bytes(wal):
    """How long a journal is: behind it lies what is left of an older one."""
    frame, salt, at = 24 + 4096, wal[16:24], 32
    while wal[at + 8:at + 16] == salt:
        at += frame
    return min(at, len(wal))


class Damage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.logs, _ = world(days=2)
        cls.folder = fresh("damage")
        cls.whole = cls.folder / "whole.db"
        run("backfill", "--state", str(cls.whole), str(cls.logs))
        cls.bytes = cls.whole.read_bytes()
        cls.want = listed(cls.whole)

    def try_bytes(self, damaged, what):
        """True when it is detected."""
        path = self.folder / "damaged.db"
        for old in self.folder.glob("damaged.db*"):
            old.unlink()
        path.write_bytes(damaged)
        code, _, said = call("state", "verify", "--state", path)
        if code == 0:
            code, out, _ = call("findings", "list", "--state", path,
                                "--format", "guardduty")
            self.assertEqual(code, 0, what)
            self.assertEqual(out, self.want, f"{what}: unseen")
        else:
            self.assertEqual(code, 74, what)
            self.assertIn(b"damaged.db", said, what)
        self.assertEqual(path.read_bytes(), damaged, f"{what}: written")
        return code != 0

    def test_flipped_bits(self):
        rng = random.Random(SEED)
        seen = 0
        for number in range(PLACES):
            at = rng.randrange(HEADER if number % 20 == 0
                               else len(self.bytes))
            bit = rng.randrange(8)
            damaged = bytearray(self.bytes)
            damaged[at] ^= 1 << bit
            seen += self.try_bytes(bytes(damaged), f"bit {bit} of byte {at}")
        print(f"flipped: {seen} of {PLACES} detected, the others harmless",
              flush=True)
        self.assertGreater(seen, PLACES // 2)

    def test_cut_off(self):
        rng = random.Random(SEED)
        places = PLACES // 4
        for _ in range(places):
            size = rng.randrange(1, len(self.bytes))
            self.assertTrue(self.try_bytes(self.bytes[:size],
                                           f"cut at {size}"))

    def test_journal(self):
        """What a service leaves that is killed: commits in the journal that
        were confirmed are missed, wherever it is damaged."""
        s = Service(self.folder / "killed", [
            {"name": "a", "kind": "files", "path": str(self.logs)}])
        with s:
            s.wait_parcels(len(logs(self.logs)))
        ends = ("", "-wal", "-lock")
        left = {end: pathlib.Path(f"{s.store}{end}").read_bytes()
                for end in ends}
        path = self.folder / "journal.db"

        def verify(wal):
            for end in ends:
                pathlib.Path(f"{path}{end}").write_bytes(
                    wal if end == "-wal" else left[end])
            pathlib.Path(f"{path}-shm").unlink(missing_ok=True)
            return call("state", "verify", "--state", path)

        self.assertEqual(verify(left["-wal"])[0], 0)
        want = listed(path)
        rng, seen, places = random.Random(SEED), 0, PLACES // 4
        live = live_bytes(left["-wal"])
        for number in range(places):
            wal = bytearray(left["-wal"])
            at = rng.randrange(live)
            if number % 4 == 0:
                wal = wal[:at]
            else:
                wal[at] ^= 1 << rng.randrange(8)
            code, _, said = verify(wal)
            if code == 0:  # all of it was copied into the file already
                self.assertEqual(listed(path), want, f"{at}: unseen")
                continue
            self.assertEqual(code, 74, at)
            self.assertIn(b"is damaged", said)
            self.assertEqual(pathlib.Path(f"{path}-wal").read_bytes(), wal)
            self.assertEqual(path.read_bytes(), left[""])
            seen += 1
        print(f"journal: {seen} of {places} detected", flush=True)
        # Where the file alone is whole, a journal that ends early may be.
        if verify(b"")[0] == 0:
            self.assertEqual(listed(path), want)
        else:
            self.assertEqual(seen, places)

    def test_nobody_writes_a_damaged_file(self):
        damaged = bytearray(self.bytes)
        for at in range(4096 + 50, len(damaged), 4096 * 7):
            damaged[at] ^= 0x10
        path = self.folder / "served.db"
        path.write_bytes(damaged)
        code, _, said = call("backfill", "--state", path, self.logs)
        self.assertEqual(code, 74)
        self.assertIn(b"state backup", said)
        s = Service(self.folder / "serve", [
            {"name": "a", "kind": "files", "path": str(self.logs)}],
            store={"path": str(path)})
        s.start(wait=False)
        self.assertEqual(s.process.wait(60), 74)
        self.assertEqual(path.read_bytes(), damaged)

    def test_what_is_no_state_file(self):
        path = scratch() / "none.db"
        path.write_text("no state file, but somebody's notes\n" * 100)
        before = path.read_bytes()
        for command in (("backfill", "--state", path, self.logs),
                        ("state", "verify", "--state", path),
                        ("findings", "list", "--state", path)):
            self.assertEqual(call(*command)[0], 74, command)
            self.assertEqual(path.read_bytes(), before)


if __name__ == "__main__":
    unittest.main()
