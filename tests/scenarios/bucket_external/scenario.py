"""Policies and replications that speak to strangers, and others."""

from world_cloudtrail import START, user


def fire(w):
    w.call(START, user("ann"), "s3", "PutBucketPolicy", {
        "bucketName": "invoices", "bucketPolicy": {"Statement": [{
            "Effect": "Allow", "Action": "s3:*", "Resource": "*",
            "Principal": {"AWS": "arn:aws:iam::444455556666:root"}}]}})
    w.call(START + 60, user("bob"), "s3", "PutBucketReplication", {
        "bucketName": "carts", "ReplicationConfiguration": {"Rule": {
            "Status": "Enabled", "Destination": {
                "Account": "777788889999",
                "Bucket": "arn:aws:s3:::elsewhere"}}}})


def quiet(w):
    w.call(START, user("ann"), "s3", "PutBucketPolicy", {
        "bucketName": "elb-logs", "bucketPolicy": {"Statement": [{
            "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*",
            "Principal": {"AWS": "arn:aws:iam::156460612806:root"}}]}})
    w.call(START + 60, user("ann"), "s3", "PutBucketPolicy", {
        "bucketName": "invoices", "bucketPolicy": {"Statement": [{
            "Effect": "Deny", "Action": "s3:*", "Resource": "*",
            "Principal": {"AWS": "444455556666"}}]}})
    w.call(START + 120, user("bob"), "s3", "PutBucketReplication", {
        "bucketName": "carts", "ReplicationConfiguration": {"Rule": {
            "Status": "Enabled", "Destination": {
                "Bucket": "arn:aws:s3:::carts-copy"}}}})
