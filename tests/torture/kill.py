"""S3 with SQS, Kafka and the webhook feed one service that is killed at
random moments: what it holds at the end must be what an undisturbed one does.

kill.py [KILLS] [VARIANT...]; variants:
plain
duplicates	three of ten notices and posts come again
faults		5xx, resets and bodies that break off
expired		temporary keys that AWS takes for expired while they are in use
broker		Kafka is stopped and killed too
late		one object of a hundred comes days after the others of its time
reorder		notices come in any order: all must have been read
"""
import json
import os
import pathlib
import random
import sqlite3
import sys
import tempfile
import time

import rig

rig.in_moto(__file__)

from serving import Service, free_port  # noqa: E402

KILLS = 25
VARIANTS = ("plain", "duplicates", "faults", "expired", "broker", "late",
            "reorder")
LATE_SHARE = 0.01
LATE_KILLS = 0.2  # of all, while what is late comes
KEY_LIFE_S = 2
SEED = 11
DAYS = 2
GAP_S = (0.15, 1.3)  # between a start and the kill
SLOW = bool(os.environ.get("NEPHOSCOPE_SLOW"))


def states(store):
    """Every page of what is usual, and how often what was noticed, by
    account: {tenant: {region and page: bytes}}."""
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    names = {number: bytes(name) for number, name in
             db.execute("SELECT id, name FROM tenant")}
    found = {name: {} for name in names.values()}
    for key, body in db.execute("SELECT key, body FROM page"):
        found[names[key >> 40]][key & (1 << 40) - 1] = body
    signals = dict(db.execute(
        "SELECT tenant, count(*) FROM signal GROUP BY tenant"))
    kept = db.execute("SELECT count(*) FROM kept").fetchone()[0]
    db.close()
    return found, {bytes(k): v for k, v in signals.items()}, kept


def findings(service, name):
    """All of them as JSON; the topic, the bucket are one run's own."""
    return service.listed().replace(name.encode(), b"run").splitlines()


def unlike(tenant, want, got):
    """Where two states differ: region, page, first byte."""
    places = []
    for key in sorted(want.keys() | got.keys()):
        a, b = want.get(key, b""), got.get(key, b"")
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y),
                      min(len(a), len(b)))
            places.append(f"{key >> 24}/{key & 0xffffff}@{at} "
                          f"{a[at:at + 8].hex()}<>{b[at:at + 8].hex()}")
    return f"{tenant.decode()}: {len(places)} pages, {places[:12]}"


class Faults:
    """5xx, resets and bodies that break off, by chance."""

    def __init__(self, rng, share):
        self.rng, self.share, self.count = rng, share, 0

    def __call__(self, handler, _number):
        if self.rng.random() >= self.share:
            return None
        self.count += 1
        return self.rng.choice((
            ("reset",), ("cut", 100),
            ("answer", 503, b"<Error><Code>SlowDown</Code></Error>"),
            ("answer", 500, b"<Error><Code>InternalError</Code></Error>")))


