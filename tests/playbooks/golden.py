#!/usr/bin/env python3
"""The playbook of every finding that the scenarios expect.

    golden.py NEPHOSCOPE SCENARIOS [NAME...]

Each scenario's logs are read by the real binary, as in scenarios/run.py. Of
each type one finding for each kind of actor is looked at, in JSON and as a
person reads it:

- all parts of the form are there: questions with a query or whom to ask and
  what each answer means, evidence, containment with effect, blast radius,
  undo, verification, when it is harmless;
- evidence comes before containment;
- a configuration with the proposed suppression suppresses the finding;
- no placeholder is left;
- `bash -n` and shellcheck read the commands as they were filled in.
"""

import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = ["Evidence", "Contain", "Eradicate", "Recover", "Verify"]
HEADINGS = ["What to do", "Ask", "Evidence", "Contain", "Verify",
            "If it is harmless", "Read more"]
PLACEHOLDER = re.compile(r"\{[a-z][a-z0-9_.]*\}|<[a-z][a-z0-9_.]*>")


def load_run(scenarios):
    sys.path.insert(0, scenarios)
    import run
    return run


def logs_of(run, folder, root):
    """Write a scenario's logs: their folder and the configuration."""
    scenario = run.load(folder)
    logs = os.path.join(root, "logs")
    world = run.make_world(logs)
    scenario.fire(world)
    os.makedirs(logs, exist_ok=True)
    world.write()
    configure = getattr(scenario, "configure", None)
    return logs, configure and configure(logs)


def read(binary, options, logs, config):
    made = subprocess.run(
        [binary, "backfill"] + options + (["-c", config] if config else []) +
        [logs], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if made.returncode != 0:
        raise RuntimeError(made.stderr.decode(errors="replace"))
    return made.stdout.decode()


def findings_of(binary, run, folder):
    """(name, expected findings, what a person reads of them all, which are
    told although a suppression that was proposed for them is there)."""
    name = os.path.basename(folder)
    root = tempfile.mkdtemp(prefix="golden-")
    try:
        logs, config = logs_of(run, folder, root)
        with open(os.path.join(folder, "expected.json"),
                  encoding="utf-8") as file:
            types = {row["type"] for row in json.load(file)}
        lines = read(binary, ["--format", "guardduty"], logs, config)
        found = {}
        for line in lines.splitlines():
            f = json.loads(line)
            if f["type"] in types:
                key = (f["type"], f["nephoscope"]["actor"]["kind"])
                found.setdefault(key, f)
        text = read(binary, ["--format", "table", "--details", "1"], logs,
                    config)
        told = still_told(binary, list(found.values()), logs, config, root)
        return name, list(found.values()), text, told
    finally:
        shutil.rmtree(root, ignore_errors=True)


def proposal_of(finding):
    return next((x["suppress"] for x in finding["nephoscope"]["harmless"]
                 if x["suppress"]), None)


def still_told(binary, findings, logs, config, root):
    proposed = {f["id"]: proposal_of(f) for f in findings if proposal_of(f)}
    if not proposed:
        return []
    own = ""
    if config:
        with open(config, encoding="utf-8") as file:
            own = file.read() + "\n"
    # Where a scenario suppresses, the proposals come behind its own.
    if "suppress:\n" not in own:
        own += "suppress:\n"
    path = os.path.join(root, "suppressing.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(own.replace("suppress:\n", "suppress:\n" + "".join(
            "  %s\n" % item for item in sorted(set(proposed.values())))))
    told = [json.loads(line)["id"] for line in read(
        binary, ["--format", "guardduty"], logs, path).splitlines()]
    return [proposed[i] for i in told if i in proposed]


def words_of(step):
    return {k: v for k, v in step.items() if isinstance(v, str)}


