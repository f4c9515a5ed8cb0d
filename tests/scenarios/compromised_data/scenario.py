"""A job's credentials are used from abroad to look around, to take what a
bucket holds and to open it; a larger load and a restore are quiet."""

import json

from world_cloudtrail import (ABROAD, BOTO, CI_NET, DAY, HOUR, MINUTE, START,
                              role)

DAYS = 21
NIGHT = START + DAYS * DAY + 2 * HOUR
EVERYBODY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
     "Resource": "arn:aws:s3:::invoices/*"}]})


def fire(w):
    w.company(START, DAYS)
    who = role("etl", "etl-1")
    key = dict(source=ABROAD, agent="aws-cli/2.9.19 Python/3.11.2")
    t = NIGHT
    for name in ("ListBuckets", "GetBucketAcl", "GetBucketPolicy",
                 "GetBucketLocation", "GetBucketPublicAccessBlock"):
        w.call(t, who, "s3", name, {"bucketName": "invoices"}, **key)
        t += 30
    for i in range(300):
        w.get_object(t + i * 5, who, "invoices", 40 << 20, **key)
    t += 30 * MINUTE
    w.call(t, who, "s3", "DeleteBucketPublicAccessBlock",
           {"bucketName": "invoices"}, **key)
    w.call(t + 30, who, "s3", "PutBucketPolicy",
           {"bucketName": "invoices", "bucketPolicy": json.loads(EVERYBODY)},
           **key)


def quiet(w):
    w.company(START, DAYS + 2)
    who = role("etl", "etl-1")
    day = START + DAYS * DAY + 9 * HOUR
    for i in range(60):  # a larger load, from where it always runs
        w.get_object(day + i * 30, who, "uploads", 900000, source=CI_NET,
                     agent=BOTO)
    w.call(day + HOUR, role("ci-deploy", "run-1"), "s3", "PutBucketPolicy",
           {"bucketName": "site", "bucketPolicy": {"Statement": []}},
           source=CI_NET, agent="aws-sdk-go-v2/1.30.3 os/linux")
