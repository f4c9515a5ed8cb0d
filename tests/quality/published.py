"""Logs that others published: whole attacks, and what other rules expect.

A recording is one attack from start to end (Stratus Red Team, OTRF,
panther's scenarios).  An expectation is one record with the verdict of the
rule that it was written for; each is read alone, with nothing learned before.
Where ours differs, reasons.tsv says why; a difference without a reason is an
error, and so is a reason without a difference.
"""
import collections
import gzip
import ipaddress
import json
import pathlib
import statistics

from common import (NOTICED, ROOT, backfill, each, names_in, share, table,
                    text_findings, told_at, when)

RECORDINGS = ("stratus__", "otrf__", "panther-scenario__")
REASONS = pathlib.Path(__file__).with_name("reasons.tsv")
CLASSES = {
    "inventory": "the rule lists an ordinary act that is to be known of, not "
                 "an alarm",
    "baseline": "one record cannot tell: it is told where it differs from "
                "what is usual, once that is known",
    "several": "one record is too few: it is told from a number of them",
    "list": "needs the user's list of threats, regions or networks",
    "read": "looking at settings, told only as a part of a sweep or a "
            "sequence",
    "cleanup": "undoes or ends the act; the act itself is told",
    "harmless": "nothing in the record speaks of an attack",
    "failed": "the call was refused or failed: nothing happened",
    "stricter": "theirs leaves out on purpose what is worth telling here",
    "mock": "the answer depends on the rule's own mock or on a list of its "
            "own",
    "service": "an AWS service did it on somebody's behalf",
    "tool": "known by a tool's name only",
    "gap": "missed by us",
}


def load(folder):
    return [json.loads(line) for line in
            (folder / "manifest.jsonl").read_text().splitlines()]


def records(path, kind):
    """The records of a file, each as text that can stand alone."""
    text = gzip.decompress(path.read_bytes()).decode(errors="replace")
    if kind == "cloudtrail":
        return [json.dumps({"Records": [r]})
                for r in json.loads(text)["Records"]]
    lines = [line + "\n" for line in text.splitlines() if line.strip()]
    if kind == "vpcflow":
        return [lines[0] + line for line in lines[1:]]
    return lines


# --- recordings ------------------------------------------------------------
def actors_of(path, kind):
    """Who may be named: identities, or addresses of the internet."""
    text = gzip.decompress(path.read_bytes()).decode(errors="replace")
    found = set()
    if kind == "cloudtrail":
        for record in json.loads(text)["Records"]:
            who = record.get("userIdentity") or {}
            issuer = who.get("sessionContext", {}).get("sessionIssuer", {})
            found |= {who.get("arn"), issuer.get("arn")}
        return {name for name in found if name}
    for word in text.split():
        try:
            if ipaddress.ip_address(word).is_global:
                found.add(word)
        except ValueError:
            pass
    return found


def start_of(path, kind):
    """The first record's time, where records say it themselves."""
    if kind != "cloudtrail":
        return None
    text = gzip.decompress(path.read_bytes()).decode(errors="replace")
    return min(when(r["eventTime"]) for r in json.loads(text)["Records"])


def judge_recording(path, kind):
    found = backfill(path)[1]
    names, start = actors_of(path, kind), start_of(path, kind)
    minutes = [(told_at(f) - start).total_seconds() / 60
               for f in found] if start else []
    return {
        "recording": path.name.split(".json")[0].split(".log")[0],
        "findings": len(found),
        "noticed": sum(f["severity"] >= NOTICED for f in found),
        "naming": sum(any(n in names_in(f) for n in names) for f in found),
        "minutes": round(min(minutes), 1) if minutes else None,
        "types": sorted({f["type"] for f in found}),
    }


def recordings(folder, entries):
    chosen = [e for e in entries
              if e["file"].split("/")[1].startswith(RECORDINGS)]
    return each(lambda e: judge_recording(folder / e["file"], e["kind"]),
                chosen)


# --- expectations ----------------------------------------------------------
def rule_of(entry):
    return entry["file"].split("/")[1].split(".")[0]


def expectations(folder, entries):
    jobs = []
    for entry in entries:
        wanted = [x for x in entry.get("expected") or []
                  if x.get("index") is not None]
        texts = records(folder / entry["file"], entry["kind"]) \
            if wanted else []
        suffix = ".json" if entry["kind"] in ("cloudtrail", "k8saudit") \
            else ".log"
        jobs += [(entry, x, texts[x["index"]], suffix) for x in wanted
                 if x["index"] < len(texts)]
    found = each(lambda j: text_findings(j[2], j[3]), jobs)
    return [{"kind": entry["kind"], "rule": rule_of(entry),
             "test": x.get("test") or "", "expected": bool(x["expected"]),
             "types": sorted({f["type"] for f in fs})}
            for (entry, x, _, _), fs in zip(jobs, found)]


def reasons():
    """(rule, test or *, expected) -> (class, sentence)."""
    known = {}
    for line in REASONS.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        rule, test, verdict, kind, text = line.split("\t")
        if kind not in CLASSES:
            raise ValueError(f"{REASONS.name}: unknown class {kind}")
        known[rule, test, verdict == "alert"] = (kind, text)
    return known


