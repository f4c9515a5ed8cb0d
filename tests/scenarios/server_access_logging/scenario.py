"""Access logging is switched off, changed, refused."""

from world_cloudtrail import START, user


def fire(w):
    w.call(START, user("ann"), "s3", "PutBucketLogging", {
        "bucketName": "invoices", "logging": "",
        "BucketLoggingStatus": {
            "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/"}})


def quiet(w):
    w.call(START, user("ann"), "s3", "PutBucketLogging", {
        "bucketName": "invoices", "BucketLoggingStatus": {
            "LoggingEnabled": {"TargetBucket": "logs",
                               "TargetPrefix": "invoices/"}}})
    w.call(START + 60, user("ann"), "s3", "PutBucketLogging",
           {"bucketName": "invoices", "BucketLoggingStatus": {}},
           error="AccessDenied")
