"""The source of kind s3 against real servers: moto (S3, STS, IAM) and versitygw
(strict about signatures), with a proxy of ours that does wrong."""
import base64
import datetime
import gzip
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest
import urllib.parse

import s3_servers as servers
from s3_case import (ACCOUNT, KEYS, MOTO, NOW, REGION, WEIRD, Case, Drive,
                     clean_env, drive, log_body, trail_key)

import boto3
from botocore.config import Config


class Listing(Case):
    def test_weird_keys_one_a_page(self):
        """Any key, at the smallest page size, arrives whole."""
        bodies = {key: self.put(key) for key in WEIRD}

        def one_a_page(handler, _):
            if "list-type=2" in handler.path:
                handler.path = handler.path.replace("max-keys=1000",
                                                    "max-keys=1")
            return None
        proxy = self.faulty(one_a_page)
        run = drive(self.source, "--objects", str(len(WEIRD)),
                    "--seconds", "40")
        self.assertEqual(sorted(run.given), sorted(WEIRD))
        self.assertGreater(len(proxy.seen), 2 * len(WEIRD))
        for e in run.of("give"):
            self.assertEqual(
                e["sha256"], hashlib.sha256(bodies[e["place"]]).hexdigest())

    def test_order_of_a_plan(self):
        """By the time in the name, whatever the region and prefix."""
        times = [NOW - datetime.timedelta(minutes=30 * n) for n in range(40)]
        keys = [trail_key(t, region)
                for t in times for region in (REGION, "us-east-1")]
        for key in keys:
            self.put(key)
        run = drive(self.source, "--objects", str(len(keys)))
        stamp = lambda key: key.rsplit("_", 2)[1]
        self.assertEqual(run.given,
                         sorted(keys, key=lambda k: (stamp(k), k)))

    def test_only_what_is_new(self):
        """A second run gives what the first did not commit, and no more."""
        keys = [trail_key(NOW - datetime.timedelta(minutes=5 * n))
                for n in range(6)]
        for key in keys[:4]:
            self.put(key)
        with tempfile.NamedTemporaryFile() as store:
            first = drive(self.source, "--store", store.name,
                          "--objects", "4")
            self.assertEqual(len(first.given), 4)
            for key in keys[4:]:
                self.put(key)
            second = drive(self.source, "--store", store.name,
                           "--objects", "2")
            self.assertEqual(sorted(second.given), sorted(keys[4:]))

    def test_days_and_layouts(self):
        """Old days are read from `start`; other services' files are not."""
        old = NOW - datetime.timedelta(days=9)
        wanted = [
            trail_key(old), trail_key(NOW),
            f"flow/AWSLogs/aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/"
            f"aws-region={REGION}/year={NOW:%Y}/month={NOW:%m}/day={NOW:%d}/"
            f"hour=00/{ACCOUNT}_vpcflowlogs_{REGION}_fl-1_"
            f"{NOW:%Y%m%d}T0005Z_abc.log.gz",
            f"k8s/dt={NOW:%Y-%m-%d}/audit.json.gz",
            f"plain/{NOW:%Y/%m}/whole-month.log.gz",
            "flat/some.log.gz"]
        for key in wanted:
            self.put(key)
        self.put(trail_key(NOW - datetime.timedelta(days=40)))
        self.put(f"AWSLogs/{ACCOUNT}/Config/{REGION}/2026/1/1/x.json.gz")
        self.put("flat/README.md")
        self.put("flat/folder/", b"")
        run = drive({**self.source, "start": f"{old:%Y-%m-%d}"},
                    "--objects", str(len(wanted)))
        self.assertEqual(sorted(run.given), sorted(wanted))

    def test_current_days_are_found_while_it_runs(self):
        self.put(trail_key(NOW - datetime.timedelta(hours=3)))
        run = Drive(self.source, ("--objects", "3", "--seconds", "30"))
        time.sleep(2)
        late = [trail_key(NOW), trail_key(NOW, "ap-south-1")]
        self.put(late[0], log_body("late"))
        run.end()
        self.assertIn(late[0], run.given)


