#!/usr/bin/env python3
"""Every command of every playbook, read by shells and run against stubs.

    check.py RENDER NEPHOSCOPE

RENDER (render.c) fills in each step of each playbook twice over: with
harmless values and with values as an intruder would choose them. Then

- `bash -n` and shellcheck read each command and each undo;
- bash runs them in an empty folder where kubectl, aws, gcloud, az, jq and
  the like are stubs that only write down the words they were given. With
  harmless values the words must be commands that exist (commands.txt, and
  the options of this nephoscope); with hostile ones each value must be
  within one word, whole, and nothing else may have been run;
- each proposed suppression is taken into a configuration, which nephoscope
  must accept, and says of the finding what it says.

A missing shellcheck or jq fails the test.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MARK = "hx7"
HOSTILE = [
    "hx7'; touch PWNED; '",
    'hx7"; touch PWNED; "',
    "hx7 $(touch PWNED)",
    "hx7`touch PWNED`",
    "hx7\ntouch PWNED",
    "\x1b[31mhx7\x1b[0m",
    "--hx7=1",
    "hx7|touch PWNED",
    "hx7>PWNED",
    "hx7 -n other *",
    "../hx7",
    "hx7\\",
    "\u202ehx7",
]
# Read by the stubs' own shells, or known to do no harm.
REAL = ["sh", "bash", "cat", "cut", "date", "head", "sort", "tail", "tr",
        "wc", "xargs", "touch", "true", "base64"]
STUBS = ["kubectl", "aws", "gcloud", "az", "nephoscope", "jq", "zcat",
         "grep", "whois", "curl", "openssl", "dig", "sleep"]
# SC2016: $ in a jq program or printf format in single quotes is meant.
# SC1003: a value may end in a backslash, which single quotes keep.
# SC2002, SC2126: a pipe that reads from left to right is easier at night.
SHELLCHECK = ["shellcheck", "-s", "bash", "-f", "gcc",
              "-e", "SC1003,SC2016,SC2002,SC2126"]
STUB = """#!/bin/sh
printf '%s\\0' "${0##*/}" "$@" "
" >>"$WORDS"
"""
# Programs of jq are compiled by the real one, on no input.
JQ = STUB + """"$REAL_JQ" "$@" </dev/null >/dev/null 2>"$WORDS.jq"
[ $? -ne 3 ] || cat "$WORDS.jq" >>"$WORDS.bad"
printf 'one\\ttwo\\tthree\\n'
"""
PRINTS = STUB + "printf 'one\\ttwo\\tthree\\n'\n"


class Wrong(list):
    def add(self, row, what, detail=""):
        self.append("%s: %s: %s: %s\n    %s" % (
            row["playbook"], row["kind"], row.get("title"), what, detail))


def commands_of(row):
    """A command, and its way back when that is no sentence."""
    undo = row.get("undo", "")
    return [c for c in (row.get("command"),
                        None if undo.startswith("none") else undo) if c]


def unique(rows):
    """Each command once: playbooks share parts."""
    seen = set()
    for row in rows:
        key = (tuple(commands_of(row)), row.get("value"))
        if key[0] and key not in seen:
            seen.add(key)
            yield row


# --- shells that read -------------------------------------------------------

def read_by_shells(rows, folder, wrong):
    """Each command alone with harmless values; all of one hostile value
    together, as there are thousands."""
    scripts = {}
    for row in rows:
        key = (row.get("value"), None if "value" in row else len(scripts))
        scripts.setdefault(key, []).append(row)
    names = {}
    for i, some in enumerate(scripts.values()):
        path = os.path.join(folder, "%05d.sh" % i)
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/bash\n" + "".join(
                command + "\n" for row in some
                for command in commands_of(row)))
        names[path] = some[0]
        run = subprocess.run(["bash", "-n", path], stderr=subprocess.PIPE,
                             check=False)
        if run.returncode != 0:
            wrong.add(some[0], "bash -n", run.stderr.decode())
    paths = list(names)
    for at in range(0, len(paths), 100):
        run = subprocess.run(SHELLCHECK + paths[at:at + 100],
                             stdout=subprocess.PIPE, check=False)
        for line in run.stdout.decode().splitlines():
            path, number = line.split(":")[:2]
            with open(path, encoding="utf-8") as file:
                wrong.add(names[path], "shellcheck", line + "\n    " +
                          file.read().split("\n")[int(number) - 1])


# --- a world of stubs -------------------------------------------------------

def make_world(folder):
    """A PATH with what REAL names and stubs for the rest."""
    tools = os.path.join(folder, "bin")
    os.makedirs(tools)
    for name in REAL:
        os.symlink(shutil.which(name), os.path.join(tools, name))
    for name in STUBS:
        path = os.path.join(tools, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(JQ if name == "jq" else PRINTS)
        os.chmod(path, 0o755)
    return tools


def run_command(command, folder, tools):
    """The words that stubs were given, and what went wrong."""
    here = os.path.join(folder, "here")
    words = os.path.join(folder, "words")
    shutil.rmtree(here, ignore_errors=True)
    os.makedirs(here)
    for name in (words, words + ".bad"):
        if os.path.exists(name):
            os.remove(name)
    # What an earlier step of the playbook left.
    for name in set(re.findall(r"incident-01234567-[\w.-]+", command)):
        with open(os.path.join(here, name), "w", encoding="utf-8") as file:
            file.write("one/two\tthree\n")
    run = subprocess.run(
        ["bash", "-c", command], cwd=here, timeout=60,
        env={"PATH": tools, "WORDS": words, "HOME": here,
             "REAL_JQ": shutil.which("jq"), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, check=False)
    calls = []
    if os.path.exists(words):
        with open(words, "rb") as file:
            for call in file.read().split(b"\0\n\0"):
                if call:
                    calls.append([w.decode("utf-8", "replace")
                                  for w in call.split(b"\0")])
    bad = ""
    if os.path.exists(words + ".bad"):
        with open(words + ".bad", encoding="utf-8") as file:
            bad = file.read()
    stray = [n for n in os.listdir(here)
             if not n.startswith("incident-01234567")]
    return calls, bad, stray, run.stderr.decode("utf-8", "replace")


# --- commands that exist ----------------------------------------------------

def load_commands():
    """commands.txt: "TOOL WORDS...: OPTION...", see there."""
    known = {}
    with open(os.path.join(HERE, "commands.txt"), encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].strip()
            if line:
                words, _, options = line.partition(":")
                known[tuple(words.split())] = set(options.split())
    return known


def check_call(call, known):
    """Why the call is none that exists, or None."""
    words = []
    options = set()
    rest = iter(call[1:])
    for word in rest:
        if word == "--":
            break
        if word.startswith("-") and len(word) > 1:
            options.add(word.split("=")[0])
            if word == "-n" and not words:
                next(rest)  # kubectl -n NAMESPACE VERB
        else:
            words.append(word)
    tool = (call[0],)
    if tool not in known:
        return None
    best = max((key for key in known
                if tool + tuple(words[:len(key) - 1]) == key), key=len)
    if best == tool:
        return "no such command in commands.txt"
    unknown = options - known[best] - known[tool]
    if unknown:
        return "%s knows no %s" % (" ".join(best), " ".join(sorted(unknown)))
    return None


def check_harmless(row, folder, tools, known, wrong):
    for command in commands_of(row):
        calls, bad, stray, errors = run_command(command, folder, tools)
        if bad:
            wrong.add(row, "jq", bad)
        if "command not found" in errors:
            wrong.add(row, "not found", errors)
        if stray:
            wrong.add(row, "writes beside the incident's files", str(stray))
        if not calls:
            wrong.add(row, "ran nothing", command)
        for call in calls:
            why = check_call(call, known)
            if why:
                wrong.add(row, why, " ".join(call))


def check_hostile(row, folder, tools, wrong):
    value = row["value"]
    for command in commands_of(row):
        if MARK not in command:
            continue
        calls, _, stray, errors = run_command(command, folder, tools)
        if stray:
            wrong.add(row, "a value was run", command + "\n" + str(stray))
        if "command not found" in errors:
            wrong.add(row, "a value was run", errors)
        for call in calls:
            for word in call:
                # Of NAMESPACE/POD the halves are values of their own.
                if MARK in word and value not in word and \
                        word != value.split("/")[-1]:
                    wrong.add(row, "a value was split", repr(call))


# --- suppressions -----------------------------------------------------------

def check_suppressions(rows, binary, folder, wrong):
    """All in one configuration, as a user would paste them."""
    items = {row["suppress"]: row for row in rows if "suppress" in row}
    path = os.path.join(folder, "suppress.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("suppress:\n" + "".join(
            "  %s\n" % item for item in items))
    run = subprocess.run([binary, "config", "check", "-c", path],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         check=False)
    if not items or run.returncode != 0:
        wrong.append("suppressions: config check: " + run.stdout.decode())
    for item, row in items.items():
        match = re.match(r"- \{match: \{(.*?)\}, reason: ", item, re.S)
        if "value" not in row or not match:
            continue
        # A JSON string is YAML's too.
        texts = re.findall(r'"(?:[^"\\]|\\.)*"', match.group(1))
        for text in texts[1:]:
            if json.loads(text) != row["value"]:
                wrong.add(row, "matches something else", item)
            if set("*?[\\") & set(json.loads(text)):
                wrong.add(row, "matches more than itself", item)


def main():
    render, binary = sys.argv[1:3]
    for tool in ("shellcheck", "jq"):
        if shutil.which(tool) is None:
            sys.exit("%s is not installed; ./dev test installs it" % tool)
    run = subprocess.run([render, "-"] + HOSTILE, stdout=subprocess.PIPE,
                         check=True)
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    harmless = list(unique(r for r in rows if "value" not in r))
    hostile = list(unique(r for r in rows if "value" in r))
    known = load_commands()
    wrong = Wrong()
    for row in rows:
        if "value" not in row and "leftOut" in row:
            wrong.add(row, "left out with every fact there", row["leftOut"])
        for key in ("title", "command", "undo"):
            if re.search(r"\{[a-z][a-z0-9_.]*\}", row.get(key, "")) and \
                    "value" not in row:
                wrong.add(row, "a placeholder is left", row[key])
    folder = tempfile.mkdtemp(prefix="playbooks-")
    try:
        tools = make_world(folder)
        read_by_shells(harmless + hostile, folder, wrong)
        for row in harmless:
            check_harmless(row, folder, tools, known, wrong)
        for row in hostile:
            check_hostile(row, folder, tools, wrong)
        check_suppressions(rows, binary, folder, wrong)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("%d playbooks, %d different commands, %d with hostile values" % (
        len({r["playbook"] for r in rows}), len(harmless), len(hostile)))
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
