"""What the parts of the quality harness share: the binary, time, tables."""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests/e2e"), str(ROOT / "tests/published")]

from report import table  # noqa: E402,F401  (found by the line above)
from truth import names, when  # noqa: E402,F401

BINARY = os.environ.get("NEPHOSCOPE", str(ROOT / "build/release/nephoscope"))
NOTICED = 4  # severity from which a finding is medium


def backfill(*paths, jobs="1"):
    """(standard output, findings) of one run."""
    done = subprocess.run(
        [BINARY, "backfill", "--jobs", jobs, "--format", "guardduty",
         *map(str, paths)], capture_output=True, check=False, timeout=300)
    if done.returncode not in (0, 2):
        raise RuntimeError(f"{paths}: exit {done.returncode}: "
                           f"{done.stderr.decode(errors='replace')}")
    return done.stdout, [json.loads(line)
                         for line in done.stdout.splitlines()]


def text_findings(text, suffix=".json"):
    """Findings of one small file with that text."""
    with tempfile.TemporaryDirectory(prefix="nephoscope-") as folder:
        path = pathlib.Path(folder) / ("one" + suffix)
        path.write_text(text, encoding="utf-8")
        return backfill(path)[1]


def each(function, items):
    """The results in the items' order, two at a time."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(function, items))


def told_at(finding):
    """When it could first be told: the first record that raised it."""
    times = [when(e["time"]) for e in finding["nephoscope"]["events"]
             if e.get("time")]
    return min(times, default=when(finding["service"]["eventFirstSeen"]))


def names_in(finding):
    """Where a finding names who did it and from where, as one text."""
    n = finding["nephoscope"]
    entities = [n["actor"], *n["entities"]] if n["actor"] else n["entities"]
    return " ".join([e["name"] for e in entities] +
                    [json.dumps(finding["service"].get("action"))])


def is_sequence(finding):
    return finding["type"].startswith("AttackSequence:")


def share(part, whole):
    return f"{part}/{whole} ({100 * part / whole:.1f} %)" if whole else "-"
