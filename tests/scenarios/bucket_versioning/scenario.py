"""Versions are kept no more; again; refused; a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "s3", "PutBucketVersioning", {
        "bucketName": "invoices", "VersioningConfiguration": {
            "Status": "Suspended"}})
    w.call(START + 60, user("bob"), "s3", "DeleteBucketReplication", {
        "bucketName": "carts", "replication": ""})


def quiet(w):
    w.call(START, user("ann"), "s3", "PutBucketVersioning", {
        "bucketName": "invoices", "VersioningConfiguration": {
            "Status": "Enabled"}})
    w.call(START, user("ann"), "s3", "PutBucketVersioning", {
        "bucketName": "b", "VersioningConfiguration": {"Status": "Suspended"}},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "s3",
           "PutBucketVersioning", {
        "bucketName": "b", "VersioningConfiguration": {"Status": "Suspended"}}, source=CFN, agent=CFN)
