"""Snapshots and images are shared with strangers, with oneself, no more."""

from world_cloudtrail import START, user


def fire(w):
    w.call(START, user("ann"), "ec2", "ModifySnapshotAttribute", {
        "snapshotId": "snap-041993b54a9b3af6f",
        "createVolumePermission": {
            "add": {"items": [{"userId": "444455556666"}]}},
        "attributeType": "CREATE_VOLUME_PERMISSION"})
    w.call(START + 60, user("bob"), "ec2", "ModifyImageAttribute", {
        "imageId": "ami-0b3af6f41993b54a9",
        "launchPermission": {"add": {"items": [{"group": "all"}]}},
        "attributeType": "launchPermission"})


def quiet(w):
    w.call(START, user("ann"), "ec2", "ModifySnapshotAttribute", {
        "snapshotId": "snap-041993b54a9b3af6f",
        "createVolumePermission": {
            "remove": {"items": [{"userId": "444455556666"}]}}})
    w.call(START + 60, user("ann"), "ec2", "ModifyImageAttribute", {
        "imageId": "ami-1", "launchPermission": {
            "add": {"items": [{"userId": "111122223333"}]}}})
    w.call(START + 120, user("ann"), "ec2", "ModifyImageAttribute", {
        "imageId": "ami-1", "launchPermission": {
            "add": {"items": [{"group": "all"}]}}},
        error="Client.UnauthorizedOperation")
