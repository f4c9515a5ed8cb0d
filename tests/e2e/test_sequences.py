"""Attack sequences: which attacks make one, and always the same ones."""
import json
import os
import pathlib
import random
import signal
import subprocess
import time
import unittest

import harness
from harness import backfill, findings, fresh, world

SEEDS = (1,) if harness.SLOW else (1, 2, 3)
# Attacks of the simulator with three tactics or more, or seen by two logs.
MAKE_ONE = {
    "stolen-key": "AttackSequence:IAM/CompromisedCredentials",
    "container-escape": "AttackSequence:EKS/CompromisedCluster",
    "cryptominer": "AttackSequence:EKS/CompromisedCluster",
    "s3-exfil": "AttackSequence:S3/CompromisedData",
    "anonymous-takeover": "AttackSequence:EKS/CompromisedCluster",
    "insider": "AttackSequence:EKS/CompromisedCluster",
    "root-login": "AttackSequence:IAM/CompromisedCredentials",
}


def sequences(rows):
    return [f for f in rows if f["type"].startswith("AttackSequence:")]


def lines(out):
    return [line for line in out.splitlines() if b"AttackSequence:" in line]


def often(folder):
    """A configuration that commits every 20 ms."""
    path = folder / "often.yaml"
    path.write_text("service: {commit_ms: 20}\n")
    return path


class Sequences(unittest.TestCase):
    def test_quiet_days_give_none(self):
        for seed in SEEDS:
            folder, _ = world(attack="none", seed=seed)
            self.assertEqual(sequences(findings(folder)), [])

    def test_attacks_of_three_tactics_give_one(self):
        for seed in SEEDS:
            folder, truth = world(attack="all", seed=seed)
            found = sequences(findings(folder))
            for attack in truth["attacks"]:
                wanted = MAKE_ONE.get(attack["name"])
                if wanted is None:
                    continue
                with self.subTest(seed=seed, attack=attack["name"]):
                    self.assertTrue(any(
                        f["type"] == wanted and self.names(f, attack)
                        for f in found))

    @staticmethod
    def names(finding, attack):
        text = json.dumps(finding["service"]["detection"]["sequence"])
        return any(a in text or a.split("/")[-1] in text or
                   a.split("/")[-2:-1] and a.split("/")[-2] in text
                   for a in attack["actors"] + attack["addresses"])

    def test_form(self):
        folder, _ = world(attack="all", seed=1)
        for f in sequences(findings(folder)):
            s = f["service"]["detection"]["sequence"]
            self.assertEqual(s["uid"], f["id"])
            self.assertTrue(1 <= len(s["signals"]) <= 100)
            times = [x["firstSeenAt"] for x in s["signals"]]
            self.assertEqual(times, sorted(times))
            actors = {a["id"] for a in s["actors"]}
            resources = {r["uid"] for r in s["resources"]}
            endpoints = {e["id"] for e in s["endpoints"]}
            for x in s["signals"]:
                self.assertLessEqual(set(x["actorIds"]), actors)
                self.assertLessEqual(set(x["resourceUids"]), resources)
                self.assertLessEqual(set(x["endpointIds"]), endpoints)
            self.assertIn("First, ", s["description"])
            self.assertEqual(f["severity"], 9)
            self.assertEqual(f["resource"]["resourceType"], "AttackSequence")
            self.assertTrue(f["nephoscope"]["playbook"])

    def test_threads_and_order_change_nothing(self):
        folder, _ = world(attack="all", seed=1)
        parts = sorted(p for p in folder.iterdir() if p.is_dir())
        once = lines(backfill(*parts, "--jobs", "1"))
        self.assertTrue(once)
        for jobs in ("2", "4"):
            random.Random(jobs).shuffle(parts)
            self.assertEqual(
                lines(backfill(*parts, "--jobs", jobs)), once)

    def test_commits_change_nothing(self):
        folder, _ = world(attack="all", seed=1)
        place = fresh("commits")
        once = lines(backfill(folder))
        kept = backfill("-c", often(place), "--state", place / "s.db", folder)
        self.assertEqual(lines(kept), once)
        again = backfill("-c", often(place), "--state", place / "s.db", folder)
        self.assertEqual(lines(again), once)

    def test_kills_change_nothing(self):
        folder, _ = world(attack="all", seed=1)
        place = fresh("kills")
        once = lines(backfill(folder))
        state = place / "s.db"
        command = [harness.BINARY, "backfill", "-c", str(often(place)),
                   "--state", str(state), "--format", "guardduty",
                   str(folder)]
        for i in range(2 if harness.SLOW else 4):
            with subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as run:
                time.sleep(0.25 * (i + 1))
                os.kill(run.pid, signal.SIGKILL)
        done = subprocess.run(command, capture_output=True, check=True,
                              timeout=300)
        self.assertEqual(lines(done.stdout), once)
        self.assertTrue(pathlib.Path(state).exists())


if __name__ == "__main__":
    unittest.main()
