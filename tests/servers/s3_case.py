"""What the tests of sources of kind s3 share: moto, a bucket and a queue for
each test, and runs of s3_drive.

A program that imports this runs itself again in moto's environment, for its
boto3.
"""
import datetime
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import s3_servers as servers

if "NEPHOSCOPE_MOTO" not in os.environ:
    PYTHON, WHY = servers.ready_moto()
    if PYTHON is None:
        print(WHY)
        required = os.environ.get("NEPHOSCOPE_SERVERS") == "require"
        sys.exit(1 if required else 77)
    os.environ["NEPHOSCOPE_MOTO"] = str(PYTHON)
    os.execv(PYTHON, [str(PYTHON), "-B", *sys.argv])

import boto3  # noqa: E402

MOTO = os.environ["NEPHOSCOPE_MOTO"]
DRIVE = os.environ["S3_DRIVE"]
REGION = "eu-west-1"
ACCOUNT = "111122223333"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "not+a/secret"}
NOW = datetime.datetime.now(datetime.timezone.utc)
WEIRD = ["odd/a b+c=d%20e//f", "odd/\u00fcmlaut \U0001f600", "odd/100%",
         "odd/a&b<c>'\"d", "odd/+plus+", "odd/%2Fencoded%2B", "odd/~tilde*!()",
         "odd/trailing ", "odd/semi;colon,comma", "odd/q?x=1#frag",
         "odd/../dots/./x", "odd/a=b/c:d@e$f"]


def clean_env(**more):
    env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    return {**env, "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true", **KEYS, **more}


def trail_key(when, region=REGION, name="x", prefix=""):
    return (f"{prefix}AWSLogs/{ACCOUNT}/CloudTrail/{region}/{when:%Y/%m/%d}/"
            f"{ACCOUNT}_CloudTrail_{region}_{when:%Y%m%dT%H%MZ}_{name}"
            ".json.gz")


def log_body(text=""):
    return gzip.compress(json.dumps({"Records": [], "note": text}).encode(),
                         mtime=0)


class Drive:
    """A run of s3_drive."""

    def __init__(self, source, args=(), env=None):
        self.folder = tempfile.TemporaryDirectory(prefix="nephoscope-s3-")
        path = pathlib.Path(self.folder.name) / "c.yaml"
        path.write_text(json.dumps({"sources": [
            {"name": "t", "kind": "s3", "region": REGION, "poll_seconds": 1,
             **source}]}))
        self.process = subprocess.Popen(
            [str(DRIVE), str(path), "--spool", self.folder.name, *args],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=env or clean_env())

    def end(self, code=0):
        out, err = self.process.communicate(timeout=120)
        self.folder.cleanup()
        if self.process.returncode != code:
            raise AssertionError(
                f"exit {self.process.returncode}: {err.decode()[-3000:]}")
        self.events = [json.loads(line) for line in out.splitlines()]
        return self

    def of(self, kind):
        return [e for e in self.events if e["event"] == kind]

    @property
    def given(self):
        return [e["place"] for e in self.of("give")]

    @property
    def counts(self):
        return self.of("counts")[0]


def drive(source, *args, env=None):
    return Drive(source, args, env).end()


class Case(unittest.TestCase):
    """One moto for all; a bucket and a queue for each test."""

    @classmethod
    def setUpClass(cls):
        cls.moto = servers.start_moto(MOTO)
        cls.addClassCleanup(cls.moto.close)
        how = {"endpoint_url": cls.moto.url, "region_name": REGION,
               "aws_access_key_id": KEYS["AWS_ACCESS_KEY_ID"],
               "aws_secret_access_key": KEYS["AWS_SECRET_ACCESS_KEY"]}
        cls.s3 = boto3.client("s3", **how)
        cls.sqs = boto3.client("sqs", **how)
        cls.sns = boto3.client("sns", **how)
        cls.events = boto3.client("events", **how)

    def setUp(self):
        self.bucket = "b-" + self.id().rsplit(".", 1)[1].replace("_", "-")
        self.s3.create_bucket(
            Bucket=self.bucket,
            CreateBucketConfiguration={"LocationConstraint": REGION})
        self.source = {"bucket": self.bucket, "endpoint": self.moto.url}

    def put(self, key, body=None, **more):
        body = log_body(key) if body is None else body
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **more)
        return body

    def queue(self, name="", **attributes):
        made = self.sqs.create_queue(QueueName=self.bucket + name,
                                     Attributes=attributes)
        return made["QueueUrl"]

    def arn(self, url):
        got = self.sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["QueueArn"])
        return got["Attributes"]["QueueArn"]

    def send(self, url, *messages):
        for m in messages:
            self.sqs.send_message(
                QueueUrl=url,
                MessageBody=m if isinstance(m, str) else json.dumps(m))

    def refuse_listings(self, more=None):
        """The queue alone tells; the endpoint becomes a proxy."""
        def rule(h, n):
            if "list-type" in h.path:
                return ("answer", 403, b"<Error><Code>AccessDenied</Code>"
                        b"</Error>")
            return more(h, n) if more else None
        return self.faulty(rule)

    def left(self, url):
        got = self.sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return (int(got["ApproximateNumberOfMessages"])
                + int(got["ApproximateNumberOfMessagesNotVisible"]))

    def faulty(self, rule):
        proxy = servers.Faults(self.moto.port, rule)
        self.addCleanup(proxy.close)
        self.source["endpoint"] = proxy.url
        return proxy


def notice(bucket, *keys, etag="", event="ObjectCreated:Put"):
    return {"Records": [{
        "eventSource": "aws:s3", "eventName": event,
        "s3": {"bucket": {"name": bucket},
               "object": {"key": key, "size": 10, "eTag": etag}}}
        for key in keys]}
