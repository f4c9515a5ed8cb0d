"""A source of kind s3 without an endpoint: AWS's own names, by a proxy whose
tunnels end at moto, with a certificate of ours for the names of AWS."""
import hashlib
import json
import pathlib
import ssl
import subprocess
import tempfile
import unittest

import s3_servers as servers
from s3_case import (KEYS, NOW, REGION, WEIRD, Case, clean_env, drive, log_body,
                     notice, trail_key)

OTHER = "us-west-2"
NAMES = [f"DNS:{name}" for region in (REGION, OTHER) for name in (
    f"*.s3.{region}.amazonaws.com", f"s3.{region}.amazonaws.com",
    f"*.s3-{region}.amazonaws.com", f"sqs.{region}.amazonaws.com",
    f"sts.{region}.amazonaws.com")] + ["DNS:*.evil.example"]


class Names(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        home = tempfile.TemporaryDirectory(prefix="nephoscope-names-")
        cls.addClassCleanup(home.cleanup)
        cls.cert = pathlib.Path(home.name) / "cert.pem"
        key = pathlib.Path(home.name) / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
             "/CN=stub", "-addext", "subjectAltName=" + ",".join(NAMES),
             "-keyout", str(key), "-out", str(cls.cert)],
            check=True, capture_output=True)
        cls.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        cls.tls.load_cert_chain(cls.cert, key)

    def setUp(self):
        super().setUp()
        del self.source["endpoint"]
        self.host = f"{self.bucket}.s3.{REGION}.amazonaws.com"

    def proxy(self, rule=None):
        proxy = servers.Faults(self.moto.port, rule, self.tls)
        self.addCleanup(proxy.close)
        self.env = clean_env(HTTPS_PROXY=proxy.url,
                             AWS_CA_BUNDLE=str(self.cert))
        return proxy

    def drive(self, *args, **source):
        return drive({**self.source, **source}, *args, env=self.env)

    @staticmethod
    def scope(headers):
        """The region that a request was signed for."""
        return headers["Authorization"].split("/")[2]

    def read_weird(self, bucket):
        bodies = {key: log_body(key) for key in [*WEIRD, "a//b", "/lead"]}
        for key, body in bodies.items():
            self.s3.put_object(Bucket=bucket, Key=key, Body=body)
        run = self.drive("--objects", str(len(bodies)), bucket=bucket)
        self.assertEqual(sorted(run.given), sorted(bodies))
        for e in run.of("give"):
            self.assertEqual(
                e["sha256"], hashlib.sha256(bodies[e["place"]]).hexdigest())

    def test_plain_bucket(self):
        """It stands in the host, whatever its keys are."""
        proxy = self.proxy(  # moto makes one slash of two at the front
            lambda h, n: ("answer", 200, log_body("/lead"))
            if h.path == "//lead" else None)
        self.read_weird(self.bucket)
        self.assertEqual(set(proxy.tunnels), {self.host + ":443"})
        for _, path, headers in proxy.seen:
            self.assertEqual(headers["Host"], self.host)
            self.assertNotIn(self.bucket, path)

    def test_bucket_with_dots(self):
        """No certificate covers it: it stands in the path."""
        proxy = self.proxy()
        self.s3.create_bucket(Bucket="acme.logs.x", CreateBucketConfiguration={
            "LocationConstraint": REGION})
        self.read_weird("acme.logs.x")
        self.assertEqual(set(proxy.tunnels),
                         {f"s3.{REGION}.amazonaws.com:443"})
        for _, path, _ in proxy.seen:
            self.assertTrue(path.startswith("/acme.logs.x"), path)

    def moved(self, status, **headers):
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        return ("answer", status, b"<Error><Code>PermanentRedirect</Code>"
                b"</Error>", headers)

    def test_permanent_redirect(self):
        """Asked once at the wrong place, then at the right one alone."""
        proxy = self.proxy(
            lambda h, n: self.moved(301, x_amz_bucket_region=OTHER)
            if REGION in h.headers["Authorization"] else None)
        keys = [trail_key(NOW, name=f"n{n}") for n in range(5)]
        for key in keys:
            self.put(key)
        run = self.drive("--objects", "5")
        self.assertEqual(sorted(run.given), sorted(keys))
        hosts = [h["Host"] for _, _, h in proxy.seen]
        self.assertEqual(hosts.count(self.host), 1)
        self.assertEqual(set(hosts[1:]),
                         {self.host.replace(REGION, OTHER)})
        self.assertEqual({self.scope(h) for _, _, h in proxy.seen[1:]},
                         {OTHER})

    def test_moved_under_many(self):
        """Downloads under way all follow; none is set aside."""
        proxy = self.proxy(
            lambda h, n: self.moved(301, x_amz_bucket_region=OTHER)
            if REGION in h.headers["Authorization"]
            and "list-type" not in h.path else None)
        keys = [trail_key(NOW, name=f"n{n}") for n in range(8)]
        for key in keys:
            self.put(key)
        run = self.drive("--objects", "8", "--seconds", "10")
        self.assertEqual(sorted(run.given), sorted(keys))
        self.assertFalse([e for e in run.of("say")
                          if "aside" in e["message"]])
        wrong = [p for _, p, h in proxy.seen
                 if self.scope(h) == REGION and "list-type" not in p]
        self.assertGreater(len(wrong), 1)

    def test_temporary_redirect(self):
        """A host of S3 is followed, and signed for where it is."""
        there = f"{self.bucket}.s3-{OTHER}.amazonaws.com"
        proxy = self.proxy(
            lambda h, n: self.moved(307, Location=f"https://{there}{h.path}")
            if h.headers["Host"] == self.host else None)
        key = "odd/a b+c=d%20e \u00fc.json"
        self.put(key)
        run = self.drive("--objects", "1")
        self.assertEqual(run.given, [key])
        self.assertEqual({(h["Host"], self.scope(h))
                          for _, _, h in proxy.seen},
                         {(self.host, REGION), (there, OTHER)})

    def test_strangers_are_not_followed(self):
        self.put("x.json")
        for place in ("https://x.evil.example?.s3.us-west-2.amazonaws.com/",
                      f"https://sqs.{OTHER}.amazonaws.com/"):
            proxy = self.proxy(
                lambda h, n, to=place: self.moved(307, Location=to))
            run = self.drive("--seconds", "1")
            self.assertEqual(set(proxy.tunnels), {self.host + ":443"})
            self.assertEqual(len(proxy.seen), 1)
            self.assertIn("PermanentRedirect", run.counts["trouble"])

    def test_circles_end(self):
        self.put("x.json")
        there = f"{self.bucket}.s3-{OTHER}.amazonaws.com"
        for rule in (
                lambda h, n: self.moved(307, Location="https://" + (
                    there if h.headers["Host"] == self.host else self.host)),
                lambda h, n: self.moved(301, x_amz_bucket_region=(
                    OTHER if REGION in h.headers["Authorization"]
                    else REGION))):
            proxy = self.proxy(rule)
            run = self.drive("--seconds", "1")
            self.assertEqual(len(proxy.seen), 4)
            self.assertFalse(run.counts["healthy"])

    def test_queue_and_role(self):
        """SQS and STS at their own names."""
        proxy = self.proxy()
        key = trail_key(NOW)
        url = self.queue()
        self.put(key)
        self.send(url, notice(self.bucket, key))
        run = self.drive(
            "--objects", "1", "--seconds", "10",
            role_arn="arn:aws:iam::123456789012:role/reader",
            queue=f"https://sqs.{REGION}.amazonaws.com/123456789012/"
            + self.bucket)
        self.assertEqual(run.given, [key])
        self.assertEqual(self.left(url), 0)
        self.assertEqual(set(proxy.tunnels), {
            f"{s}{REGION}.amazonaws.com:443"
            for s in (self.bucket + ".s3.", "sqs.", "sts.")})
        ids = {h["Authorization"].split("/")[0].split("=")[1]: h["Host"]
               for _, _, h in proxy.seen}
        self.assertEqual(ids.pop(KEYS["AWS_ACCESS_KEY_ID"]),
                         f"sts.{REGION}.amazonaws.com")
        self.assertEqual(len(ids), 1)

    def test_trust(self):
        """Nothing is sent to who has another's certificate."""
        self.put("x.json")
        proxy = self.proxy()
        del self.env["AWS_CA_BUNDLE"]
        run = self.drive("--seconds", "1")
        self.assertTrue(proxy.tunnels)
        self.assertEqual((proxy.seen, run.given), ([], []))
        self.assertIn("certificate", json.dumps(run.events))

    def test_plain_proxy(self):
        """The bucket of an endpoint without TLS, asked for by a proxy."""
        proxy = self.proxy()
        self.put("x.json")
        self.env["http_proxy"] = proxy.url
        run = self.drive("--objects", "1", endpoint="http://nowhere")
        self.assertEqual(run.given, ["x.json"])
        for _, path, headers in proxy.seen:
            self.assertTrue(path.startswith("http://nowhere/"), path)
            self.assertEqual(headers["Host"], "nowhere")
        self.env["no_proxy"] = "nowhere"
        asked = len(proxy.seen)
        run = self.drive("--seconds", "1", endpoint="http://nowhere")
        self.assertEqual((run.given, len(proxy.seen)), ([], asked))


if __name__ == "__main__":
    unittest.main()
