"""The block of the account is taken off, put on, refused."""

from world_cloudtrail import START, user


def fire(w):
    w.call(START, user("ann"), "s3", "DeleteAccountPublicAccessBlock",
           {"accountId": "111122223333"})
    w.call(START + 60, user("bob"), "s3", "PutAccountPublicAccessBlock", {
        "accountId": "111122223333", "PublicAccessBlockConfiguration": {
            "RestrictPublicBuckets": False, "BlockPublicPolicy": False,
            "BlockPublicAcls": False, "IgnorePublicAcls": False}})


def quiet(w):
    w.call(START, user("ann"), "s3", "PutAccountPublicAccessBlock", {
        "accountId": "111122223333", "PublicAccessBlockConfiguration": {
            "RestrictPublicBuckets": True, "BlockPublicPolicy": True,
            "BlockPublicAcls": True, "IgnorePublicAcls": True}})
    w.call(START + 60, user("ann"), "s3", "DeleteAccountPublicAccessBlock",
           {"accountId": "111122223333"}, error="AccessDenied")
