"""Snapshots and images are shared with strangers, with an account of the
same owner, with oneself, no more."""

import os

from world_cloudtrail import START, user

SISTER = "777788889999"


def configure(folder):
    path = folder + "-config.yaml"
    with open(path, "w", encoding="utf-8") as out:
        out.write("accounts:\n  - {id: \"%s\", name: staging}\n" % SISTER)
    return os.path.abspath(path)


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
    w.call(START + 90, user("eve"), "ec2", "ModifySnapshotAttribute", {
        "snapshotId": "snap-041993b54a9b3af70",
        "createVolumePermission": {"add": {"items": [{"userId": SISTER}]}},
        "attributeType": "CREATE_VOLUME_PERMISSION"})
    w.call(START + 120, user("ann"), "ec2", "ModifyImageAttribute", {
        "imageId": "ami-1", "launchPermission": {
            "add": {"items": [{"group": "all"}]}}},
        error="Client.UnauthorizedOperation")
