"""Policies and ACLs that speak to everybody, and those that do not."""

from world_cloudtrail import START, role


OPS = role("ops", "ann")


def put(w, time, statement, **more):
    w.call(time, OPS, "s3", "PutBucketPolicy", {
        "bucketName": "invoices",
        "bucketPolicy": {"Version": "2012-10-17", "Statement": [statement]}},
        **more)


OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::invoices/*"}


def fire(w):
    put(w, START, OPEN)
    w.call(START + 60, OPS, "s3", "PutBucketAcl", {
        "bucketName": "drop", "x-amz-acl": "public-read-write"})


def quiet(w):
    put(w, START, OPEN, error="AccessDenied")
    put(w, START + 60, dict(OPEN, Condition={
        "StringEquals": {"aws:PrincipalOrgID": "o-1"}}))
    put(w, START + 120, dict(OPEN, Principal={
        "AWS": "arn:aws:iam::111122223333:root"}))
    w.call(START + 180, OPS, "s3", "PutBucketAcl", {
        "bucketName": "drop", "x-amz-acl": "private"})
