"""What is done with the findings of a state file."""
import json
import sqlite3
import unittest

from harness import backfill, fresh, run, world

DAYS = 3


class Findings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.state = str(fresh("state") / "s.db")
        folder, _ = world(attack="root-login", days=DAYS)
        cls.findings = [json.loads(line) for line in backfill(
            "--state", cls.state, folder).splitlines()]
        cls.id = cls.findings[0]["id"]

    def findings_do(self, *args, **more):
        return run("findings", *args, "--state", self.state,
                   **more).stdout.decode()

    def listed(self, *more):
        return [json.loads(line)["id"] for line in self.findings_do(
            "list", "--format", "guardduty", *more).splitlines()]

    def test_a_finding_has_a_playbook_filled_in(self):
        out = run("playbook", "--state", self.state,
                  self.id[:8]).stdout.decode()
        self.assertIn(self.findings[0]["type"], out)
        self.assertIn("210987654321", out)
        self.assertNotIn("<actor>", out)
        of_type = run("playbook", self.findings[0]["type"]).stdout.decode()
        self.assertIn("<", of_type)
        run("playbook", self.id[:8], code=64)
        run("playbook", "--state", self.state, "00000000", code=66)
        run("playbook", "--state", self.state, "abc", code=64)

    def test_feedback_is_kept_and_shown(self):
        self.assertNotIn("Feedback", self.findings_do("show", self.id))
        self.findings_do("feedback", self.id[:8], "useful")
        self.assertIn("useful", self.findings_do("show", self.id))
        self.findings_do("feedback", self.id[:8], "noise",
                         "--note", "our \x1b[31mscanner")
        out = self.findings_do("show", self.id)
        self.assertIn("noise - our \\x1b[31mscanner", out)
        self.assertNotIn("\x1b", out)
        for args in (("feedback", self.id), ("feedback", self.id, "good"),
                     ("show", self.id, "--note", "x"),
                     ("feedback", self.id, "noise", "--note", "x" * 2001)):
            self.findings_do(*args, code=64)
        self.assertIn(b"whole", run("state", "verify", "--state",
                                    self.state).stdout)

    def test_an_archived_finding_stays_away(self):
        self.findings_do("archive", self.id)
        self.assertNotIn(self.id, self.listed())
        self.assertIn(self.id, self.listed("--archived"))
        self.findings_do("reopen", self.id)
        self.assertIn(self.id, self.listed())

    def test_a_file_of_an_older_version_is_brought_up_to_date(self):
        old = str(fresh("old") / "s.db")
        run("state", "backup", "--state", self.state, old)
        db = sqlite3.connect(old)
        db.executescript(
            "DROP TABLE commits; DROP TABLE told; DROP TABLE withdrawn;"
            "ALTER TABLE consumed DROP COLUMN sum;"
            "ALTER TABLE counter DROP COLUMN sum;"
            "DROP TABLE feedback; PRAGMA user_version = 1")
        db.close()
        run("findings", "show", self.id, "--state", old)
        run("findings", "feedback", self.id, "useful", "--state", old)
        db = sqlite3.connect(old)
        db.executescript("PRAGMA user_version = 99")
        db.close()
        done = run("findings", "list", "--state", old, code=74)
        self.assertIn(b"newer nephoscope", done.stderr)


if __name__ == "__main__":
    unittest.main()
