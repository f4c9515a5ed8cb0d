"""/livez, /readyz and /metrics over HTTP; the metrics as Prometheus reads
them."""
import http.client
import json
import os
import shutil
import subprocess
import unittest

import exposition
from harness import free_port


class HealthTest(unittest.TestCase):
    def setUp(self):
        self.port = free_port()
        self.process = subprocess.Popen(
            [os.environ["HEALTH_DRIVER"], str(self.port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            bufsize=1)
        self.addCleanup(self.stop)
        self.assertEqual(self.process.stdout.readline(), "ready\n")

    def stop(self):
        self.process.stdin.close()
        self.assertEqual(self.process.wait(20), 0)
        self.process.stdout.close()

    def command(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        self.assertEqual(self.process.stdout.readline(), f"did {word}\n")

    def get(self, path, method="GET"):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        c.request(method, path)
        answer = c.getresponse()
        body = answer.read()
        c.close()
        return answer, body

    def test_live_and_ready(self):
        for word, live, ready in (("ready", 200, 200),
                                  ("unready", 200, 503),
                                  ("stuck", 503, 503)):
            self.command(word)
            self.assertEqual(self.get("/livez")[0].status, live)
            answer, body = self.get("/readyz")
            self.assertEqual(answer.status, ready)
            self.assertEqual(answer.getheader("Content-Type"),
                             "application/json")
            said = json.loads(body)
            self.assertEqual(said["ready"], ready == 200)
            self.assertEqual(bool(said["reasons"]), ready != 200)
        self.command("unready")
        said = json.loads(self.get("/readyz")[1])
        self.assertEqual([r["part"] for r in said["reasons"]],
                         ["store", "source trail"])
        self.assertEqual(said["reasons"][0]["reason"],
                         '"disk" is full\n\x01\ufffd')

    def test_methods_and_paths(self):
        answer, body = self.get("/livez", "HEAD")
        self.assertEqual((answer.status, body), (200, b""))
        answer, _ = self.get("/metrics", "POST")
        self.assertEqual(answer.status, 405)
        self.assertEqual(answer.getheader("Allow"), "GET, HEAD")
        for path in ("/", "/metricsx", "/livez/..", "/%2e%2e/etc/passwd"):
            self.assertEqual(self.get(path)[0].status, 404)

    def test_metrics(self):
        answer, page = self.get("/metrics")
        self.assertEqual(answer.getheader("Content-Type"),
                         "text/plain; version=0.0.4; charset=utf-8")
        families = exposition.read(page)
        self.assertEqual(exposition.lint(families), [])
        samples = {(name, tuple(sorted(labels.items()))): value
                   for family in families.values()
                   for name, labels, value in family["samples"]}
        expected = {
            ("nephoscope_events_total", "k8s-audit"): 5,
            ("nephoscope_events_dropped_total", "cloudtrail"): 0}
        for (name, source), value in expected.items():
            self.assertEqual(samples[name, (("source", source),)], value)
        names = {labels["name"] for _, labels, _ in
                 families["nephoscope_source_bytes_total"]["samples"]}
        self.assertEqual(names, {"plain", "\u20ac",
                                 'ho\\st"ile\n\ufffd\ufffd{},= \t'})
        # What is not known is left out, not zero.
        self.assertEqual(
            len(families["nephoscope_source_lag_seconds"]["samples"]), 2)
        buckets = {labels["le"]: value for name, labels, value in
                   families["nephoscope_commit_duration_seconds"]["samples"]
                   if name.endswith("_bucket")}
        self.assertEqual((buckets["0.001"], buckets["0.0025"],
                          buckets["10"], buckets["+Inf"]), (3, 4, 5, 6))
        for name in ("nephoscope_build_info", "nephoscope_findings_total",
                     "nephoscope_memory_bytes", "nephoscope_feed_queued"):
            self.assertTrue(families[name]["samples"], name)

    def test_the_checker_checks(self):
        """What is wrong is seen, so that a pass means something."""
        head = b"# HELP nephoscope_a_total b\n# TYPE nephoscope_a_total "
        for page in (b"a 1", b"nephoscope_a_total 1\n",
                     head + b"counter\nnephoscope_a_total x\n",
                     head + b'counter\nnephoscope_a_total{b="\\q"} 1\n',
                     head + b"counter\n" + 2 * b"nephoscope_a_total 1\n"):
            with self.assertRaises((exposition.Wrong, ValueError)):
                exposition.read(page)
        self.assertTrue(exposition.lint(
            exposition.read(head + b"gauge\nnephoscope_a_total 1\n")))

    def test_promtool(self):
        promtool = os.environ.get("PROMTOOL") or shutil.which("promtool")
        if not promtool:
            self.skipTest("no promtool (apt-get install prometheus)")
        done = subprocess.run([promtool, "check", "metrics"],
                              input=self.get("/metrics")[1],
                              capture_output=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, b"", b""))


if __name__ == "__main__":
    unittest.main()
