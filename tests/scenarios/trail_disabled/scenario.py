"""Trails are stopped, narrowed, left without a bucket, or just changed."""

from world_cloudtrail import START, user


def fire(w):
    w.call(START, user("ann"), "cloudtrail", "StopLogging", {
        "name": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"})
    w.call(START + 60, user("bob"), "cloudtrail", "PutEventSelectors", {
        "trailName": "main",
        "eventSelectors": [{"includeManagementEvents": False}]})
    w.call(START + 120, user("cho"), "cloudtrail", "CreateTrail", {
        "name": "second", "s3BucketName": "trail-logs"})
    w.call(START + 180, user("cho"), "s3", "DeleteBucket", {
        "bucketName": "trail-logs"})


def quiet(w):
    w.call(START, user("ann"), "cloudtrail", "StopLogging", {"name": "main"},
           error="AccessDenied")
    w.call(START + 60, user("bob"), "cloudtrail", "PutEventSelectors", {
        "trailName": "main", "eventSelectors": [
            {"includeManagementEvents": True, "readWriteType": "All"}]})
    w.call(START + 120, user("cho"), "cloudtrail", "UpdateTrail", {
        "name": "main", "isMultiRegionTrail": True})
    w.call(START + 180, user("dee"), "s3", "DeleteBucket", {
        "bucketName": "scratch"})
