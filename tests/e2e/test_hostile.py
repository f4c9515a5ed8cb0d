"""What an attacker writes into a log stays data in every output.

Each string of the simulated attacks' records that does not decide what the
record is gets a hostile tail; whatever the findings then say is looked at as a
terminal, a spreadsheet, a JSON reader and a shell would.
"""
import csv
import gzip
import io
import json
import os
import pathlib
import re
import subprocess
import unittest

import harness
from harness import backfill, fresh, logs, run

SHELL = "'\"`touch BROKEN`$(touch BROKEN);touch BROKEN|touch BROKEN&\n" \
    "touch BROKEN #\\"
TAILS = {
    "terminal": "\x1b[31m\x1b]0;t\x07\x9b2J\x85\x00\r\b\x7f",
    "bidi": "\u202e\u2066\u200f\u061c\u2029\ufeff\u200b",
    "html": "<script>alert(1)</script>&lt;\" onload='x'",
    "shell": SHELL,
    "broken": "\ud800\udfff \ufffe\U000e0041\U000e0001",
    "long": "A" * 3000,
}
HEADS = {"formula": "=HYPERLINK(\"http://x\")", "plus": "+1+cmd|' /C calc'!A0",
         "at": "@SUM(1)", "minus": "-2+3", "tab": "\t=1", "wide": "\uff1d1"}
# What says which record this is, when, and whether it succeeded.
FIXED = {"eventTime", "eventName", "eventSource", "eventType", "type",
         "eventVersion", "eventCategory", "errorCode", "awsRegion",
         "recipientAccountId", "accountId", "sourceIPAddress", "verb",
         "stage", "level", "kind", "apiVersion", "resource", "apiGroup",
         "subresource", "requestReceivedTimestamp", "stageTimestamp",
         "query_timestamp", "query_type", "rcode", "srcaddr", "protocol",
         "transport", "messageType", "sourceIPs", "status", "ConsoleLogin",
         "MFAUsed", "version", "query_class", "account_id", "region",
         "Effect", "Action", "decision", "policyDocument", "code",
         "requestURI", "query_name", "Rdata", "Type", "Class", "answers",
         "code", "reason", "creationDate", "path"}
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e"
    "\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


def taint(value, make, key=""):
    """The same value, hostile strings in it."""
    if isinstance(value, dict):
        return {k: v if k in FIXED else taint(v, make, k)
                for k, v in value.items()}
    if isinstance(value, list):
        return [taint(v, make, key) for v in value]
    if isinstance(value, str) and not value.startswith("system:") and \
            not value.startswith(("cluster-admin", "kube-system")):
        return make(value)
    return value


def taint_text(text, make):
    """One decompressed object."""
    if text.startswith(b'{"Records"'):
        made = taint(json.loads(text), make)
        return json.dumps(made).encode()
    if text.startswith(b'{"messageType"') or b'"logEvents"' in text[:500]:
        made = []
        for line in text.splitlines():
            message = json.loads(line)
            for event in message["logEvents"]:
                event["message"] = json.dumps(
                    taint(json.loads(event["message"]), make))
            made.append(json.dumps(message))
        return "\n".join(made).encode()
    if text.startswith(b"{"):
        return b"\n".join(json.dumps(taint(json.loads(line), make)).encode()
                          for line in text.splitlines())
    return text


