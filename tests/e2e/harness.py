"""What the end-to-end tests share: the real binary, simulated logs, folders.

NEPHOSCOPE names the binary.  NEPHOSCOPE_SLOW is set where it is built with
sanitizers: the tests then take fewer and shorter runs.
"""
import functools
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BINARY = os.environ["NEPHOSCOPE"]
SLOW = bool(os.environ.get("NEPHOSCOPE_SLOW"))
SOURCES = ("cloudtrail", "vpcflow", "dns", "k8s-audit")


def run(*args, code=0, **more):
    """Run the binary; the exit code must be `code`."""
    done = subprocess.run([BINARY, *args], capture_output=True,
                          timeout=300, check=False,
                          **{"stdin": subprocess.DEVNULL, **more})
    if code is not None and done.returncode != code:
        raise AssertionError(
            f"{args}: exit {done.returncode}, not {code}\n"
            + done.stderr.decode(errors="replace")[-2000:])
    return done


def backfill(*args, form="guardduty", **more):
    return run("backfill", "--format", form, *map(os.fspath, args),
               **more).stdout


def findings(*args, **more):
    return [json.loads(line) for line in
            backfill(*args, **more).splitlines()]


@functools.lru_cache
def scratch():
    """A folder for this program's run, removed at its end."""
    folder = tempfile.TemporaryDirectory(prefix="nephoscope-e2e-")
    unittest.addModuleCleanup(folder.cleanup)
    return pathlib.Path(folder.name)


def fresh(name):
    """An empty folder of that name."""
    folder = scratch() / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@functools.lru_cache
def world(attack="all", seed=1, days=14, root=None, change="none"):
    """Simulated logs: (folder, truth)."""
    folder = (root or scratch()) / f"world-{attack}-{change}-{seed}-{days}"
    run("simulate", "--out", str(folder), "--attack", attack, "--change",
        change, "--seed", str(seed), "--days", str(days))
    return folder, json.loads((folder / "truth.json").read_text())


def logs(folder):
    """Every log of a simulated folder, in the order of its names."""
    return sorted(p for p in folder.rglob("*.gz")
                  if "CloudTrail-Digest" not in str(p))


def records(path):
    """The CloudTrail records of one file."""
    return json.loads(gzip.decompress(path.read_bytes()))["Records"]


def stats(*args, **more):
    """Standard output and the --stats object."""
    file = scratch() / "stats.json"
    out = backfill("--stats", file, *args, **more)
    return out, json.loads(file.read_text())
