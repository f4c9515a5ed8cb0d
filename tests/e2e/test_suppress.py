"""What the configuration says to expect: kept, marked, counted, told to nobody."""
import json
import os
import unittest

import serving
from harness import backfill, findings, fresh, logs, run, scratch, stats, world

DAYS = 7
EXPECTED = """suppress:
  - match: {type: "*:Kubernetes/*"}
    reason: "a test \\e[31mof ours"
    owner: secops
    expires: 2100-01-01
  - match: {type: "Recon:EC2/*"}
    reason: over since long
    expires: 2001-01-01
  - match: {actor: nobody-of-this-name}
    reason: no such
"""


def ids(rows):
    return {f["id"] for f in rows}


def is_sequence(finding):
    return finding["type"].startswith("AttackSequence:")


def by(finding):
    return finding["nephoscope"]["suppressedBy"]


class Suppress(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.logs, _ = world(days=DAYS)
        cls.config = scratch() / "suppress.yaml"
        cls.config.write_text(EXPECTED)
        cls.plain = findings(cls.logs)
        cls.shown = findings("-c", cls.config, cls.logs)
        cls.all = findings("-c", cls.config, "--suppressed", cls.logs)

    def test_what_matches_is_left_out_and_nothing_else(self):
        of = [f for f in self.plain
              if ":Kubernetes/" in f["type"] and not is_sequence(f)]
        self.assertGreater(len(of), 3)
        rest = [f for f in self.plain if f not in of]
        self.assertEqual([f["type"] for f in rest],
                         [f["type"] for f in self.shown])
        self.assertEqual(ids(rest), ids(self.shown))
        marked = [f for f in self.all if by(f)]
        self.assertEqual(sorted(f["type"] for f in of),
                         sorted(f["type"] for f in marked))
        for f in marked:
            self.assertEqual(by(f)["owner"], "secops")
            self.assertEqual(by(f)["expires"], "2100-01-01T00:00:00.000Z")
            self.assertTrue(f["service"]["archived"])

    def test_a_sequence_is_raised_though_all_its_findings_are_expected(self):
        config = scratch() / "all.yaml"
        config.write_text(
            'suppress: [{match: {type: "*:*/?*"}, reason: everything}]\n')
        shown = findings("-c", config, self.logs)
        self.assertTrue(shown)
        self.assertTrue(all(map(is_sequence, shown)))
        self.assertEqual(ids(shown), ids(filter(is_sequence, self.plain)))
        config.write_text('suppress: [{match: {type: "AttackSequence:*"}, '
                          'reason: an exercise}]\n')
        self.assertFalse(any(map(is_sequence, findings(
            "-c", config, self.logs))))

    def test_the_same_bytes_whatever_the_way(self):
        one = backfill("-c", self.config, "--suppressed", "--jobs", "1",
                       self.logs)
        two = backfill("-c", self.config, "--suppressed", "--jobs", "4",
                       self.logs)
        self.assertEqual(one, two)

    def test_counted(self):
        out, counts = stats("-c", self.config, self.logs)
        marked = sum(1 for f in self.all if by(f))
        self.assertEqual(counts["findings_suppressed"], marked)
        self.assertEqual(sum(counts["findings"].values()),
                         len(out.splitlines()))
        self.assertEqual([s["findings"] for s in counts["suppressions"]],
                         [marked, 0, 0])
        self.assertEqual(counts["suppressions"][2],
                         {"reason": "no such", "owner": None,
                          "expires": None, "findings": 0})

    def test_it_is_no_reason_to_fail(self):
        config = scratch() / "none.yaml"
        config.write_text('suppress: [{match: {type: "*:*/?*"}, reason: r}, '
                          '{match: {type: "AttackSequence:*"}, reason: r}]\n')
        backfill("--fail-on", "low", self.logs, code=1)
        done = run("backfill", "-c", str(config), "--fail-on", "low",
                   str(self.logs))
        self.assertIn(b"findings are suppressed", done.stderr)
        self.assertEqual(done.stdout, b"")

    def test_every_format_marks_it(self):
        args = ("-c", self.config, "--suppressed", self.logs)
        marked = sum(1 for f in self.all if by(f))
        ocsf = map(json.loads, backfill(*args, form="ocsf").splitlines())
        self.assertEqual(sum(f["status_id"] == 3 for f in ocsf), marked)
        asff = map(json.loads, backfill(*args, form="asff").splitlines())
        self.assertEqual(
            sum(f.get("Workflow", {}).get("Status") == "SUPPRESSED"
                for f in asff), marked)
        csv = backfill(*args, form="csv")
        self.assertIn(b"suppressed_by", csv.splitlines()[0])
        self.assertNotIn(b"\x1b", csv)

    def test_kept_in_the_state(self):
        state = str(fresh("state") / "s.db")
        backfill("-c", self.config, "--state", state, self.logs)

        def listed(*more):
            done = run("findings", "list", "--state", state, "--format",
                       "guardduty", *more)
            return [json.loads(x) for x in done.stdout.splitlines()], done
        rows, done = listed()
        self.assertEqual(ids(rows), ids(self.shown))
        self.assertIn(b"--suppressed lists them", done.stderr)
        rows, _ = listed("--suppressed")
        self.assertEqual(ids(rows), ids(f for f in self.all if by(f)))
        out = run("findings", "show", "--state", state,
                  rows[0]["id"]).stdout.decode()
        self.assertIn("secops, until 2100-01-01", out)
        self.assertNotIn("\x1b", out)

    def test_no_feed_is_told(self):
        for path in logs(self.logs):
            os.utime(path, (1e9, 1e9))
        feed = scratch() / "feed.ndjson"
        s = serving.Service(
            fresh("serve"),
            [{"name": "archive", "kind": "files", "path": str(self.logs),
              "follow": True}],
            [{"name": "siem", "kind": "file", "path": str(feed)}],
            suppress=[{"match": {"type": "*:Kubernetes/*"}, "reason": "r"}])
        self.addCleanup(s.kill)
        with s:
            s.wait_parcels(len(logs(self.logs)))
            serving.wait_for("deliveries", lambda: s.metric(
                "feed_queued") == 0)
            kept = s.metric("findings_suppressed_total")
            raised = s.metric("findings_total")
            s.stop()
        told = {json.loads(x)["id"] for x in feed.read_text().splitlines()}
        self.assertEqual(kept, sum(1 for f in self.all if by(f)))
        self.assertEqual(told, ids(self.shown))
        self.assertGreaterEqual(raised, len(self.shown))

    def test_the_configuration_is_checked(self):
        config = scratch() / "wrong.yaml"
        for text, said in (
                ('{match: {type: "Recon:EC2/Portscam"}, reason: r}',
                 b"did you mean Recon:EC2/Portscan?"),
                ('{match: {}, reason: r}', b"fits every finding"),
                ('{match: {typ: x}, reason: r}', b"did you mean type?"),
                ('{match: {type: x}}', b"reason is missing")):
            config.write_text("suppress: [%s]\n" % text)
            done = run("config", "check", "-c", str(config), code=78)
            self.assertIn(said, done.stderr)
        done = run("config", "check", "-c", str(self.config))
        self.assertIn(b"suppress: 3, of which 1 never expires", done.stdout)
        shown = run("config", "show", "-c", str(self.config)).stdout
        again = scratch() / "again.yaml"
        again.write_bytes(shown)
        self.assertEqual(
            run("config", "show", "-c", str(again)).stdout.splitlines()[1:],
            shown.splitlines()[1:])
        self.assertIn(b"max_severity", run("config", "schema").stdout)


if __name__ == "__main__":
    unittest.main()
