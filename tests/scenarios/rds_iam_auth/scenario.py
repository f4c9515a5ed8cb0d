"""Guards of databases go; refused; a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "rds", "ModifyDBInstance", {
        "dBInstanceIdentifier": "orders",
        "enableIAMDatabaseAuthentication": False})
    w.call(START + 60, user("bob"), "rds", "ModifyDBCluster", {
        "dBClusterIdentifier": "carts", "deletionProtection": False})


def quiet(w):
    w.call(START, user("bob"), "rds", "ModifyDBInstance", {
        "dBInstanceIdentifier": "orders", "deletionProtection": True})
    w.call(START, user("ann"), "rds", "ModifyDBInstance", {
        "dBInstanceIdentifier": "x", "deletionProtection": False},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "rds",
           "ModifyDBInstance", {
        "dBInstanceIdentifier": "x", "deletionProtection": False}, source=CFN, agent=CFN)