class Steady(Case):
    """What is asked for after the first round."""

    def setUp(self):
        super().setUp()
        self.proxy = self.faulty(None)
        self.put(trail_key(NOW))
        self.today = datetime.datetime.now(datetime.timezone.utc)

    def day(self, days, name="late"):
        return trail_key(self.today - datetime.timedelta(days=days), name=name)

    @staticmethod
    def folder(key):
        return key.rsplit("/", 1)[0] + "/"

    def drive(self, put, *args, **source):
        """(run, prefixes of the first round, those of later ones); `put` is
        there after the first."""
        run = Drive({**self.source, **source}, args)
        for line in run.process.stdout:
            if b"what was missed is listed" in line:
                break
        with self.proxy.lock:
            first = len(self.proxy.seen)
        for key in put:
            self.put(key)
        run.end()
        asked = [urllib.parse.parse_qs(path.split("?", 1)[1]).get(
            "prefix", [""])[0] if "list-type" in path else None
            for _, path, _ in self.proxy.seen]
        return run, asked[:first], asked[first:]

    def current(self):
        """Yesterday's folder may still grow for some hours."""
        days = {NOW - datetime.timedelta(hours=h) for h in (0, 3)}
        days.add(datetime.datetime.now(datetime.timezone.utc))
        return {self.folder(trail_key(day)) for day in days}

    def test_look_back(self):
        """Two days back at first, then nothing but the current folders."""
        late = self.day(1.5)
        run, first, later = self.drive([late], "--seconds", "4")
        self.assertNotIn(late, run.given)
        self.assertLessEqual({self.folder(self.day(n)) for n in (0, 1, 2)},
                             set(first))
        self.assertNotIn(self.folder(self.day(3)), first)
        later = [prefix for prefix in later if prefix is not None]
        self.assertGreaterEqual(len(later), 2)
        self.assertLessEqual(set(later), self.current())

    def test_sweep(self):
        """All of the look-back again, and no day before it."""
        late, older = self.day(1.9), self.day(5)
        run, _, later = self.drive(
            [late, older], "--seconds", "4", "--sweep", "1",
            start=f"{self.today - datetime.timedelta(days=8):%Y-%m-%d}")
        self.assertIn(late, run.given)
        self.assertNotIn(older, run.given)
        self.assertIn(self.folder(late), later)
        self.assertNotIn(self.folder(older), later)

    def test_long_sweep(self):
        """A month after the last one all of a month is looked at."""
        before = self.today - datetime.timedelta(days=8)
        last = self.today - datetime.timedelta(days=31)
        older = self.day(5)
        with tempfile.NamedTemporaryFile("w") as store:
            store.write(f"=s3:{self.bucket}/ {before:%Y-%m-%d} "
                        f"{last:%Y-%m-%d}\n")
            store.flush()
            run, _, later = self.drive([older], "--seconds", "4", "--sweep",
                                       "1", "--store", store.name)
        self.assertIn(older, run.given)
        # Once: the sweeps that follow are short again.
        self.assertEqual(later.count(self.folder(older)), 1)


