"""The simulator's world: silence when quiet, every attack found."""
import datetime
import json
import sys
import unittest

import harness
from harness import findings
from truth import names, when

SEEDS = (1,) if harness.SLOW else (1, 2, 3)


def told(finding):
    """Where a finding names who did it and from where."""
    n = finding["nephoscope"]
    entities = [n["actor"], *n["entities"]] if n["actor"] else n["entities"]
    return " ".join([e["name"] for e in entities] +
                    [json.dumps(finding["service"].get("action"))])


def of_attack(finding, attack):
    """It overlaps the attack, by what closes its last hour, and names it."""
    service = finding["service"]
    slack = datetime.timedelta(hours=1)
    if when(service["eventLastSeen"]) < when(attack["first"]) or \
            when(service["eventFirstSeen"]) > when(attack["last"]) + slack:
        return False
    return any(name in told(finding) for name in names(attack))


class World(unittest.TestCase):
    def test_quiet_days_are_quiet(self):
        self.are_quiet("none")

    def test_days_with_every_change_are_quiet(self):
        self.are_quiet("all")

    def are_quiet(self, change):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                folder, truth = harness.world(attack="none", seed=seed,
                                              change=change)
                learned = when(truth["start"]) + datetime.timedelta(days=3)
                loud = [(f["severity"], f["type"], f["title"],
                         f["service"]["eventFirstSeen"])
                        for f in findings(folder) if f["severity"] >= 4 and
                        when(f["service"]["eventLastSeen"]) >= learned]
                self.assertEqual(loud, [])

    def test_every_attack_is_found(self):
        for seed in SEEDS:
            folder, truth = harness.world(attack="all", seed=seed)
            told_of = findings(folder)
            missed = []
            print(f"\nseed {seed}: {len(told_of)} findings\n"
                  f"{'attack':20} {'found':>5} {'worst':>5}  "
                  "types named by the simulator that were not found",
                  file=sys.stderr)
            for attack in truth["attacks"]:
                hits = [f for f in told_of if of_attack(f, attack)]
                types = {f["type"] for f in hits}
                worst = max((f["severity"] for f in hits), default=0)
                lacking = [t for t in attack["expected"] if t not in types]
                print(f"{attack['name']:20} {len(hits):5} {worst:5.1f}  "
                      f"{', '.join(lacking) or '-'}", file=sys.stderr)
                if not hits:
                    missed.append(attack["name"])
            strangers = [f["title"] for f in told_of if not any(
                of_attack(f, a) for a in truth["attacks"])
                and f["severity"] >= 4]
            print(f"of no attack, severity 4 or more: {strangers}",
                  file=sys.stderr)
            with self.subTest(seed=seed):
                self.assertEqual(missed, [])


if __name__ == "__main__":
    unittest.main()
