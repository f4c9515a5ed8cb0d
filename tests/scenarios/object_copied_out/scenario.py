"""Objects go to a stranger's bucket, and to one of the house."""

from world_cloudtrail import START, user



def bucket(name, account):
    return [{"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::%s/k" % name},
            {"type": "AWS::S3::Bucket", "accountId": account,
             "ARN": "arn:aws:s3:::" + name}]



def fire(w):
    w.call(START, user("ann"), "s3", "CopyObject", {
        "bucketName": "elsewhere", "key": "customers.csv",
        "x-amz-copy-source": "invoices/customers.csv"},
        resources=bucket("elsewhere", "444455556666"), eventCategory="Data")


def quiet(w):
    w.call(START, user("ann"), "s3", "CopyObject", {
        "bucketName": "carts", "key": "customers.csv"},
        resources=bucket("carts", "111122223333"), eventCategory="Data")
    w.call(START, user("ann"), "s3", "GetObject", {
        "bucketName": "public", "key": "index"},
        resources=bucket("public", "444455556666"), eventCategory="Data")