class Faults(Case):
    def setUp(self):
        super().setUp()
        self.size = 300000
        self.body = os.urandom(self.size)
        self.key = trail_key(NOW)
        self.put(self.key, self.body)

    def check(self, run):
        got = run.of("give")
        self.assertEqual(len(got), 1)
        self.assertEqual(got[0]["sha256"],
                         hashlib.sha256(self.body).hexdigest())

    def test_throttled(self):
        wrong = iter(range(4))
        self.faulty(lambda h, n: ("answer", 503, b"<Error><Code>SlowDown"
                                  b"</Code></Error>")
                    if h.command == "GET" and next(wrong, None) is not None
                    else None)
        run = drive(self.source, "--objects", "1", "--seconds", "40")
        self.check(run)
        self.assertGreaterEqual(run.counts["retries"], 4)

    def test_resets(self):
        self.faulty(lambda h, n: ("reset",) if n % 2 == 1 else None)
        run = drive(self.source, "--objects", "1", "--seconds", "40")
        self.check(run)

    def test_cut_bodies_are_resumed(self):
        """A transfer that breaks goes on where it broke."""
        proxy = self.faulty(
            lambda h, n: ("cut", 100000)
            if "CloudTrail" in h.path and "list-type" not in h.path else None)
        run = drive(self.source, "--objects", "1", "--seconds", "40")
        self.check(run)
        ranges = [h.get("Range") for _, p, h in proxy.seen
                  if "list-type" not in p and h.get("Range")]
        self.assertEqual(ranges, ["bytes=100000-", "bytes=200000-"])

    def test_replaced_while_it_is_read(self):
        """Halves of two objects are never put together."""
        old, self.body = self.body, os.urandom(self.size)

        def rule(h, _):
            if "list-type" in h.path or "CloudTrail" not in h.path:
                return None
            if not h.headers.get("Range"):
                return ("cut", 100000) if not rule.done else None
            rule.done = True
            self.s3.put_object(Bucket=self.bucket, Key=self.key,
                               Body=self.body)
            return None
        rule.done = False
        self.faulty(rule)
        run = drive(self.source, "--objects", "1", "--seconds", "40")
        self.check(run)
        self.assertNotEqual(old, self.body)

    def test_damaged_bytes_are_read_again(self):
        wrong = iter(range(1))
        self.faulty(lambda h, n: ("edit", lambda b: b[:50] + b"XXXX" + b[54:])
                    if "list-type" not in h.path and "CloudTrail" in h.path
                    and next(wrong, None) is not None else None)
        self.check(drive(self.source, "--objects", "1", "--seconds", "40"))

    def test_expired_keys_are_fetched_again(self):
        wrong = iter(range(1))
        self.faulty(lambda h, n: ("answer", 400, b"<Error><Code>ExpiredToken"
                                  b"</Code></Error>")
                    if next(wrong, None) is not None else None)
        self.check(drive(self.source, "--objects", "1", "--seconds", "40"))

    def test_other_region(self):
        """A bucket elsewhere is signed for there."""
        def rule(h, _):
            if "/us-west-2/" in h.headers.get("Authorization", ""):
                return None
            return ("answer", 400, b"<Error><Code>AuthorizationHeaderMalformed"
                    b"</Code><Region>us-west-2</Region></Error>")
        self.faulty(rule)
        self.check(drive(self.source, "--objects", "1", "--seconds", "40"))

    def test_clock(self):
        """A clock that is off is allowed for, and said."""
        ahead = datetime.datetime.now(datetime.timezone.utc) \
            + datetime.timedelta(hours=2)

        def rule(h, _):
            sent = datetime.datetime.strptime(
                h.headers["X-Amz-Date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
            if abs((ahead - sent).total_seconds()) < 600:
                return None
            return ("answer", 403, b"<Error><Code>RequestTimeTooSkewed</Code>"
                    b"</Error>",
                    {"Date": f"{ahead:%a, %d %b %Y %H:%M:%S} GMT"})
        self.faulty(rule)
        run = drive(self.source, "--objects", "1", "--seconds", "40")
        self.check(run)
        self.assertTrue(any("clock" in e["message"] for e in run.of("say")))

    def test_large_objects_are_spooled(self):
        self.body = os.urandom(20 << 20)
        self.put(self.key, self.body)
        run = drive(self.source, "--objects", "1", "--seconds", "60")
        self.check(run)
        self.assertTrue(run.of("give")[0]["spooled"])

    def test_denied_names_the_permission(self):
        self.faulty(lambda h, n: ("answer", 403, b"<Error><Code>AccessDenied"
                                  b"</Code></Error>"))
        run = drive(self.source, "--seconds", "2")
        self.assertFalse(run.counts["healthy"])
        self.assertIn("s3:ListBucket", run.counts["trouble"])

    def test_requester_pays(self):
        proxy = self.faulty(None)
        run = drive({**self.source, "requester_pays": True},
                    "--objects", "1")
        self.check(run)
        for _, _, headers in proxy.seen:
            lower = {k.lower(): v for k, v in headers.items()}
            self.assertEqual(lower["x-amz-request-payer"], "requester")


class Digests(Case):
    """Digest files that are made and signed here, with a key of openssl's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = tempfile.TemporaryDirectory(prefix="nephoscope-s3-")
        cls.addClassCleanup(cls.home.cleanup)
        cls.key = pathlib.Path(cls.home.name) / "private.pem"
        cls.run_openssl("genrsa", "-out", str(cls.key), "2048")
        cls.run_openssl("rsa", "-in", str(cls.key), "-RSAPublicKey_out",
                        "-out", str(cls.key.parent / "f00d.pem"))

    @staticmethod
    def run_openssl(*args, **more):
        return subprocess.run(["openssl", *args], check=True,
                              capture_output=True, **more).stdout

    def setUp(self):
        super().setUp()
        self.source["digest_keys"] = self.home.name
        self.hour = NOW.replace(minute=0, second=0, microsecond=0)
        self.chain, self.folder = [], None

    def put_log(self, ago, text):
        """A log of so many hours ago: (key, hash)."""
        when = self.hour - datetime.timedelta(hours=ago, minutes=-5)
        key = trail_key(when, name=text)
        self.put(key, log_body(text))
        return key, hashlib.sha256(gzip.decompress(log_body(text))).hexdigest()

    def put_digest(self, ago, logs, previous=True, signed=True):
        end = self.hour - datetime.timedelta(hours=ago - 1)
        day = self.folder or end
        key = (f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/{day:%Y/%m/%d}/"
               f"{ACCOUNT}_CloudTrail-Digest_{REGION}_trail_{REGION}_"
               f"{end:%Y%m%dT%H%M%SZ}.json.gz")
        before = self.chain[-1] if self.chain and previous else None
        content = json.dumps({
            "awsAccountId": ACCOUNT,
            "digestStartTime":
                f"{end - datetime.timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
            "digestEndTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            "digestS3Bucket": self.bucket, "digestS3Object": key,
            "digestPublicKeyFingerprint": "f00d",
            "digestSignatureAlgorithm": "SHA256withRSA",
            "previousDigestS3Bucket": self.bucket if before else None,
            "previousDigestS3Object": before[0] if before else None,
            "previousDigestHashValue": before[1] if before else None,
            "previousDigestHashAlgorithm": "SHA-256" if before else None,
            "previousDigestSignature": before[2] if before else None,
            "logFiles": [{"s3Bucket": self.bucket, "s3Object": k,
                          "hashValue": h, "hashAlgorithm": "SHA-256"}
                         for k, h in logs]}).encode()
        digest = hashlib.sha256(content).hexdigest()
        text = (f"{end:%Y-%m-%dT%H:%M:%SZ}\n{self.bucket}/{key}\n{digest}\n"
                + (before[2] if before else "null"))
        signature = self.run_openssl(
            "dgst", "-sha256", "-sign", str(self.key),
            input=text.encode()).hex()
        self.put(key, gzip.compress(content), Metadata={
            "signature": signature if signed else "00" * 256,
            "signature-algorithm": "SHA256withRSA"})
        self.chain.append((key, digest, signature))
        return key

    def notices(self, *args, objects=20):
        run = drive(self.source, *args, "--objects", str(objects),
                    "--seconds", "6")
        return [(n["detector"], n["reason"], n["resource"].split("/", 1)[1])
                for n in run.of("notice")], run

    def test_all_is_well(self):
        for ago in range(6, 1, -1):
            self.put_digest(ago, [self.put_log(ago, f"log{ago}"),
                                  self.put_log(ago, f"more{ago}")])
        told, run = self.notices(objects=15)
        self.assertEqual(told, [])
        self.assertEqual(len(run.given), 15)
        self.assertFalse([e for e in run.of("say") if e["level"] < 2])

    def test_changed_and_deleted(self):
        logs = [self.put_log(4, f"log{n}") for n in range(3)]
        self.put(logs[0][0], log_body("something else"))
        self.s3.delete_object(Bucket=self.bucket, Key=logs[1][0])
        self.put_digest(4, logs)
        told, _ = self.notices(objects=3)
        self.assertEqual(sorted(told), sorted([
            ("log_file_tampered", "the log file was changed", logs[0][0]),
            ("log_file_tampered", "the log file was deleted", logs[1][0])]))

    def test_changed_after_a_restart(self):
        """What an earlier run read is read again, to be checked."""
        log = self.put_log(4, "log")
        with tempfile.NamedTemporaryFile() as store:
            self.notices("--store", store.name, objects=1)
            key = self.put_digest(4, [(log[0], "0" * 64)])
            told, run = self.notices("--store", store.name, objects=1)
            self.assertEqual(told, [("log_file_tampered",
                                     "the log file was changed", log[0])])
            self.assertEqual(run.given, [key])
            told, run = self.notices("--store", store.name)
            self.assertEqual((told, run.given), ([], []))

    def test_broken_chain(self):
        first = self.put_digest(6, [])
        middle = self.put_digest(5, [])
        last = self.put_digest(4, [])
        self.s3.delete_object(Bucket=self.bucket, Key=middle)
        told, _ = self.notices(objects=2)
        self.assertEqual(told, [("log_gap", "the digest before it is missing",
                                 last)])
        self.assertTrue(first)

    def test_chain_begins_anew(self):
        self.put_digest(6, [])
        last = self.put_digest(5, [], previous=False)
        told, _ = self.notices(objects=2)
        self.assertEqual([t[0] for t in told], ["log_gap"])
        self.assertEqual(told[0][2], last)

    def test_bad_signature(self):
        key = self.put_digest(5, [], signed=False)
        told, _ = self.notices(objects=1)
        self.assertEqual(told, [(
            "log_file_tampered", "the digest's signature does not hold",
            key)])

    def test_key_is_asked_for(self):
        """Without a folder of keys CloudTrail is asked."""
        del self.source["digest_keys"]
        key = self.put_digest(5, [], signed=False)
        der = self.run_openssl("rsa", "-in", str(self.key),
                               "-RSAPublicKey_out", "-outform", "DER")
        answer = json.dumps({"PublicKeyList": [
            {"Fingerprint": "f00d",
             "Value": base64.b64encode(der).decode()}]}).encode()
        trail = servers.Faults(self.moto.port,
                               lambda h, n: ("answer", 200, answer))
        self.addCleanup(trail.close)
        run = drive(self.source, "--objects", "1", "--seconds", "6",
                    env=clean_env(AWS_ENDPOINT_URL_CLOUDTRAIL=trail.url))
        self.assertEqual([n["reason"] for n in run.of("notice")],
                         ["the digest's signature does not hold"])
        self.assertIn("ListPublicKeys", trail.seen[0][2]["X-Amz-Target"])
        self.assertTrue(key)

    def serve(self, home, until):
        """Run `nephoscope serve` until the state's findings satisfy."""
        path = home / "c.yaml"
        path.write_text(json.dumps({
            "sources": [{"name": "t", "kind": "s3", "region": REGION,
                         "poll_seconds": 1, **self.source}],
            "store": {"path": str(home / "s.db")},
            "console": {"listen": f"127.0.0.1:{servers.free_port()}"},
            "service": {"commit_ms": 50}}))
        process = subprocess.Popen(
            [os.environ["NEPHOSCOPE"], "serve", "-c", str(path)],
            stderr=subprocess.PIPE, env=clean_env())
        try:
            for _ in range(300):
                time.sleep(0.1)
                found = self.findings(path)
                if until(found):
                    return found
        finally:
            process.kill()
            err = process.communicate(timeout=60)[1]
        raise AssertionError(f"{found}: {err.decode()[-3000:]}")

    @staticmethod
    def findings(path):
        done = subprocess.run(
            [os.environ["NEPHOSCOPE"], "findings", "list", "--format",
             "guardduty", "-c", str(path)], check=False,
            capture_output=True, timeout=60)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_told_as_findings(self):
        """Killed and started again, the service tells each once."""
        log = self.put_log(4, "log")
        self.put(log[0], log_body("something else"))
        self.put_digest(4, [log])
        with tempfile.TemporaryDirectory(prefix="nephoscope-s3-") as home:
            home = pathlib.Path(home)
            first = self.serve(home, lambda found: len(found) == 1)
            self.assertEqual(first[0]["type"],
                             "Stealth:CloudTrail/LogFileTampered")
            self.assertEqual(first[0]["accountId"], ACCOUNT)
            self.assertIn(log[0], json.dumps(first[0]))
            missing = self.put_digest(3, [])
            self.put_digest(2, [])
            self.s3.delete_object(Bucket=self.bucket, Key=missing)
            second = self.serve(home, lambda found: len(found) == 2)
            self.assertIn("Stealth:CloudTrail/LogGap",
                          [f["type"] for f in second])
            self.assertEqual(
                [(f["id"], f["service"]["count"]) for f in second
                 if f["id"] == first[0]["id"]], [(first[0]["id"], 1)])

    def test_unlisted(self):
        """A log that no digest lists, though all of its time are there."""
        # moto writes the present as the time of writing, so digests of hours
        # to come must be there: in the folder of a day that has come, or
        # they would not be listed.
        self.folder = NOW
        later = (NOW + datetime.timedelta(hours=5)).replace(
            minute=0, second=0, microsecond=0)
        log = self.put_log(5, "forged")
        for ago in range(8, 0, -1):
            self.put_digest(ago, [])
        self.hour = later
        for ago in range(5, 0, -1):
            self.put_digest(ago, [])
        told, _ = self.notices(objects=13)
        self.assertIn(("log_file_tampered", "no digest lists the log file",
                       log[0]), told)


class Backfill(Case):
    """`backfill s3://...` gives what a folder of the same files gives."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = tempfile.TemporaryDirectory(prefix="nephoscope-s3-")
        cls.addClassCleanup(cls.home.cleanup)
        cls.folder = pathlib.Path(cls.home.name) / "logs"
        subprocess.run([os.environ["NEPHOSCOPE"], "simulate", "--out",
                        str(cls.folder), "--days", "2", "--attack", "all"],
                       check=True, capture_output=True)
        (cls.folder / "truth.json").unlink(missing_ok=True)

    def backfill(self, *args, code=0, endpoint=None, form="guardduty"):
        done = subprocess.run(
            [os.environ["NEPHOSCOPE"], "backfill", "--format", form, *args],
            capture_output=True, check=False, timeout=300,
            env=clean_env(AWS_ENDPOINT_URL=endpoint or self.moto.url,
                          AWS_REGION=REGION))
        self.assertEqual(done.returncode, code, done.stderr.decode()[-2000:])
        return done

    def upload(self):
        files = [p for p in self.folder.rglob("*") if p.is_file()]
        for path in files:
            self.put(path.relative_to(self.folder).as_posix(),
                     path.read_bytes())
        return files

    def test_same_as_folder(self):
        self.upload()
        here = self.backfill(str(self.folder)).stdout
        there = self.backfill(f"s3://{self.bucket}").stdout
        one = self.backfill(f"s3://{self.bucket}/", "--jobs", "1").stdout
        self.assertEqual(here, there)
        self.assertEqual(there, one)
        self.assertGreater(len(here.splitlines()), 3)

    def test_same_object_twice(self):
        """Overlapping arguments and copies are read once."""
        key = trail_key(NOW)
        self.put(key, (next(self.folder.rglob("*_CloudTrail_*.gz"))
                       ).read_bytes())
        once = self.backfill(f"s3://{self.bucket}/{key}").stdout
        self.put("copy/" + key, (next(self.folder.rglob(
            "*_CloudTrail_*.gz"))).read_bytes())
        twice = self.backfill(f"s3://{self.bucket}/",
                              f"s3://{self.bucket}/{key}").stdout
        self.assertEqual(once, twice)

    def test_exit_codes(self):
        self.backfill("s3://no-such-bucket-here/", code=66)
        self.backfill(f"s3://{self.bucket}/nothing", code=66)
        self.backfill("s3://", code=64)
        self.backfill(f"s3://{self.bucket}/", code=69,
                      endpoint=f"http://127.0.0.1:{servers.free_port()}")

    def test_partial_names_objects(self):
        self.upload()
        bad = next(self.folder.rglob("*_CloudTrail_*.gz")).relative_to(
            self.folder).as_posix()
        proxy = servers.Faults(
            self.moto.port,
            lambda h, n: ("answer", 403, b"<Error><Code>AccessDenied</Code>"
                          b"</Error>")
            if bad.rsplit("/", 1)[1] in h.path else None)
        self.addCleanup(proxy.close)
        done = self.backfill(f"s3://{self.bucket}/", code=2,
                             endpoint=proxy.url)
        text = done.stderr.decode()
        self.assertIn(bad, text)
        self.assertIn("s3:GetObject", text)


class Signed(unittest.TestCase):
    """moto that verifies signatures and policies; roles, expired sessions."""

    def test_role_and_signature(self):
        moto = servers.start_moto(MOTO, open_calls=8)
        self.addCleanup(moto.close)
        how = {"endpoint_url": moto.url, "region_name": REGION}
        anyone = {**how, "aws_access_key_id": "x", "aws_secret_access_key": "y"}
        iam = boto3.client("iam", **anyone)
        iam.create_user(UserName="reader")
        keys = iam.create_access_key(UserName="reader")["AccessKey"]
        iam.put_user_policy(
            UserName="reader", PolicyName="all", PolicyDocument=json.dumps({
                "Version": "2012-10-17", "Statement": [{
                    "Effect": "Allow", "Action": "*", "Resource": "*"}]}))
        s3 = boto3.client("s3", **anyone)
        s3.create_bucket(Bucket="signed", CreateBucketConfiguration={
            "LocationConstraint": REGION})
        for key in ("odd/a b+c=d%20e//f \u00fc.json", trail_key(NOW)):
            s3.put_object(Bucket="signed", Key=key, Body=log_body(key))
        anyone_calls = boto3.client("sts", **anyone)
        for _ in range(2):
            anyone_calls.get_caller_identity()
        source = {"bucket": "signed", "endpoint": moto.url}
        good = {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
                "AWS_ENDPOINT_URL": moto.url}
        run = drive(source, "--objects", "2", env=clean_env(**good))
        self.assertEqual(len(run.given), 2)
        wrong = {**good, "AWS_SECRET_ACCESS_KEY": "wrong"}
        run = drive(source, "--seconds", "2", env=clean_env(**wrong))
        self.assertEqual(run.given, [])
        self.assertIn("SignatureDoesNotMatch", run.counts["trouble"])


class Strict(unittest.TestCase):
    """versitygw checks signatures and payload hashes as S3 does."""

    def test_weird_keys(self):
        binary, why = servers.ready_versity()
        if binary is None:
            self.skipTest(why)
        with tempfile.TemporaryDirectory() as folder:
            server = servers.start_versity(
                binary, folder, KEYS["AWS_ACCESS_KEY_ID"],
                KEYS["AWS_SECRET_ACCESS_KEY"])
            try:
                self.read_all(server)
            finally:
                server.close()

    def read_all(self, server):
        s3 = boto3.client(
            "s3", endpoint_url=server.url, region_name=REGION,
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
            config=Config(s3={"addressing_style": "path"}))
        s3.create_bucket(Bucket="strict")
        bodies = {}
        # A file system has no "//" and "..".
        for key in [*WEIRD, trail_key(NOW)]:
            if "//" in key or ".." in key:
                continue
            bodies[key] = log_body(key)
            s3.put_object(Bucket="strict", Key=key, Body=bodies[key])
        run = drive({"bucket": "strict", "endpoint": server.url},
                    "--objects", str(len(bodies)))
        self.assertEqual(sorted(run.given), sorted(bodies))
        for e in run.of("give"):
            self.assertEqual(
                e["sha256"], hashlib.sha256(bodies[e["place"]]).hexdigest())


if __name__ == "__main__":
    unittest.main()
