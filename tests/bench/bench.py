#!/usr/bin/env python3
"""bench.py [--size SIZE] [--rounds N] [--peers] [--json FILE]: CPU time of
`nephoscope backfill --jobs 1` beside `gzip -dc` and `igzip -dc` of the same
files, for each source; run by `./dev bench`.  bench.py --large SIZE: memory
that one .gz file of SIZE compressed bytes needs, beside a small one.

The logs are simulated once into build/bench.  Programs take turns, the best of
N rounds counts: ratios hold on a busy machine, seconds do not.
"""
import argparse
import importlib.util
import itertools
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / "build/release/nephoscope"
HOME = ROOT / "build/bench"
# At most this share of gzip's CPU time.
TARGET = {"cloudtrail": 0.75, "k8s-audit": 0.75, "vpcflow": 0.9, "dns": 0.9}
SPEEDUP, MEMORY_MIB = 1.7, 256
# The small file, and what is simulated and repeated to make a large one.
SMALL, PART = 16 << 20, "8GiB"
QUERY = {
    "cloudtrail": "SELECT r.eventName, count() FROM (SELECT arrayJoin("
                  "Records) AS r FROM file('{}', JSONEachRow, 'Records "
                  "Array(Tuple(eventName String, eventSource String))')) "
                  "GROUP BY 1 ORDER BY 2 DESC LIMIT 5",
    "dns": "SELECT query_name, count() FROM file('{}', JSONEachRow, "
           "'query_name String, srcaddr String') GROUP BY 1 "
           "ORDER BY 2 DESC LIMIT 5",
    "k8s-audit": "SELECT verb, count() FROM file('{}', JSONEachRow, "
                 "'verb String, requestURI String') GROUP BY 1 "
                 "ORDER BY 2 DESC LIMIT 5",
    "vpcflow": "SELECT splitByChar(' ', line)[4], count() FROM file('{}', "
               "LineAsString) GROUP BY 1 ORDER BY 2 DESC LIMIT 5",
}


def size_of(text):
    """Bytes of "64MiB", "1GiB"."""
    number, unit = re.fullmatch(r"(\d+)([KMG]i?B)?", text).groups()
    return int(number) << {None: 0, "K": 10, "M": 20, "G": 30}[
        unit[0] if unit else None]


def corpus(source, size):
    """Files of at least that size uncompressed, made once."""
    folder = HOME / f"{source}-{size}"
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([BINARY, "simulate", "--out", folder, "--scale",
                        size, "--scale-sources", source], check=True,
                       stdout=subprocess.DEVNULL)
        (folder / "made").touch()
    return folder, sorted(p for p in folder.rglob("*.gz")
                          if "CloudTrail-Digest" not in str(p))


def measure(command):
    """(CPU seconds, wall seconds, peak MiB) of one run."""
    started = time.monotonic()
    child = os.posix_spawnp(
        str(command[0]), [str(c) for c in command], os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"{command[:3]}: {status}")
    return (usage.ru_utime + usage.ru_stime, time.monotonic() - started,
            usage.ru_maxrss / 1024)


def at_once(command):
    """Wall seconds until two of the command, which share nothing, are done:
    what two cores of this machine can do at this moment."""
    started = time.monotonic()
    pair = [subprocess.Popen(command, stdout=subprocess.DEVNULL)
            for _ in range(2)]
    if any([child.wait() for child in pair]):
        raise RuntimeError(f"{command[:3]}: two at once")
    return time.monotonic() - started


def peers(source, folder, files):
    """Commands of what else could be asked, where it is installed."""
    found = {}
    name = {"cloudtrail": ".Records[].eventName", "dns": ".query_name",
            "k8s-audit": ".verb"}.get(source)
    if shutil.which("jq") and name:
        found["jq"] = ["sh", "-c", 'find "$0" -name "*.gz" -exec gzip -dc {} '
                       f"+ | jq -c '{name}'", folder]
    # Importing it here would show in the peak memory of all children.
    if importlib.util.find_spec("chdb") is None:
        return found
    common = os.path.commonpath([str(f.parent) for f in files])
    query = QUERY[source].format(common + "/**.gz")
    found["chdb"] = [sys.executable, "-c",
                     "import chdb, sys; print(chdb.query(sys.argv[1] + "
                     "' SETTINGS max_threads=1'))", query]
    return found


def commands(source, folder, files, with_peers):
    """Everything that takes a turn on the same files."""
    ours = [BINARY, "backfill", "--format", "csv", "--stats",
            HOME / "stats.json"]
    all_ = {
        "nephoscope": [*ours, "--jobs", "1", folder],
        "nephoscope, 2 jobs": [*ours, "--jobs", "2", folder],
        "gzip -dc": ["gzip", "-dc", *files],
    }
    if shutil.which("igzip"):
        all_["igzip -dc"] = ["igzip", "-dc", *files]
    if with_peers:
        all_.update(peers(source, folder, files))
    return all_


