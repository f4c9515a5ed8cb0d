#!/usr/bin/env python3
"""report.py [--markdown]: nephoscope on logs that others published.

NEPHOSCOPE_PUBLISHED_LOGS names their folder.  Fails when
a file's records are not read as its manifest counts them; what is found in
which file is printed, not judged: these logs come without a history from which
to learn what is usual.  --markdown prints the same as docs/published.md.
"""
import collections
import concurrent.futures
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEPHOSCOPE", str(ROOT / "build/release/nephoscope"))
SKIPPED = 77
SOURCE = {"cloudtrail": "cloudtrail", "vpcflow": "vpcflow", "dns": "dns",
          "k8saudit": "k8s-audit"}
USERS = {"admin": "kubernetes-admin", "anon": "system:anonymous",
         "node1": "system:node:node-1", "scheduler": "system:kube-scheduler"}
NOTICED = 4


def backfill(path):
    """(findings, stats) of one file."""
    with tempfile.TemporaryDirectory(prefix="nephoscope-") as folder:
        stats = pathlib.Path(folder) / "stats.json"
        done = subprocess.run(
            [BINARY, "backfill", "--jobs", "1", "--format",
             "guardduty", "--stats", str(stats), str(path)],
            capture_output=True, check=False, timeout=300)
        if done.returncode not in (0, 2) or not stats.exists():
            raise RuntimeError(f"{path}: exit {done.returncode}: "
                               f"{done.stderr.decode(errors='replace')}")
        return ([json.loads(line) for line in done.stdout.splitlines()],
                json.loads(stats.read_text()))


def ids_of(path, kind):
    """The id of each record in its order, where records have one."""
    text = gzip.decompress(path.read_bytes()).decode(errors="replace")
    if kind == "cloudtrail":
        return [r.get("eventID") for r in json.loads(text)["Records"]]
    if kind == "k8saudit":
        return [json.loads(line).get("auditID")
                for line in text.splitlines() if line.strip()]
    return []


def cited(findings):
    """The ids of all records that findings rest on."""
    return {e["id"] for f in findings for e in f["nephoscope"]["events"]
            if e.get("id")}


class Report:
    """Sums of one kind of log."""

    def __init__(self):
        self.files = self.events = 0
        self.attack = self.attack_found = self.attack_noticed = 0
        self.benign = self.benign_findings = self.benign_noticed = 0
        self.mixed = self.mixed_found = 0
        self.wanted = self.wanted_cited = 0
        self.unwanted = self.unwanted_cited = 0
        self.types = collections.Counter()

    def add(self, entry, findings, path):
        noticed = sum(f["severity"] >= NOTICED for f in findings)
        self.files += 1
        self.events += entry["events"]
        self.types.update(f["type"] for f in findings)
        if entry["label"] == "attack":
            self.attack += 1
            self.attack_found += bool(findings)
            self.attack_noticed += bool(noticed)
        elif entry["label"] == "benign":
            self.benign += 1
            self.benign_findings += len(findings)
            self.benign_noticed += noticed
        else:
            self.mixed += 1
            self.mixed_found += bool(findings)
        self.add_expected(entry, findings, path)

    def add_expected(self, entry, findings, path):
        ids = ids_of(path, entry["kind"]) if entry.get("expected") else []
        hits = cited(findings)
        for want in entry.get("expected") or []:
            index = want.get("index")
            if index is None or index >= len(ids) or not ids[index] or \
                    ids.count(ids[index]) > 1:  # made from one template
                continue
            if want.get("expected"):
                self.wanted += 1
                self.wanted_cited += ids[index] in hits
            else:
                self.unwanted += 1
                self.unwanted_cited += ids[index] in hits


