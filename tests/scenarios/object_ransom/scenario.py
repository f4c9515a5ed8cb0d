"""Objects are encrypted with strange keys; with those of the house."""

from world_cloudtrail import START, user


def fire(w):
    for i in range(40):
        w.call(START + 3 * i, user("ann"), "s3", "CopyObject", {
            "bucketName": "invoices", "key": "k-%d" % i,
            "x-amz-copy-source": "invoices/k-%d" % i,
            "x-amz-server-side-encryption-customer-algorithm": "AES256"},
            eventCategory="Data", managementEvent=False)
    w.call(START, user("bob"), "s3", "CopyObject", {
        "bucketName": "carts", "key": "k",
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id":
        "arn:aws:kms:eu-west-1:444455556666:key/1"}, eventCategory="Data")


def quiet(w):
    w.call(START, user("bob"), "s3", "CopyObject", {
        "bucketName": "carts", "key": "k",
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id":
        "arn:aws:kms:eu-west-1:111122223333:key/1"}, eventCategory="Data")
    for i in range(200):
        w.call(START + 3 * i, user("ann"), "s3", "PutObject", {
            "bucketName": "invoices", "key": "k-%d" % i},
            eventCategory="Data", managementEvent=False)
