"""Database snapshots are shared with strangers, with oneself, no more."""

from world_cloudtrail import START, user


def fire(w):
    w.call(START, user("ann"), "rds", "ModifyDBSnapshotAttribute", {
        "attributeName": "restore", "dBSnapshotIdentifier": "orders-1",
        "valuesToAdd": ["444455556666"]})
    w.call(START + 60, user("bob"), "rds", "ModifyDBClusterSnapshotAttribute",
           {"attributeName": "restore", "valuesToAdd": ["all"],
            "dBClusterSnapshotIdentifier": "carts-1"})


def quiet(w):
    w.call(START, user("ann"), "rds", "ModifyDBSnapshotAttribute", {
        "attributeName": "restore", "dBSnapshotIdentifier": "orders-1",
        "valuesToRemove": ["444455556666"]})
    w.call(START + 60, user("ann"), "rds", "ModifyDBSnapshotAttribute", {
        "attributeName": "restore", "dBSnapshotIdentifier": "orders-1",
        "valuesToAdd": ["111122223333"]})
    w.call(START + 120, user("ann"), "rds", "ModifyDBSnapshotAttribute", {
        "attributeName": "restore", "dBSnapshotIdentifier": "orders-1",
        "valuesToAdd": ["all"]}, error="AccessDenied")
