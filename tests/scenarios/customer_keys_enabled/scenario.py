"""A bucket takes customer keys; does not; refused; a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "s3", "PutBucketEncryption", {
        "bucketName": "invoices", "ServerSideEncryptionConfiguration": {
            "Rule": {"BlockedEncryptionTypes": {"EncryptionType": "NONE"}}}})


def quiet(w):
    w.call(START, user("ann"), "s3", "PutBucketEncryption", {
        "bucketName": "invoices", "ServerSideEncryptionConfiguration": {
            "Rule": {"BlockedEncryptionTypes": {
                "EncryptionType": ["SSE-C"]}}}})
    w.call(START, user("ann"), "s3", "PutBucketEncryption", {
        "bucketName": "b", "ServerSideEncryptionConfiguration": {
            "Rule": {"BlockedEncryptionTypes": {"EncryptionType": "NONE"}}}},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "s3",
           "PutBucketEncryption", {
        "bucketName": "b", "ServerSideEncryptionConfiguration": {
            "Rule": {"BlockedEncryptionTypes": {"EncryptionType": "NONE"}}}}, source=CFN, agent=CFN)
