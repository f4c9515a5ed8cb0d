"""Simulated organisations: every attack alone, every benign change alone.

An attack adds records to its seed's quiet world and changes no others; so
what is found with it and not without it was found because of it.
"""
import collections
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

from common import (BINARY, NOTICED, backfill, each, is_sequence, names, names_in,
                    share, table, told_at, when)

# A world is thousands of small files: in memory where the system has room.
PLACE = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
LEARNING = datetime.timedelta(days=3)
# The attacks that go through three tactics, or through two logs: what one or
# two findings of one log tell (a scan, a tunnel, a published dashboard ...) is
# no sequence.
SEQUENCES = {"stolen-key", "container-escape", "cryptominer", "s3-exfil",
             "anonymous-takeover", "insider", "root-login"}


def listed(option):
    done = subprocess.run([BINARY, "simulate", option, "list"],
                          capture_output=True, check=True)
    return [line.split()[0] for line in done.stdout.decode().splitlines()]


def sources():
    """The sources of each finding type."""
    done = subprocess.run([BINARY, "detectors", "list", "--format", "json"],
                          capture_output=True, check=True)
    return {row["type"]: ", ".join(row["sources"])
            for row in json.loads(done.stdout)}


def run_world(seed, attack="none", change="none", more=None):
    """(findings, truth, what `more` says of the folder)."""
    with tempfile.TemporaryDirectory(prefix="nephoscope-q-",
                                     dir=PLACE) as folder:
        subprocess.run(
            [BINARY, "simulate", "--out", folder, "--seed", str(seed),
             "--attack", attack, "--change", change],
            check=True, capture_output=True, timeout=300)
        truth = json.loads(
            (pathlib.Path(folder) / "truth.json").read_text())
        found = backfill(folder)[1]
        return found, truth, more(pathlib.Path(folder)) if more else None


def is_determined(folder):
    """The same bytes for one thread, two, and arguments in other order."""
    parts = sorted(p for p in folder.iterdir() if p.is_dir())
    first = backfill(*parts)[0]
    return (backfill(*parts, jobs="2")[0] == first and
            backfill(*reversed(parts))[0] == first)


def stories(caused):
    """Findings of severity 4 and more, those that a sequence tells too
    counted with it."""
    told = {signal["name"] for f in caused if is_sequence(f)
            for signal in f["service"]["detection"]["sequence"]["signals"]}
    return sum(f["severity"] >= NOTICED and f["type"] not in told
               for f in caused)


def judge_attack(found, truth, quiet_ids):
    attack = truth["attacks"][0]
    caused = [f for f in found if f["id"] not in quiet_ids]
    naming = [f for f in caused
              if any(n in names_in(f) for n in names(attack))]
    start = when(attack["first"])
    minutes = [(told_at(f) - start).total_seconds() / 60 for f in caused
               if told_at(f) >= start]
    return {
        "attack": attack["name"],
        "findings": len(caused),
        "noticed": sum(f["severity"] >= NOTICED for f in caused),
        "stories": stories(caused),
        "naming": len(naming),
        "sequence": sorted({f["type"] for f in caused if is_sequence(f)}),
        "minutes": round(min(minutes), 1) if minutes else None,
        "expected": attack["expected"],
        "types": sorted({f["type"] for f in caused}),
        "loud": sorted(f["type"] for f in caused
                       if f["severity"] >= NOTICED),
    }


def judge_quiet(found, truth):
    """Findings after the days of learning."""
    learned = when(truth["start"]) + LEARNING
    days = (when(truth["end"]) - learned).total_seconds() / 86400
    late = [f for f in found if told_at(f) >= learned]
    return {"clusterDays": days * len(truth["clusters"]),
            "findings": len(late),
            "loud": [[f["type"], f["severity"], f["title"],
                      f["service"]["eventFirstSeen"]] for f in late
                     if f["severity"] >= NOTICED]}


