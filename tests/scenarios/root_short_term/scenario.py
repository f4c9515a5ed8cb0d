"""Root by a session of the organisation; root itself; a role."""

from world_cloudtrail import START, role, root



def session():
    who = root()
    who["accessKeyId"] = "ASIAROOTSESSION"
    who["sessionContext"] = {"attributes": {"mfaAuthenticated": "false"},
                             "assumedRoot": "true"}
    return who



def fire(w):
    w.call(START, session(), "s3", "DeleteBucketPolicy",
           {"bucketName": "locked"})


def quiet(w):
    w.call(START, role("app", "s"), "s3", "ListBuckets")
    w.call(START + 60, root(), "iam", "GetAccountSummary", error="AccessDenied")
