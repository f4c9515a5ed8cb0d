"""A bucket is to be empty tomorrow; a folder; next year; a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "s3", "PutBucketLifecycle", {
        "bucketName": "invoices", "LifecycleConfiguration": {"Rule": {
            "ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""},
            "Expiration": {"Days": 1}}}})


def quiet(w):
    w.call(START, user("ann"), "s3", "PutBucketLifecycle", {
        "bucketName": "invoices", "LifecycleConfiguration": {"Rule": [
            {"Status": "Enabled", "Filter": {"Prefix": "tmp/"},
             "Expiration": {"Days": 1}},
            {"Status": "Enabled", "Filter": {"Prefix": ""},
             "Expiration": {"Days": 365}},
            {"Status": "Disabled", "Expiration": {"Days": 1}}]}})
    w.call(START, user("ann"), "s3", "PutBucketLifecycle", {
        "bucketName": "b", "LifecycleConfiguration": {"Rule": {
            "Status": "Enabled", "Expiration": {"Days": 1}}}},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "s3",
           "PutBucketLifecycle", {
        "bucketName": "b", "LifecycleConfiguration": {"Rule": {
            "Status": "Enabled", "Expiration": {"Days": 1}}}}, source=CFN, agent=CFN)