def attacks_only(truth):
    """The files in which an attack's records are."""
    return sorted({file for attack in truth["attacks"]
                   for step in attack["steps"] for file in step["files"]})


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder, cls.truth = harness.world(days=3 if harness.SLOW else 14)
        cls.files = [f for f in attacks_only(cls.truth) if "flow" not in f]

    def tainted(self, name, make):
        folder = fresh("hostile-" + name)
        for file in self.files:
            path = self.folder / file
            to = folder / file
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(gzip.compress(taint_text(
                gzip.decompress(path.read_bytes()), make), 1))
        return folder

    def each(self):
        for name, tail in TAILS.items():
            yield name, self.tainted(name, lambda s, t=tail: s + t)
        for name, head in HEADS.items():
            yield name, self.tainted(name, lambda s, h=head: h + s)

    def check_text(self, raw):
        text = raw.decode().replace("\r\n", "\n")  # it is UTF-8
        hit = UNSEEN.search(text)
        self.assertIsNone(hit, hit and repr(
            text[max(0, hit.start() - 80):hit.end() + 20]))

    def check_csv(self, raw):
        rows = list(csv.reader(io.StringIO(raw.decode(), newline="")))
        self.assertTrue(all(len(r) == len(rows[0]) for r in rows))
        for row in rows:
            for cell in row:
                bare = cell.lstrip(" \u00a0\u3000\"")
                self.assertNotRegex(
                    bare, "^[=+@|%\t\r\n\uff1d\uff0b\uff0d\uff20-]", cell)

    def check_commands(self, findings):
        """Run each command with programs that do nothing."""
        folder = fresh("shell")
        tools = folder / "bin"
        tools.mkdir()
        for tool in ("aws", "kubectl", "jq", "dig", "whois", "nephoscope",
                     "grep", "sort", "head", "date", "curl", "base64",
                     "touch", "openssl", "ssh", "crictl", "cat", "xargs"):
            (tools / tool).write_text(
                "#!/bin/sh\nexit 0\n" if tool != "touch" else
                f"#!/bin/sh\n: > '{folder}/BROKEN'\n")
            (tools / tool).chmod(0o755)
        seen = set()
        for finding in findings:
            for step in finding["nephoscope"]["playbook"]:
                for key in ("command", "undo"):
                    if step.get(key):
                        seen.add(step[key])
        if seen:
            script = "\n".join(f"(\n{c}\n)" for c in sorted(seen)
                               if "\0" not in c)
            subprocess.run(["/bin/sh"], input=script.encode(), cwd=folder,
                           env={"PATH": str(tools)}, timeout=60,
                           capture_output=True, check=False)
            self.assertFalse((folder / "BROKEN").exists())
            for command in seen:
                done = subprocess.run(["/bin/sh", "-n"], cwd=folder,
                                      input=command.encode(), timeout=10,
                                      capture_output=True, check=False)
                self.assertEqual(done.returncode, 0,
                                 (command, done.stderr))
        return len(seen)

    def test_every_output(self):
        told = 0
        for name, folder in self.each():
            with self.subTest(name=name):
                raw = backfill(folder, code=None)
                self.check_text(raw)
                findings = [json.loads(line) for line in raw.splitlines()]
                self.assertTrue(findings)
                told += len(findings)
                table = backfill("--details", "50", folder, form="table",
                                 code=None)
                self.check_text(table)
                rows = backfill(folder, form="csv", code=None)
                self.check_text(rows)
                self.check_csv(rows)
                for form in ("ocsf", "asff"):
                    raw = backfill(folder, form=form, code=None)
                    self.check_text(raw)
                    self.assertEqual(
                        len([json.loads(x) for x in raw.splitlines()]),
                        len(findings))
                self.check_commands(findings)
        self.assertGreater(told, 50)

    def test_the_tail_reaches_the_findings(self):
        """Else this file would show nothing."""
        folder = self.tainted("marker", lambda s: s + "MARK<&")
        self.assertGreater(backfill(folder).count(b"MARK<&"), 20)

    def test_hostile_names_of_domains(self):
        folder = fresh("domains")
        rows = []
        for n, tail in enumerate(TAILS.values()):
            rows.append(json.dumps({
                "version": "1.1", "account_id": "210987654321",
                "region": "eu-west-1", "vpc_id": "vpc-1" + tail,
                "query_timestamp": f"2026-11-02T08:00:0{n}Z",
                "query_name": tail[:60] + ".xmr.nanopool.org.",
                "query_type": "A", "query_class": "IN", "rcode": "NOERROR",
                "answers": [{"Rdata": tail, "Type": "A", "Class": "IN"}],
                "srcaddr": f"10.0.0.{n + 1}", "srcport": "5353",
                "transport": "UDP",
                "srcids": {"instance": "i-1" + tail}}))
        (folder / "dns.log").write_text("\n".join(rows))
        for form in ("guardduty", "ocsf", "asff", "csv", "table"):
            raw = backfill("--details", "9", folder, form=form, code=None)
            self.assertIn(b"nanopool", raw)
            self.check_text(raw)
            if form == "csv":
                self.check_csv(raw)

    def test_hostile_flow_fields(self):
        folder = fresh("flows")
        lines = ["version account-id interface-id instance-id srcaddr dstaddr "
                 "srcport dstport protocol packets bytes start end action "
                 "log-status"]
        for port in range(1, 400):
            lines.append(
                f"5 210987654321 eni-\x1b[31m\x9b31m<b>$(x) =i-'\"`x`\u202e "
                f"10.0.0.9 10.0.0.10 40000 {port} 6 1 60 "
                f"{1793606400 + port} {1793606401 + port} REJECT OK")
        (folder / "flow.log").write_text("\n".join(lines) + "\n")
        for form in ("guardduty", "ocsf", "asff", "csv", "table"):
            raw = backfill("--details", "9", folder, form=form, code=None)
            self.assertIn(b"Portscan", raw)
            self.check_text(raw)
            if form == "csv":
                self.check_csv(raw)

    def test_hostile_paths_and_messages(self):
        folder = fresh("paths")
        bad = "\x1b[2J\u202e=cmd\n.json"
        (folder / bad).write_text("nothing")
        done = run("backfill", os.fspath(folder), code=65)
        self.check_text(done.stderr)
        done = run("backfill", os.fspath(pathlib.Path("/x") / bad), code=66)
        self.check_text(done.stderr)
        done = run("backfill", "--\x1b[2J", ".", code=64)
        self.check_text(done.stderr)


if __name__ == "__main__":
    unittest.main()
