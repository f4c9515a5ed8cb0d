"""Objects are opened to all, to nobody, in vain."""

from world_cloudtrail import START, user


def fire(w):
    w.call(START, user("ann"), "s3", "PutObjectAcl", {
        "bucketName": "invoices", "key": "a", "acl": "",
        "x-amz-acl": "public-read"}, eventCategory="Data")


def quiet(w):
    w.call(START, user("ann"), "s3", "PutObjectAcl", {
        "bucketName": "invoices", "key": "a", "x-amz-acl": "private"},
        eventCategory="Data")
    w.call(START + 60, user("ann"), "s3", "PutObjectAcl", {
        "bucketName": "invoices", "key": "a", "x-amz-acl": "public-read"},
        eventCategory="Data", error="AccessDenied")
