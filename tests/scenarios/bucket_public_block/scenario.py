"""The block of a bucket is taken off, loosened, put on, refused."""

from world_cloudtrail import START, user


def fire(w):
    w.call(START, user("ann"), "s3", "DeleteBucketPublicAccessBlock",
           {"bucketName": "invoices", "publicAccessBlock": ""})
    w.call(START + 60, user("bob"), "s3", "PutBucketPublicAccessBlock", {
        "bucketName": "drop", "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True, "IgnorePublicAcls": True,
            "BlockPublicPolicy": False, "RestrictPublicBuckets": True}})


def quiet(w):
    w.call(START, user("ann"), "s3", "PutBucketPublicAccessBlock", {
        "bucketName": "invoices", "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True, "IgnorePublicAcls": True,
            "BlockPublicPolicy": True, "RestrictPublicBuckets": True}})
    w.call(START + 60, user("ann"), "s3", "DeleteBucketPublicAccessBlock",
           {"bucketName": "invoices"}, error="AccessDenied")