def bench(source, options):
    """What one source costs."""
    folder, files = corpus(source, options.size)
    best = {}
    pair = float("inf")
    for _ in range(options.rounds):
        pair = min(pair, at_once([BINARY, "backfill", "--format", "csv",
                                  "--jobs", "1", folder]))
        for name, command in commands(source, folder, files,
                                      options.peers).items():
            try:
                run = measure(command)
            except RuntimeError as error:
                print(f"{source}: {name}: {error}", file=sys.stderr)
                continue
            best[name] = tuple(map(min, run, best.get(name, run)))
    stats = json.loads((HOME / "stats.json").read_text())
    cpu, wall, memory = best["nephoscope"]
    events = sum(stats["events"].values())
    return {
        "source": source, "files": len(files), "events": events,
        "bytes_gz": sum(f.stat().st_size for f in files),
        "bytes": stats.get("bytes_decompressed", 0),
        "cpu_s": {name: round(run[0], 3) for name, run in best.items()},
        "of_gzip": round(cpu / best["gzip -dc"][0], 3),
        "of_igzip": round(cpu / best["igzip -dc"][0], 3)
        if "igzip -dc" in best else None,
        "target": TARGET[source],
        "events_per_s": round(events / wall),
        "peak_mib": round(memory),
        "peak_mib_2_jobs": round(best["nephoscope, 2 jobs"][2]),
        "speedup_2_jobs": round(wall / best["nephoscope, 2 jobs"][1], 2),
        "speedup_of_machine": round(2 * wall / pair, 2),
    }


def show(rows):
    """One table with what was asked of each."""
    print(f"{'source':11}{'MiB':>6}{'events':>10}{'events/s':>10}"
          f"{'CPU s':>7}{'gzip s':>8}{'ratio':>7}{'target':>8}{'igzip s':>9}"
          f"{'ratio':>7}{'2 jobs':>8}{'can':>7}{'MiB':>5}{'2 j.':>5}")
    for r in rows:
        cpu = r["cpu_s"]
        print(f"{r['source']:11}{r['bytes'] >> 20:6}{r['events']:10}"
              f"{r['events_per_s']:10}{cpu['nephoscope']:7.2f}"
              f"{cpu['gzip -dc']:8.2f}{r['of_gzip']:7.2f}{r['target']:8.2f}"
              f"{cpu.get('igzip -dc', 0):9.2f}{r['of_igzip'] or 0:7.2f}"
              f"{r['speedup_2_jobs']:7.2f}x{r['speedup_of_machine']:6.2f}x"
              f"{r['peak_mib']:5}"
              f"{r['peak_mib_2_jobs']:5}")
        for name in ("jq", "chdb"):
            if name in cpu:
                print(f"{'':11}{name}: {cpu[name]:.2f} s, "
                      f"{cpu[name] / cpu['gzip -dc']:.2f} of gzip")
    print(f"\nTo reach: ratio to gzip at most the target, --jobs 2 at least "
          f"{SPEEDUP}x as fast, peak below {MEMORY_MIB} MiB.\n"
          "can: what two programs that share nothing come to at once.")
    for r in rows:
        for what, good in (("ratio to gzip", r["of_gzip"] <= r["target"]),
                           ("--jobs 2", r["speedup_2_jobs"] >= SPEEDUP),
                           ("memory", max(r["peak_mib"],
                                          r["peak_mib_2_jobs"])
                            < MEMORY_MIB)):
            if not good:
                print(f"missed: {r['source']}: {what}")


def join(files, path, size):
    """One file of `size` bytes at least: the files' members, repeated."""
    with path.open("wb") as out:
        for file in itertools.cycle(files):
            if out.tell() >= size:
                break
            with file.open("rb") as member:
                shutil.copyfileobj(member, out)


def large(source, size):
    """Peak memory for one small and one large file, one job and two."""
    _, files = corpus(source, PART)
    one = HOME / "one.gz"
    print(f"{source:11}{'MiB .gz':>9}{'jobs':>6}{'CPU s':>8}{'wall s':>8}"
          f"{'peak MiB':>10}")
    try:
        for want in (SMALL, size):
            join(files, one, want)
            for jobs in ("1", "2"):
                cpu, wall, memory = measure([BINARY, "backfill", "--format",
                                             "csv", "--jobs", jobs, one])
                print(f"{'':11}{one.stat().st_size >> 20:9}{jobs:>6}"
                      f"{cpu:8.1f}{wall:8.1f}{memory:10.0f}", flush=True)
    finally:
        one.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("--size", default="1GiB")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sources", default=",".join(TARGET))
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--large", metavar="SIZE")
    parser.add_argument("--json", default=str(HOME / "bench.json"))
    options = parser.parse_args()
    HOME.mkdir(parents=True, exist_ok=True)
    need = size_of(options.size)
    if options.large:
        need = size_of(options.large) + size_of(PART) // 4
    if shutil.disk_usage(HOME).free < need:
        sys.exit(f"bench: less than {need >> 20} MiB free in {HOME}")
    if options.large:
        for source in options.sources.split(","):
            large(source, size_of(options.large))
        return
    rows = [bench(source, options) for source in options.sources.split(",")]
    show(rows)
    pathlib.Path(options.json).write_text(json.dumps(rows, indent=1) + "\n")
    print(f"As JSON: {options.json}")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
