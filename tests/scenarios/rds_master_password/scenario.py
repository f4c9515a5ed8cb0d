"""A master password is replaced; a size changed; refused; a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "rds", "ModifyDBInstance", {
        "dBInstanceIdentifier": "orders", "masterUserPassword": "****"})


def quiet(w):
    w.call(START, user("bob"), "rds", "ModifyDBInstance", {
        "dBInstanceIdentifier": "orders", "allocatedStorage": 200})
    w.call(START, user("ann"), "rds", "ModifyDBCluster", {
        "dBClusterIdentifier": "x", "masterUserPassword": "****"},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "rds",
           "ModifyDBCluster", {
        "dBClusterIdentifier": "x", "masterUserPassword": "****"}, source=CFN, agent=CFN)
