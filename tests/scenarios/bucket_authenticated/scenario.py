"""ACLs that speak to all of AWS, and those that do not."""

from world_cloudtrail import START, user


def fire(w):
    w.call(START, user("ann"), "s3", "PutBucketAcl", {
        "bucketName": "invoices", "x-amz-acl": "authenticated-read"})


def quiet(w):
    w.call(START, user("ann"), "s3", "PutBucketAcl", {
        "bucketName": "invoices", "x-amz-acl": "private"})
    w.call(START + 60, user("ann"), "s3", "PutBucketAcl", {
        "bucketName": "invoices", "x-amz-acl": "authenticated-read"},
        error="AccessDenied")