def explained(tests):
    """The disagreements with their reasons; what is wrong with the list."""
    known, used, rows, wrong = reasons(), set(), [], []
    for t in tests:
        if t["expected"] == bool(t["types"]):
            continue
        keys = [(t["rule"], t["test"], t["expected"]),
                (t["rule"], "*", t["expected"])]
        key = next((k for k in keys if k in known), None)
        if key is None:
            wrong.append(f"no reason: {t['rule']}, {t['test']}")
            continue
        used.add(key)
        rows.append({**t, "class": known[key][0], "reason": known[key][1]})
    wrong += [f"no such disagreement: {key[0]}, {key[1]}"
              for key in known if key not in used]
    return rows, wrong


# --- all -------------------------------------------------------------------
def corpus(folder, entries):
    """Files of one label: how many have findings, medium ones too."""
    found = each(lambda e: backfill(folder / e["file"])[1], entries)
    rows, types = {}, collections.Counter()
    for entry, fs in zip(entries, found):
        row = rows.setdefault((entry["kind"], entry["label"]), [0] * 5)
        row[0] += 1
        row[1] += entry["events"]
        row[2] += bool(fs)
        row[3] += len(fs)
        row[4] += sum(f["severity"] >= NOTICED for f in fs)
        types.update((entry["kind"], f["type"], entry["label"]) for f in fs)
    return {"files": [[*key, *row] for key, row in sorted(rows.items())],
            "types": [[*key, n] for key, n in sorted(types.items())]}


def measure(folder):
    entries = [e for e in load(folder) if e["kind"] != "domains"]
    tests = expectations(folder, entries)
    rows, wrong = explained(tests)
    return {"recordings": recordings(folder, entries),
            "corpus": corpus(folder, entries),
            "expectations": tests, "disagreements": rows, "wrong": wrong}


def summary(result):
    made, tests = result["recordings"], result["expectations"]
    return {
        "recordings": len(made),
        "withFindingNamingActor": sum(bool(r["naming"]) for r in made),
        "noticedPerRecording": round(
            statistics.mean(r["noticed"] for r in made), 2),
        "expectations": len(tests),
        "agreed": sum(t["expected"] == bool(t["types"]) for t in tests),
        "unexplained": len(result["wrong"]),
    }


def agreement(tests):
    rows = [["source", "expected and found", "expected, not found",
             "not expected, quiet", "not expected, found"]]
    for kind in sorted({t["kind"] for t in tests}):
        count = collections.Counter(
            (t["expected"], bool(t["types"])) for t in tests
            if t["kind"] == kind)
        rows.append([kind, count[True, True], count[True, False],
                     count[False, False], count[False, True]])
    return rows


def type_rows(result):
    rows = {}
    for kind, name, label, n in result["corpus"]["types"]:
        rows.setdefault((kind, name), collections.Counter())[label] += n
    for (kind, name), count in sorted(rows.items()):
        yield [kind, name, count["attack"], count["mixed"], count["benign"],
               share(count["attack"], count["attack"] + count["benign"])]


def markdown(result):
    yield "### Recordings of attacks\n"
    yield table([["recording", "findings", ">= 4", "naming the actor",
                  "minutes to the first", "types"],
                 *[[r["recording"], r["findings"], r["noticed"], r["naming"],
                    "-" if r["minutes"] is None else r["minutes"],
                    ", ".join(r["types"]) or "-"]
                   for r in result["recordings"]]])
    yield "\n### All files\n"
    yield table([["source", "label", "files", "records", "with a finding",
                  "findings", ">= 4"], *result["corpus"]["files"]])
    yield "\n### Types in published logs\n"
    yield table([["source", "type", "attack", "mixed", "benign",
                  "precision of the labelled"], *type_rows(result)])
    yield "\n### What the rules of others expect, record by record\n"
    yield table(agreement(result["expectations"]))


def disagreements(result):
    """Why each record differs, as markdown."""
    rows = result["disagreements"]
    count = collections.Counter(r["class"] for r in rows)
    yield ("# Where nephoscope differs from the rules of others\n\nMade by "
           "`./dev quality`. panther-analysis and streamalert publish "
           "records with the verdict of the rule that each was written for. "
           "Read alone, with nothing\nlearned before, nephoscope agrees on "
           f"{summary(result)['agreed']} of {len(result['expectations'])}. "
           "This is why it differs on the others "
           "(`tests/quality/reasons.tsv`).\n")
    yield table([["class", "records", "is"],
                 *[[c, count[c], text] for c, text in CLASSES.items()
                   if count[c]]])
    yield "\n## One by one\n"
    yield table([["rule", "record", "they", "we", "class", "why"],
                 *[[r["rule"], r["test"].replace("|", "/"),
                    "alert" if r["expected"] else "quiet",
                    ", ".join(r["types"]) or "quiet", r["class"],
                    r["reason"]] for r in rows]])


def write_disagreements(result):
    (ROOT / "docs/quality-disagreements.md").write_text(
        "\n".join(disagreements(result)) + "\n", encoding="utf-8")