def measure(seeds):
    attacks, changes = listed("--attack"), listed("--change")
    jobs = [(seed, "none", change)
            for seed in seeds for change in ["none", *changes, "all"]]
    quiet_runs = each(lambda j: run_world(*j), jobs)
    ids = {seed: {f["id"] for f in run[0]}
           for (seed, _, change), run in zip(jobs, quiet_runs)
           if change == "none"}
    quiet = [{"seed": job[0], "change": job[2], **judge_quiet(*run[:2])}
             for job, run in zip(jobs, quiet_runs)]
    jobs = [(seed, attack) for seed in seeds for attack in attacks]
    bad = [{"seed": job[0], **judge_attack(run[0], run[1], ids[job[0]])}
           for job, run in zip(jobs, each(lambda j: run_world(*j), jobs))]
    same = each(lambda seed: run_world(seed, "all", "none",
                                       is_determined)[2], seeds)
    return {"attacks": bad, "quiet": quiet,
            "determined": [bool(s) for s in same]}


def types_table(result):
    """Recall and precision of each type, with its sources."""
    known = sources()
    wanted, got, caused, false = (collections.Counter() for _ in range(4))
    for a in result["attacks"]:
        wanted.update(a["expected"])
        got.update(set(a["expected"]) & set(a["types"]))
        caused.update(a["types"])
    for q in result["quiet"]:
        false.update(row[0] for row in q["loud"])
    rows = []
    for name in sorted(set(wanted) | set(caused) | set(false)):
        rows.append([known.get(name, "-"), name,
                     share(got[name], wanted[name]), caused[name],
                     false[name],
                     share(caused[name], caused[name] + false[name])])
    return sorted(rows)


def attack_rows(result):
    by_name = {}
    for a in result["attacks"]:
        by_name.setdefault(a["attack"], []).append(a)
    for name, runs in by_name.items():
        minutes = [r["minutes"] for r in runs if r["minutes"] is not None]
        sequence = sum(bool(r["sequence"]) for r in runs)
        yield [name, share(sum(bool(r["naming"]) for r in runs), len(runs)),
               f"{statistics.mean(r['noticed'] for r in runs):.1f}",
               f"{statistics.mean(r['stories'] for r in runs):.1f}",
               f"{statistics.median(minutes):.1f}" if minutes else "-",
               share(sequence, len(runs)) if name in SEQUENCES or sequence
               else "none wanted"]


def summary(result):
    bad, quiet = result["attacks"], result["quiet"]
    days = sum(q["clusterDays"] for q in quiet)
    loud = sum(len(q["loud"]) for q in quiet)
    wanted = [a for a in bad if a["attack"] in SEQUENCES]
    return {
        "attacks": len({a["attack"] for a in bad}),
        "attackRecordings": len(bad),
        "withFindingNamingActor": sum(bool(a["naming"]) for a in bad),
        "noticedPerRecording": round(
            statistics.mean(a["noticed"] for a in bad), 2),
        "storiesPerRecording": round(
            statistics.mean(a["stories"] for a in bad), 2),
        "clusterDays": days,
        "noticedPerClusterDay": round(loud / days, 4),
        "sequencesWanted": len(wanted),
        "sequencesFound": sum(bool(a["sequence"]) for a in wanted),
        "determined": all(result["determined"]),
    }


def markdown(result):
    quiet = {}
    for q in result["quiet"]:
        row = quiet.setdefault(q["change"], [0, 0, 0])
        row[0] += q["clusterDays"]
        row[1] += q["findings"]
        row[2] += len(q["loud"])
    yield "### Attacks\n"
    yield table([["attack", "named the actor", "findings >= 4 (mean)",
                  "with sequences as one", "minutes to the first (median)", "as a sequence"],
                 *attack_rows(result)])
    yield "\n### Quiet days, after three days of learning\n"
    yield table([["change", "cluster-days", "findings", ">= 4",
                  ">= 4 a cluster-day"],
                 *[[name, f"{d:.0f}", n, k, f"{k / d:.4f}"]
                   for name, (d, n, k) in quiet.items()]])
    loud = [row for q in result["quiet"] for row in q["loud"]]
    if loud:
        yield "\nThose of severity 4 and more:\n"
        counted = collections.Counter(
            (row[0], row[1]) for row in loud)
        yield table([["type", "severity", "times"],
                     *[[t, s, n] for (t, s), n in sorted(counted.items())]])
    yield "\n### Types in simulated worlds\n"
    yield ("Recall: found of those that the simulator expects. Precision: "
           "caused by an attack, of these and the false ones of severity 4 "
           "and more on quiet days.\n")
    yield table([["source", "type", "recall", "caused by attacks",
                  "false", "precision"], *types_table(result)])
