#!/usr/bin/env python3
"""size.py ROOT: functions of more than 80 lines, 15 paths or 5 arguments and
files of more than 800 lines fail.

The code is formatted by clang-format, so a function's body begins with a
brace in the first column and ends with one.
"""
import pathlib
import re
import sys

LINES, PATHS, ARGUMENTS, FILE_LINES = 80, 15, 5, 800
# Generated: tests/train/dga_train.py writes numbers, no functions.
TABLES = {"src/stats/dga_table.c"}
# libmicrohttpd's own type of a function that handles requests.
FOREIGN = {"server_request_step"}
BRANCH = re.compile(r"\b(?:if|for|while|case)\b|&&|\|\||\?")
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


def blank(match):
    """The same lines without their words."""
    return re.sub(r"[^\n]", " ", match.group(0))


def strip(text):
    """Code without strings and comments; lines stay where they are."""
    out, at = [], 0
    token = re.compile(STRING.pattern + "|" + COMMENT.pattern, re.S)
    for match in token.finditer(text):
        out.append(text[at:match.start()])
        out.append(blank(match))
        at = match.end()
    return "".join(out) + text[at:]


def arguments(head):
    """How many parameters the declarator before a body has."""
    close = head.rfind(")")
    depth, commas = 0, 0
    for i in range(close, -1, -1):
        if head[i] == ")":
            depth += 1
        elif head[i] == "(":
            depth -= 1
            if depth == 0:
                inside = head[i + 1:close].strip()
                return 0 if inside in ("", "void") else commas + 1
        elif head[i] == "," and depth == 1:
            commas += 1
    return 0


def functions(text):
    """(name, first line, lines, paths, arguments) of each function."""
    lines = strip(text).split("\n")
    start = None
    for number, line in enumerate(lines):
        if line.startswith("{"):
            start = number
        elif line.startswith("}") and start is not None:
            first = start
            while first > 0 and lines[first - 1].strip() and \
                    not lines[first - 1].startswith(("}", "#")):
                first -= 1
            head = "\n".join(lines[first:start])
            name = re.search(r"(\w+)\s*\(", head)
            if name and not line.startswith("};"):
                body = "\n".join(lines[start:number + 1])
                yield (name.group(1), first + 1, number - first + 1,
                       1 + len(BRANCH.findall(body)), arguments(head))
            start = None


def main():
    root = pathlib.Path(sys.argv[1])
    bad = count = 0
    files = [p for top in ("src", "detectors")
             for p in sorted((root / top).rglob("*"))
             if p.suffix in (".c", ".h", ".cpp")]
    for path in files:
        name = str(path.relative_to(root))
        text = path.read_text()
        if name in TABLES:
            continue
        if text.count("\n") > FILE_LINES:
            print(f"{name}: {text.count(chr(10))} lines")
            bad += 1
        for function, line, lines, paths, args in functions(text):
            count += 1
            for what, is_, most in (("lines", lines, LINES),
                                    ("paths", paths, PATHS),
                                    ("arguments", args, ARGUMENTS)):
                if what == "arguments" and function in FOREIGN:
                    continue
                if is_ > most:
                    print(f"{name}:{line}: {function}: {is_} {what}, "
                          f"at most {most}")
                    bad += 1
    print(f"{len(files)} files, {count} functions, {bad} too large")
    return 1 if bad or not count else 0


if __name__ == "__main__":
    sys.exit(main())