def table(rows):
    """Rows as a markdown table that is aligned for terminals too."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths)) + " |"
             for row in rows]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(lines)


def summary(reports):
    rows = [["log", "files", "records", "attack files with a finding",
             "of severity 4", "mixed files with one",
             "records wanted and cited", "unwanted and cited",
             "benign files", "findings on them", "of severity 4"]]
    for kind, r in reports.items():
        rows.append([kind, r.files, r.events,
                     f"{r.attack_found}/{r.attack}",
                     f"{r.attack_noticed}/{r.attack}",
                     f"{r.mixed_found}/{r.mixed}",
                     f"{r.wanted_cited}/{r.wanted}",
                     f"{r.unwanted_cited}/{r.unwanted}",
                     r.benign, r.benign_findings, r.benign_noticed])
    return table(rows)


def timeline(folder):
    """The live recording: which action is cited by a finding."""
    text = gzip.decompress((folder / "audit.log.gz").read_bytes()).decode()
    events = [json.loads(line) for line in text.splitlines()]
    findings, _ = backfill(folder / "audit.log.gz")
    loudest = {}
    for finding in findings:
        for event in finding["nephoscope"]["events"]:
            if event.get("id"):
                loudest[event["id"]] = max(loudest.get(event["id"], 0),
                                           finding["severity"])
    found, missed, loud, benign = set(), set(), [], 0
    for line in (folder / "timeline.tsv").read_text().splitlines():
        start, end, label, actor = line.split("\t")[:4]
        user = USERS.get(actor, actor)
        if actor.startswith("sa:"):
            user = "system:serviceaccount:" + actor[3:]
        ids = {e["auditID"] for e in events
               if start <= e["stageTimestamp"] <= end and
               e.get("user", {}).get("username") in (None, user)}
        worst = max((loudest.get(i, 0) for i in ids), default=0)
        if label.startswith("attack."):
            (found if worst else missed).add(label[7:])
        else:
            benign += 1
            if worst >= NOTICED:
                loud.append(label[7:])
    missed -= found
    return (f"{len(events)} records, {len(findings)} findings. Kinds of "
            f"attack action with a finding: {len(found)} of "
            f"{len(found) + len(missed)}; benign actions with one of "
            f"severity {NOTICED}: {len(loud)} of {benign}"
            f"{' (' + ', '.join(sorted(set(loud))) + ')' if loud else ''}.\n\n"
            f"Found: {', '.join(sorted(found)) or '-'}.\n\n"
            f"Not found (refused and harmless ones among them): "
            f"{', '.join(sorted(missed)) or '-'}.")


def main():
    folder = os.environ.get("NEPHOSCOPE_PUBLISHED_LOGS")
    if not folder:
        print("skipped: NEPHOSCOPE_PUBLISHED_LOGS names no folder")
        return SKIPPED
    folder = pathlib.Path(folder)
    entries = [json.loads(line) for line in
               (folder / "manifest.jsonl").read_text().splitlines()]
    entries = [e for e in entries if e["kind"] in SOURCE]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda e: backfill(folder / e["file"]),
                                entries))
    wrong = []
    reports = {}
    for entry, (findings, stats) in zip(entries, results):
        read = stats["events"][SOURCE[entry["kind"]]]
        if read != entry["events"] or read != sum(stats["events"].values()):
            wrong.append(f"{entry['file']}: {stats['events']}, "
                         f"not {entry['events']}")
        kind = entry["kind"]
        if kind == "cloudtrail" and entry["events"] == 1:
            kind = "cloudtrail, one call"
        reports.setdefault(kind, Report()).add(
            entry, findings, folder / entry["file"])
    print("# nephoscope on published logs\n\nMade by `tests/published/"
          "report.py --markdown`. Each file is read alone, with nothing "
          "learned before:\ndetectors of what is unusual have little to "
          "go by, rules and scans speak.\n")
    print(f"{len(entries)} files, {len(wrong)} with another count of "
          "records than their manifest.\n")
    print(summary(reports))
    for kind, r in reports.items():
        print(f"\n## {kind}\n\n" + (table(
            [["type", "findings"], *r.types.most_common()])
            if r.types else "No finding."))
    for name in ("metadata", "reqresp"):
        live = folder / "k8saudit-live" / name
        if live.is_dir():
            print(f"\n## A live API server, {name}\n\n{timeline(live)}")
    if wrong:
        print("\n".join(["", "WRONG COUNTS", *wrong]))
    return 1 if wrong else 0


if __name__ == "__main__":
    if "--markdown" in sys.argv[1:]:
        sys.stdout = (ROOT / "docs/published.md").open("w", encoding="utf-8")
    sys.exit(main())