def check_steps(n):
    parts = [s["part"] for s in n["playbook"]]
    if parts != sorted(parts, key=PARTS.index):
        yield "the parts are not in their order"
    for part in ("Evidence", "Contain", "Verify"):
        if part not in parts:
            yield "no step of " + part
    for step in n["playbook"]:
        if step["part"] != "Contain":
            continue
        for key in ("effect", "blastRadius", "destructive"):
            if key not in step:
                yield "%s: no %s" % (step["step"], key)
        if step["undo"] is None and "leftOut" not in step:
            yield "%s: no undo" % step["step"]
    if not any(s["part"] == "Evidence" and s["command"]
               for s in n["playbook"]):
        yield "no evidence that can be taken"


def check_words(f):
    """What is wrong with one finding's playbook."""
    n = f["nephoscope"]
    yield from check_steps(n)
    if not n["questions"] or not n["harmless"]:
        yield "no questions, or not when it is harmless"
    for q in n["questions"]:
        if not (q["query"] or "ask" in q or "leftOut" in q):
            yield "%s: neither query nor whom to ask" % q["text"]
        if not q["harmlessIf"] or not q["attackIf"]:
            yield "%s: what do answers mean?" % q["text"]
    if all(q["query"] is None and "ask" not in q for q in n["questions"]):
        yield "no question can be answered"
    for item in n["playbook"] + n["questions"] + n["harmless"]:
        for key, text in words_of(item).items():
            if PLACEHOLDER.search(text):
                yield "%s: a placeholder is left: %s" % (key, text)


def script_of(f):
    n = f["nephoscope"]
    lines = [q["query"] for q in n["questions"]]
    for step in n["playbook"]:
        lines.append(step["command"])
        if step["undo"] and not step["undo"].startswith("none"):
            lines.append(step["undo"])
    return "#!/bin/bash\n" + "\n".join(line for line in lines if line) + "\n"


def read_by_shells(scripts, folder):
    """{path: finding}; what the shells say."""
    sys.path.insert(0, HERE)
    import check
    for path in scripts:
        made = subprocess.run(["bash", "-n", path], stderr=subprocess.PIPE,
                              check=False)
        if made.returncode != 0:
            yield "%s: bash -n: %s" % (scripts[path],
                                       made.stderr.decode())
    paths = sorted(scripts)
    for at in range(0, len(paths), 50):
        made = subprocess.run(check.SHELLCHECK + paths[at:at + 50],
                              stdout=subprocess.PIPE, check=False)
        for line in made.stdout.decode().splitlines():
            yield "%s: shellcheck: %s" % (scripts[line.split(":")[0]], line)


def check_scenario(name, findings, text, told, scripts, folder):
    for item in told:
        yield "%s: suppresses nothing: %s" % (name, item)
    if not findings:
        yield "%s: no finding" % name
    for heading in HEADINGS:
        if findings and ("\n%s\n" % heading) not in text:
            yield "%s: a person finds no \"%s\"" % (name, heading)
    if re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text):
        yield "%s: control characters for a terminal" % name
    for f in findings:
        for what in check_words(f):
            yield "%s: %s: %s" % (name, f["type"], what)
        path = os.path.join(folder, "%05d.sh" % len(scripts))
        with open(path, "w", encoding="utf-8") as file:
            file.write(script_of(f))
        scripts[path] = "%s: %s" % (name, f["type"])


def main():
    binary, scenarios = sys.argv[1:3]
    if shutil.which("shellcheck") is None:
        sys.exit("shellcheck is not installed; ./dev test installs it")
    run = load_run(scenarios)
    folders = sorted(
        os.path.join(scenarios, n) for n in os.listdir(scenarios)
        if os.path.exists(os.path.join(scenarios, n, "expected.json")) and
        (len(sys.argv) == 3 or n in sys.argv[3:]))
    wrong = []
    scripts = {}
    folder = tempfile.mkdtemp(prefix="golden-scripts-")
    try:
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            jobs = [pool.submit(one, binary, scenarios, f) for f in folders]
            for job in jobs:
                wrong += check_scenario(*job.result(), scripts, folder)
        wrong += read_by_shells(scripts, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("%d scenarios, %d playbooks of findings" % (len(folders),
                                                      len(scripts)))
    if wrong or not scripts:
        sys.exit("\n".join(wrong))


def one(binary, scenarios, folder):
    return findings_of(binary, load_run(scenarios), folder)


if __name__ == "__main__":
    main()
