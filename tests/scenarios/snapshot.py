#!/usr/bin/env python3
"""A snapshot after each event changes nothing, in any scenario.

    snapshot.py SNAPSHOT_BINARY PART PARTS MOST

Runs snapshot.c over what fire(), or else quiet(), of every PARTS-th scenario
makes, beginning with the PART-th, with at most MOST snapshots each.
"""

import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from run import load  # noqa: E402
from world import make_world  # noqa: E402


def files_of(folder):
    return sorted(os.path.join(at, name) for at, _, names in os.walk(folder)
                  for name in names)


def check(binary, scenario, most):
    with tempfile.TemporaryDirectory(prefix="snapshot-") as folder:
        world = make_world(folder)
        acts = load(os.path.join(HERE, scenario))
        getattr(acts, "fire", acts.quiet)(world)
        world.write()
        done = subprocess.run([binary, most, *files_of(folder)],
                              capture_output=True, text=True, check=False)
    print(scenario + ":", done.stdout.strip() or "failed", flush=True)
    if done.returncode != 0:
        print(done.stderr[-3000:])
    return done.returncode == 0


def main():
    binary, part, parts, most = sys.argv[1:]
    names = sorted(name for name in os.listdir(HERE) if os.path.exists(
        os.path.join(HERE, name, "scenario.py")))
    names = names[int(part)::int(parts)]
    good = [check(binary, name, most) for name in names]
    sys.exit(not good or not all(good))


if __name__ == "__main__":
    main()
