"""A strict reader of Prometheus' text format 0.0.4, and what promtool's lint
asks of names."""
import re

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
SUFFIXES = ("_bucket", "_sum", "_count")


class Wrong(Exception):
    """What is not right, with its line."""


def labels_of(text, number):
    """{a="b",...} -> (dict, rest)."""
    found, at = {}, 1
    while text[at] != "}":
        name = LABEL.match(text, at)
        if not name or text[name.end():name.end() + 2] != '="':
            raise Wrong(f"{number}: label at {text[at:at + 20]!r}")
        if name.group() in found:
            raise Wrong(f"{number}: label {name.group()} twice")
        at, value = name.end() + 2, []
        while text[at] != '"':
            if text[at] == "\\":
                at += 1
                if text[at] not in '\\"n':
                    raise Wrong(f"{number}: escape \\{text[at]}")
                value.append("\n" if text[at] == "n" else text[at])
            else:
                value.append(text[at])
            at += 1
        found[name.group()] = "".join(value)
        at += 1
        if text[at] == ",":
            at += 1
    return found, text[at + 1:]


def read(page):
    """{family: {"type":, "help":, "samples": [(name, labels, value)]}}"""
    families, current, seen = {}, None, set()
    text = page.decode("utf-8")
    if not text.endswith("\n"):
        raise Wrong("no line feed at the end")
    for number, line in enumerate(text.split("\n")[:-1], 1):
        if line.startswith("# HELP "):
            name, _, words = line[7:].partition(" ")
            if name in families or not words:
                raise Wrong(f"{number}: HELP of {name}")
            current = families[name] = {"help": words, "samples": []}
            current["name"] = name
            continue
        if line.startswith("# TYPE "):
            name, kind = line[7:].split(" ")
            if not current or current["name"] != name or "type" in current:
                raise Wrong(f"{number}: TYPE of {name} out of place")
            if kind not in ("counter", "gauge", "histogram"):
                raise Wrong(f"{number}: type {kind}")
            current["type"] = kind
            continue
        name = NAME.match(line)
        if not name:
            raise Wrong(f"{number}: {line!r}")
        rest, labels = line[name.end():], {}
        if rest.startswith("{"):
            labels, rest = labels_of(rest, number)
        if not re.fullmatch(r" \S+", rest):
            raise Wrong(f"{number}: value {rest!r}")
        value = float(rest)
        sample = (name.group(), tuple(sorted(labels.items())))
        if sample in seen:
            raise Wrong(f"{number}: {sample} twice")
        seen.add(sample)
        base = name.group()
        if current and current.get("type") == "histogram":
            base = re.sub("(%s)$" % "|".join(SUFFIXES), "", base)
        if not current or base != current["name"]:
            raise Wrong(f"{number}: {name.group()} outside its family")
        current["samples"].append((name.group(), labels, value))
    return families


def lint(families):
    """What is wrong with names, units and histograms."""
    wrong = []
    for name, family in families.items():
        kind = family.get("type")
        if not name.startswith("nephoscope_"):
            wrong.append(f"{name}: whose is it?")
        if (kind == "counter") != name.endswith("_total"):
            wrong.append(f"{name}: _total is for counters")
        for unit in ("milli", "minutes", "hours", "kilo", "mega", "_ms"):
            if unit in name:
                wrong.append(f"{name}: not a base unit")
        if kind in name:
            wrong.append(f"{name}: its type is in its name")
        for sample, labels, value in family["samples"]:
            if kind == "counter" and value < 0:
                wrong.append(f"{sample}: below zero")
            if "le" in labels and kind != "histogram":
                wrong.append(f"{sample}: le")
        if kind == "histogram":
            wrong += lint_histogram(name, family["samples"])
    return wrong


def lint_histogram(name, samples):
    buckets = [(labels["le"], value) for sample, labels, value in samples
               if sample == name + "_bucket"]
    count = [v for s, _, v in samples if s == name + "_count"]
    bounds = [float(le) for le, _ in buckets]
    values = [value for _, value in buckets]
    wrong = []
    if bounds != sorted(set(bounds)) or bounds[-1:] != [float("inf")]:
        wrong.append(f"{name}: bounds {bounds}")
    if values != sorted(values) or values[-1:] != count:
        wrong.append(f"{name}: buckets {values} of {count}")
    if not any(s == name + "_sum" for s, _, _ in samples):
        wrong.append(f"{name}: no sum")
    return wrong
