#!/usr/bin/env python3
"""On published logs: attacks are found and name who did them, every
difference with the rules of others has a reason, generated names are told.

Skipped unless NEPHOSCOPE_PUBLISHED_LOGS names their folder.
"""
import os
import pathlib
import sys
import unittest

import dga
import published

FOLDER = os.environ.get("NEPHOSCOPE_PUBLISHED_LOGS")
SKIPPED = 77


class Published(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.result = published.measure(pathlib.Path(FOLDER))

    def test_recordings_name_the_actor(self):
        made = self.result["recordings"]
        missed = [r["recording"] for r in made if not r["naming"]]
        self.assertLessEqual(len(missed), 0.05 * len(made), missed)

    def test_recordings_are_told_briefly(self):
        self.assertLessEqual(
            published.summary(self.result)["noticedPerRecording"], 2)

    def test_every_disagreement_has_a_reason(self):
        self.assertEqual(self.result["wrong"], [])

    def test_generated_names(self):
        self.assertGreaterEqual(
            dga.measure(pathlib.Path(FOLDER))["published"], 0.97)


if __name__ == "__main__":
    if not FOLDER:
        print("skipped: NEPHOSCOPE_PUBLISHED_LOGS names no folder")
        sys.exit(SKIPPED)
    unittest.main()
