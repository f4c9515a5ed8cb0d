"""Databases and backups go at once; one by one; by a stack; a drill's own."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    for i in range(7):
        w.call(START + 10 * i, user("ann"), "rds", "DeleteDBSnapshot",
               {"dBSnapshotIdentifier": "orders-%d" % i})
    w.call(START + 90, user("bob"), "rds", "CreateDBSnapshot", {
        "dBInstanceIdentifier": "orders", "dBSnapshotIdentifier": "tmp"})
    w.call(START + 100, user("bob"), "rds", "DeleteDBInstance", {
        "dBInstanceIdentifier": "orders", "skipFinalSnapshot": True,
        "deleteAutomatedBackups": True})
    w.call(START + 200, user("cho"), "backup", "DeleteBackupVault",
           {"backupVaultName": "main"})


def quiet(w):
    for i in range(3):
        w.call(START + 10 * i, user("ann"), "ec2", "DeleteSnapshot",
               {"snapshotId": "snap-%d" % i})
    for i in range(9):
        w.call(START + 10 * i, user("ann"), "ec2", "DeleteSnapshot",
               {"snapshotId": "snap-same"})
    w.call(START + 100, user("bob"), "rds", "DeleteDBInstance", {
        "dBInstanceIdentifier": "orders", "skipFinalSnapshot": False,
        "finalDBSnapshotIdentifier": "orders-last"})
    w.call(START + 200, user("dan"), "rds", "RestoreDBInstanceFromDBSnapshot", {
        "dBInstanceIdentifier": "drill", "dBSnapshotIdentifier": "nightly"})
    w.call(START + 9000, user("dan"), "rds", "DeleteDBInstance", {
        "dBInstanceIdentifier": "drill", "skipFinalSnapshot": True})
    w.call(START, user("ann"), "backup", "DeleteBackupVault", {"backupVaultName": "x"},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "backup",
           "DeleteBackupVault", {"backupVaultName": "x"}, source=CFN, agent=CFN)
