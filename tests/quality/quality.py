#!/usr/bin/env python3
"""quality.py [--seeds N] [--json FILE] [--markdown] [--check]

How good the findings are, as numbers: on simulated organisations, and where
NEPHOSCOPE_PUBLISHED_LOGS names their folder on logs that others published.
--markdown writes docs/quality.md and docs/quality-disagreements.md,
--json FILE all figures; --check fails where a target is missed.
"""
import argparse
import json
import os
import pathlib
import sys
import time

import dga
import published
import worlds
from common import ROOT, table


def targets(result):
    """(what, asked, figure, reached) of each number that is asked for; None
    where nothing is asked."""
    made = worlds.summary(result["worlds"])
    # An attack of the simulator counts once, as the mean of its seeds.
    total = made["attacks"]
    naming = made["withFindingNamingActor"] / made["attackRecordings"] * total
    loud = made["noticedPerRecording"] * total
    told = made["storiesPerRecording"] * total
    rows = [("simulated attacks with a finding naming the actor", ">= 95 %",
             f"{made['withFindingNamingActor']}/{made['attackRecordings']}",
             made["withFindingNamingActor"] >=
             0.95 * made["attackRecordings"]),
            ("findings >= 4 for each simulated attack", "-",
             made["noticedPerRecording"], None)]
    if "published" in result:
        other = published.summary(result["published"])
        total += other["recordings"]
        naming += other["withFindingNamingActor"]
        loud += other["noticedPerRecording"] * other["recordings"]
        told += other["noticedPerRecording"] * other["recordings"]
        rows.append(("published recordings with a finding naming the actor",
                     ">= 95 %", f"{other['withFindingNamingActor']}/"
                     f"{other['recordings']}",
                     other["withFindingNamingActor"] >=
                     0.95 * other["recordings"]))
        rows.append(("findings >= 4 for each published recording", "<= 2",
                     other["noticedPerRecording"],
                     other["noticedPerRecording"] <= 2))
        rows.append(("differences with others' rules without a reason", "0",
                     other["unexplained"], other["unexplained"] == 0))
        auc = result["dga"]["published"]
        rows.append(("AUC of windows of 20 generated names", ">= 0.97",
                     f"{auc:.4f}", auc >= 0.97))
    rows.append(("all recordings with a finding naming the actor", ">= 95 %",
                 f"{naming:.1f}/{total} ({100 * naming / total:.1f} %)",
                 naming >= 0.95 * total))
    rows.append(("findings >= 4 for each recording", "<= 2",
                 f"{loud / total:.2f}", loud <= 2 * total))
    rows.append(("the same, what a sequence tells counted with it", "-",
                 f"{told / total:.2f}", None))
    rows.append(("findings >= 4 a simulated quiet cluster-day", "<= 0.05",
                 made["noticedPerClusterDay"],
                 made["noticedPerClusterDay"] <= 0.05))
    rows.append(("sequences found of those wanted", "all",
                 f"{made['sequencesFound']}/{made['sequencesWanted']}",
                 made["sequencesFound"] == made["sequencesWanted"]))
    rows.append(("the same bytes: --jobs 1, 2, arguments reversed", "yes",
                 "yes" if made["determined"] else "no", made["determined"]))
    return rows


def document(result, seeds):
    yield ("# Quality as a number\n\nMade by `./dev quality`; "
           "`docs/quality.json` holds every figure. Simulated: "
           f"seeds 1 to {seeds}, two weeks and two clusters each, an attack "
           "or a benign\nchange in each world alone. Published: the logs "
           "that NEPHOSCOPE_PUBLISHED_LOGS names, each file read alone with "
           "nothing learned before.\n")
    yield table([["what", "asked", "measured", "reached"],
                 *[[w, a, m, {True: "yes", False: "no", None: "-"}[ok]]
                   for w, a, m, ok in targets(result)]])
    yield "\n## Simulated worlds\n"
    yield from worlds.markdown(result["worlds"])
    if "published" in result:
        yield "\n## Published logs\n"
        yield from published.markdown(result["published"])
        yield ("\nWhy they differ: [quality-disagreements.md]"
               "(quality-disagreements.md).")
        yield "\n## Generated names\n"
        yield from dga.markdown(result["dga"])


def figures(result):
    """What is kept of it: not each record, but each number."""
    kept = {"targets": [dict(zip(("what", "asked", "measured", "reached"),
                                 row)) for row in targets(result)],
            "worlds": {"summary": worlds.summary(result["worlds"]),
                       "attacks": result["worlds"]["attacks"],
                       "quiet": result["worlds"]["quiet"],
                       "types": worlds.types_table(result["worlds"])}}
    if "published" in result:
        other = result["published"]
        kept["published"] = {"summary": published.summary(other),
                             "recordings": other["recordings"],
                             "corpus": other["corpus"],
                             "disagreements": other["disagreements"]}
        kept["dga"] = result["dga"]
    return kept


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    ap.add_argument("--seeds", type=int, default=5)
    ap.add_argument("--json")
    ap.add_argument("--markdown", action="store_true")
    ap.add_argument("--check", action="store_true")
    args = ap.parse_args()
    folder = os.environ.get("NEPHOSCOPE_PUBLISHED_LOGS")
    started = time.monotonic()
    result = {"worlds": worlds.measure(range(1, args.seeds + 1))}
    if folder:
        result["published"] = published.measure(pathlib.Path(folder))
        result["dga"] = dga.measure(pathlib.Path(folder))
    text = "\n".join(document(result, args.seeds)) + "\n"
    print(text)
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    for line in result.get("published", {}).get("wrong", []):
        print(line, file=sys.stderr)
    if args.markdown:
        (ROOT / "docs/quality.md").write_text(text, encoding="utf-8")
        if folder:
            published.write_disagreements(result["published"])
    if args.json:
        pathlib.Path(args.json).write_text(
            json.dumps(figures(result), indent=1, sort_keys=True) + "\n",
            encoding="utf-8")
    return int(args.check and
               any(ok is False for *_, ok in targets(result)))


if __name__ == "__main__":
    sys.exit(main())
