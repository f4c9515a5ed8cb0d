"""How well windows of 20 names that do not exist tell generated ones.

The benign names are the part of the published list that training did not
see; the generated ones were never trained on.  The published generators have
no names: their families are told apart by the shape of what they make, and
each is measured alone as well.  The program's own functions give the scores
(dga_odds.c); a window's is the sum of its names', each held in the bounds
that detectors/dns/dga_domain.c sets.
"""
import gzip
import os
import random
import re
import subprocess
import sys

from common import ROOT, table

sys.path.insert(0, str(ROOT / "tests/train"))
import dga_train  # noqa: E402  (found by the line above)

WINDOW, WINDOWS = 20, 2000
LEAST, MOST = -3.0, 3.0
TOOL = os.environ.get("DGA_ODDS",
                      str(ROOT / "build/release/tests/quality/dga_odds"))


def read(path):
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as lines:
        names = [line.rstrip("\n").split("\t")[-1] for line in lines]
    # Some lists have labels only.
    return [name if "." in name else name + ".com" for name in names]


def odds(names):
    done = subprocess.run([TOOL], input="\n".join(names) + "\n",
                          capture_output=True, check=True, text=True)
    return [max(LEAST, min(MOST, float(line)))
            for line in done.stdout.split() if line != "-"]


def windows(scores, seed):
    r = random.Random(seed)
    return [sum(r.sample(scores, WINDOW)) for _ in range(WINDOWS)]


def auc(good, bad):
    """P(bad > good) + P(equal) / 2, from ranks."""
    ranked = sorted([(s, 0) for s in good] + [(s, 1) for s in bad])
    total = i = 0
    while i < len(ranked):
        j = i
        while j < len(ranked) and ranked[j][0] == ranked[i][0]:
            j += 1
        total += sum(k for _, k in ranked[i:j]) * (i + j + 1) / 2
        i = j
    n, m = len(bad), len(good)
    return (total - n * (n + 1) / 2) / (n * m)


def shape(name):
    label = dga_train.label_of(name)
    if re.fullmatch("[0-9a-f]+", label) and len(label) >= 8:
        return "hexadecimal"
    if re.search("[0-9]", label):
        return "letters and digits"
    if len(label) >= 20:
        return "letters, 20 and more"
    if len(label) >= 10:
        return "letters, 10 to 19"
    return "letters, under 10"


def measure(folder):
    benign = [n for n in read(folder / "domains/clicksec__alexa_100k.tsv.gz")
              if dga_train.part(dga_train.label_of(n)) >= 0.7]
    made = read(folder / "domains/clicksec__dga_domains.tsv.gz")
    families = {}
    for name in made:
        families.setdefault(shape(name), []).append(name)
    for family in dga_train.UNSEEN:
        key = "own, not trained on: " + family.__name__
        families[key] = [label + ".com" for label in
                         dga_train.generate([family], 3000, 7)]
    good = windows(odds(benign), 1)
    result = {"published": auc(good, windows(odds(made), 2)), "families": {}}
    for name, names in sorted(families.items()):
        scores = odds(names)
        if len(scores) >= 2 * WINDOW:
            result["families"][name] = {
                "names": len(names),
                "auc": auc(good, windows(scores, 3))}
    return result


def markdown(result):
    yield table([
        ["generated names", "names", "AUC of windows of 20"],
        ["all that were published", "", f"{result['published']:.4f}"],
        *[[name, f["names"], f"{f['auc']:.4f}"]
          for name, f in result["families"].items()]])
