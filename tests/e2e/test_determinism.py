"""The same input gives the same findings, byte for byte."""
import gzip
import re
import shutil
import subprocess
import unittest

import harness
from harness import backfill, fresh, logs

DAYS = 4 if harness.SLOW else 14
FORMS = ("guardduty", "csv")


def parts(folder):
    """The folders of a simulated world, as separate arguments."""
    return sorted(p for p in folder.iterdir() if p.is_dir())


class Determinism(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder, _ = harness.world(days=DAYS)
        cls.usual = {form: backfill(*parts(cls.folder), form=form)
                     for form in FORMS}

    def same(self, *args, form="guardduty", **more):
        self.assertEqual(self.usual[form], backfill(*args, form=form, **more))

    def test_there_are_findings(self):
        self.assertGreater(self.usual["guardduty"].count(b"\n"), 5)

    def test_any_number_of_threads(self):
        for form in FORMS:
            for jobs in ("1", "2", "3", "4", "7", "64"):
                with self.subTest(form=form, jobs=jobs):
                    self.same("--jobs", jobs, *parts(self.folder), form=form)

    def test_any_order_of_arguments(self):
        self.same(*reversed(parts(self.folder)))

    def test_any_order_of_the_directory_and_any_parent(self):
        other = fresh("another place/made backwards")
        for path in reversed(logs(self.folder)):
            to = other / path.relative_to(self.folder)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)
        for jobs in ("1", "4"):
            self.same("--jobs", jobs, *parts(other))

    def test_every_object_twice(self):
        copy = fresh("copy") / "world"
        shutil.copytree(self.folder, copy)
        for jobs in ("1", "4"):
            self.same("--jobs", jobs, *parts(self.folder), *parts(copy))
        self.same(*parts(self.folder), *parts(self.folder))

    def test_a_copy_beside_each_object(self):
        """Its bytes differ; the records' own ids tell that it is one."""
        other, copies = fresh("beside"), []
        for path in logs(self.folder):
            if "vpcflowlogs" in str(path) or "dns" in str(path):
                continue
            to = other / path.relative_to(self.folder)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)
            text = gzip.decompress(path.read_bytes())
            copies.append((to.with_name("zz-again-" + to.name), text))
        usual = backfill(*parts(other))
        for to, text in copies:
            to.write_bytes(text)
        out, stats = harness.stats(*parts(other))
        self.assertEqual(usual, out)
        self.assertGreater(stats["duplicates"], 1000)

    def test_any_packing(self):
        for packing in ("plain", "members", "zstd"):
            other = fresh("packed-" + packing)
            for path in logs(self.folder):
                text = gzip.decompress(path.read_bytes())
                if packing == "members":
                    middle = len(text) // 2
                    text = (gzip.compress(text[:middle]) +
                            gzip.compress(text[middle:]))
                to = other / path.relative_to(self.folder)
                to.parent.mkdir(parents=True, exist_ok=True)
                to.write_bytes(text)
            if packing == "zstd":
                if not shutil.which("zstd"):
                    continue
                subprocess.run(["zstd", "-q", "-r", "--rm", other],
                               check=True)
                for path in other.rglob("*.zst"):
                    path.rename(path.with_suffix(""))
            with self.subTest(packing=packing):
                self.same(*parts(other))

    def test_one_large_object(self):
        """Its pieces are decoded by many threads: what is refused, where a
        time is missing and what is counted must not tell by whom."""
        folder = fresh("large")
        lines = [line for path in logs(self.folder) if "k8s" in str(path)
                 for line in gzip.decompress(path.read_bytes()).splitlines()]
        for i in range(0, len(lines), 197):
            lines[i] = lines[i][:len(lines[i]) // 2]
        for i in range(1, len(lines), 499):
            lines[i] = re.sub(rb'"\w+Timestamp":"[^"]*",?', b"", lines[i])
        (folder / "audit.log").write_bytes(b"\n".join(lines * 3))
        self.assertGreater((folder / "audit.log").stat().st_size, 6 << 20)
        seen = set()
        for jobs in ("1", "2", "3", "5"):
            kept = fresh("large-refused-" + jobs)
            out, stats = harness.stats("--jobs", jobs, "--quarantine", kept,
                                       folder, code=2)
            refused = b"".join(path.read_bytes() for path in
                               sorted(kept.rglob("*")) if path.is_file())
            self.assertGreater(stats["quarantined"], 5)
            seen.add((out, refused, stats["events"]["k8s-audit"],
                      stats["quarantined"], str(stats["skipped"])))
        self.assertEqual(1, len(seen))

    def test_simulation_repeats(self):
        other = fresh("repeated")
        again, _ = harness.world(days=DAYS, root=other)
        for path in logs(self.folder):
            with self.subTest(path=path.name):
                self.assertEqual(
                    path.read_bytes(),
                    (again / path.relative_to(self.folder)).read_bytes())


if __name__ == "__main__":
    unittest.main()
