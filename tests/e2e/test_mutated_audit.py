"""Audit records of all Kubernetes scenarios with parts cut out, wrapped or
replaced: whatever a detector is given, the program ends well and what it
prints is JSON.  Found names that were used after they had moved."""
import importlib.util
import json
import random
import sys
import unittest

import harness

SCENARIOS = harness.pathlib.Path(__file__).resolve().parents[1] / "scenarios"
DETECTORS = SCENARIOS.parents[1] / "detectors/k8s"
SEEDS = (2, 3) if harness.SLOW else (1, 2, 3, 4)
RECORDS = 6000
WEIRD = ("null", "true", "0", "-1", "1e300", '""', '"%s%n"', '"*"',
         '"\\u202e\\u0000x"', '"' + "a" * 5000 + '"', "[]", "{}", "[[[]]]",
         "[null]", '[1,"x"]', '{"a":{"b":[]}}', '"system:masters"')


def corpus():
    """The records of each scenario that must fire, without its history."""
    sys.path.insert(0, str(SCENARIOS))
    from world import make_world
    rows = []
    for file in sorted(DETECTORS.glob("*.c")):
        spec = importlib.util.spec_from_file_location(
            "scenario", SCENARIOS / file.stem / "scenario.py")
        scenario = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(scenario)
        world = make_world("unused")
        world.cluster_life = lambda *_, **__: None
        scenario.fire(world)
        for kept in getattr(world, "audit_files", {}).values():
            rows += [json.loads(text) for _, text in kept[:60]]
    return rows


def places(value):
    """(container, key) of all values inside."""
    inside = value.items() if isinstance(value, dict) else \
        enumerate(value) if isinstance(value, list) else ()
    for key, member in inside:
        yield value, key
        yield from places(member)


def mutate(record, rng):
    for _ in range(rng.randint(1, 3)):
        found = list(places(record))
        if not found:
            return
        container, key = rng.choice(found)
        what = rng.random()
        if what < .15:
            del container[key]
        elif what < .3 and isinstance(container[key], list):
            container[key] = container[key] * 300
        elif what < .4:
            container[key] = [container[key]]
        else:
            container[key] = json.loads(rng.choice(WEIRD))


class MutatedAudit(unittest.TestCase):
    def test_no_record_is_too_strange(self):
        rows = [json.dumps(row) for row in corpus()]
        for seed in SEEDS:
            rng = random.Random(seed)
            folder = harness.fresh("mutated") / "k8s-audit" / "c"
            folder.mkdir(parents=True)
            with open(folder / "audit.log", "w", encoding="utf-8") as out:
                for i in range(RECORDS):
                    record = json.loads(rng.choice(rows))
                    mutate(record, rng)
                    record["auditID"] = str(i)
                    out.write(json.dumps(record) + "\n")
            with self.subTest(seed=seed):
                done = harness.run("backfill", "--format", "guardduty",
                                   str(folder), code=None)
                self.assertIn(done.returncode, (0, 2), done.stderr[-2000:])
                self.assertTrue(done.stdout)
                for line in done.stdout.splitlines():
                    json.loads(line)


if __name__ == "__main__":
    unittest.main()