class Test:
    def __init__(self, folder):
        self.folder = folder
        self.servers = rig.Servers(folder)
        self.logs = rig.Logs(folder, DAYS)
        self.number = 0

    def service(self):
        """A new one; all have the same secret, for their states to be
        alike."""
        self.number += 1
        name = f"run-{self.number}"
        s = Service(self.folder / name,
                    self.servers.sources(name, free_port()),
                    [{"name": "siem", "kind": "file",
                      "path": str(self.folder / f"{name}.ndjson")}],
                    env=rig.clean_env())
        base = self.folder / "base.db"
        if not base.exists():
            nothing = self.folder / "nothing"
            nothing.mkdir()
            empty = Service(self.folder / "base", [
                {"name": "none", "kind": "files", "path": str(nothing)}])
            empty.start()
            empty.stop()
            empty.store.rename(base)
        s.store.write_bytes(base.read_bytes())
        return s, name

    def calm(self, held=()):
        """Findings, states and so on of a run without a kill."""
        s, name = self.service()
        feeding = rig.Feeding(self.servers, self.logs, s, name, 0, held=held)
        feeding.upload.finish()  # it lists them, in their order
        with s:
            feeding.finish()
            if held:
                feeding.release(0)
                feeding.finish()
            s.stop()
        want = (findings(s, name), *states(s.store))
        print(f"undisturbed{', late' if held else ''}: {len(want[0])} "
              f"findings, {sum(want[2].values())} signals of "
              f"{len(want[1])} accounts and clusters, from "
              f"{len(self.logs.objects)} objects, {len(self.logs.posts)} "
              f"posts, {len(self.logs.lines)} records", flush=True)
        return want

    def late(self, rng):
        """The keys of what comes late: of the first half, to be days."""
        half = [key for key, _ in self.logs.objects[
            :len(self.logs.objects) // 2]]
        return set(rng.sample(half, max(
            4, round(len(self.logs.objects) * LATE_SHARE))))

    def disturbed(self, variant, kills, seed):
        rng = random.Random(seed)
        held = self.late(rng) if variant == "late" else ()
        want = self.calm(held) if held else self.want
        s, name = self.service()
        gap = [g * (3 if SLOW else 1) for g in GAP_S]
        last = round(kills * LATE_KILLS) if held else 0
        began = time.monotonic()
        feeding = rig.Feeding(
            self.servers, self.logs, s, name, (kills - last) * sum(gap) / 2,
            0.3 if variant in ("duplicates", "late") else 0.0,
            variant == "reorder", seed, held)
        faults = Faults(rng, 0.1)
        if variant == "expired":
            faults = rig.Keys(rng, KEY_LIFE_S * (3 if SLOW else 1))
            s.env = faults.env()
        if variant in ("faults", "expired"):
            self.servers.gate.rule = faults
        self.kill_often(s, kills - last, gap, rng, variant, feeding)
        with s:
            feeding.finish()
            if not held:
                self.servers.gate.rule = None
                s.stop()
        if held:
            feeding.release(last * sum(gap) / 2)
            self.kill_often(s, last, gap, rng, variant, feeding)
            with s:
                feeding.finish()
                s.stop()
        if variant == "expired":
            faults.close()
        self.check(s, name, variant, want)
        print(f"{variant}: {kills} kills in {time.monotonic() - began:.0f} s,"
              f" {feeding.client.tries} posts, {faults.count} faults: "
              + ("all was read" if variant == "reorder" else "the same"),
              flush=True)

    def kill_often(self, s, kills, gap, rng, variant, feeding):
        for kill in range(kills):
            self.servers.gate.set(True)
            s.start(wait=False)
            time.sleep(rng.uniform(*gap))
            if s.process.poll() is not None:
                raise AssertionError(f"exit {s.process.returncode}: "
                                     + s.said()[-3000:])
            s.kill()
            self.servers.gate.set(False)
            if variant == "broker" and kill % 8 == 4:
                self.servers.broker.stop(kill=kill % 16 == 4)
                self.servers.broker.start()
        # What a killed service asked of the queue may still be answered, to
        # nobody, and that message comes again in minutes only: the rest is
        # put while no service runs, and found by the next one's listing.
        self.servers.gate.set(False)
        feeding.upload.finish()
        self.servers.gate.set(True)

    def fed(self, name):
        """What the feed was told last, by id."""
        lines = (self.folder / f"{name}.ndjson").read_text().splitlines()
        return {f["id"]: f for f in map(json.loads, lines)}

    def check(self, s, name, variant, want):
        got = (findings(s, name), *states(s.store))
        fed = self.fed(name)
        if variant == "reorder":
            # Another order is another history: all must have been read, and
            # the feed have what the store has.
            self.check_fed(variant, fed, got[0])
            return
        if got[0] != want[0]:
            raise AssertionError("\n".join(
                [f"{variant}: other findings"] + sorted(
                    str(f) for f in {*got[0]} ^ {*want[0]})))
        differ = {t for t in want[1]
                  if got[1].get(t, {}) != want[1][t]}
        if differ:
            raise AssertionError(
                f"{variant}: another state of " + "; ".join(
                    unlike(t, want[1][t], got[1].get(t, {}))
                    for t in sorted(differ)))
        if got[2:] != want[2:]:
            raise AssertionError(f"{variant}: {got[2:]}, {want[2:]}")
        self.check_fed(variant, fed, want[0])

    @staticmethod
    def check_fed(variant, fed, told):
        ids = {json.loads(line)["id"] for line in told}
        # What looked like a sequence before logs of an earlier time came may
        # be another one by the end (told.h): the feed is told that too.
        wrong = [f for i, f in fed.items()
                 if f["service"]["archived"] != (i not in ids) or (
                     i not in ids
                     and not f["type"].startswith("AttackSequence:"))]
        if wrong or ids - fed.keys():
            raise AssertionError(f"{variant}: the feed has {wrong}, "
                                 f"it lacks {ids - fed.keys()}")


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    variants = sys.argv[2:] or VARIANTS[:1]
    with tempfile.TemporaryDirectory(prefix="nephoscope-kill-") as top:
        test = Test(pathlib.Path(top))
        try:
            test.want = test.calm()
            for number, variant in enumerate(variants):
                test.disturbed(variant, kills, SEED + number)
        finally:
            test.servers.close()


if __name__ == "__main__":
    main()
