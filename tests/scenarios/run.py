#!/usr/bin/env python3
"""Run one scenario through the real binary.

    run.py BINARY SCENARIO_DIR [--keep DIR] [--bless]

SCENARIO_DIR/scenario.py has fire(w) and quiet(w), which fill a world
(world.py), and may have configure(folder), which writes a configuration
beside the folder and gives its path; expected.json lists the findings of fire().  What fire() makes
must give exactly the findings of expected.json among the types named in it;
what quiet() makes must give none of these types and nothing of severity 4 or
more.  Without fire() there is no expected.json, and what quiet() makes must
give nothing at all.  --bless prints what was found in the
form of expected.json.  fire_geo(w), quiet_geo(w), configure_geo(folder) and
expected_geo.json are the same once more, for what databases of places tell.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from world import make_world  # noqa: E402


def load(folder):
    spec = importlib.util.spec_from_file_location(
        "scenario", os.path.join(folder, "scenario.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def actor_of(finding):
    actor = finding.get("nephoscope", {}).get("actor", "")
    return actor.get("name", "") if isinstance(actor, dict) else actor


def findings_of(binary, folder, config):
    run = subprocess.run([binary, "backfill", "--format", "guardduty"] +
                         (["-c", config] if config else []) + [folder],
                         stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, check=False)
    if run.returncode != 0:
        sys.exit("%s exited with %d: %s" % (
            binary, run.returncode, run.stderr.decode(errors="replace")))
    rows = [json.loads(line) for line in run.stdout.splitlines() if line]
    return sorted(({"type": f["type"], "actor": actor_of(f),
                    "severity": f["severity"],
                    "count": f["service"]["count"]} for f in rows),
                  key=text)


def make_and_run(binary, act, folder, configure):
    world = make_world(folder)
    act(world)
    os.makedirs(folder, exist_ok=True)
    world.write()
    return findings_of(binary, folder, configure and configure(folder))


def show(title, rows):
    return title + "".join("\n  " + json.dumps(row) for row in rows)


def plain(row):
    """8 and 8.0 are the same severity."""
    return dict(row, severity=float(row["severity"]))


def text(row):
    return json.dumps(row, sort_keys=True)


def compare(expected, fired, quiet):
    """What is wrong, as texts."""
    types = {row["type"] for row in expected}
    got = sorted((plain(r) for r in fired if r["type"] in types), key=text)
    wanted = sorted((plain(r) for r in expected), key=text)
    noise = [r for r in quiet
             if not types or r["type"] in types or r["severity"] >= 4]
    if got != wanted:
        yield show("expected:", wanted) + "\n" + show("found:", got)
    if noise:
        yield show("not quiet:", noise)


def judge(options, scenario, form, root):
    """One form of the scenario: what is wrong."""
    configure = getattr(scenario, "configure" + form, None)
    found = {}
    for act in ("fire", "quiet"):
        play = getattr(scenario, act + form, None)
        found[act] = play and make_and_run(
            options.binary, play, os.path.join(root, act + form), configure)
    if options.bless:
        print(json.dumps({"form": form, **found}, indent=1))
        return []
    if found["fire"] is None:
        return list(compare([], [], found["quiet"]))
    with open(os.path.join(options.scenario, "expected%s.json" % form),
              encoding="utf-8") as file:
        return list(compare(json.load(file), found["fire"], found["quiet"]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("scenario")
    parser.add_argument("--keep", help="write the logs there and keep them")
    parser.add_argument("--bless", action="store_true")
    options = parser.parse_args()
    scenario = load(options.scenario)
    root = options.keep or tempfile.mkdtemp(prefix="scenario-")
    wrong = []
    try:
        for form in ("", "_geo"):
            if hasattr(scenario, "quiet" + form):
                wrong += judge(options, scenario, form, root)
    finally:
        if not options.keep:
            shutil.rmtree(root, ignore_errors=True)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
