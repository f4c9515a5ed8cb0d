"""Databases are opened to the internet, and closed."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "rds", "ModifyDBInstance", {
        "dBInstanceIdentifier": "orders", "publiclyAccessible": True})
    w.call(START + 60, user("bob"), "rds", "AuthorizeDBSecurityGroupIngress", {
        "dBSecurityGroupName": "old", "cIDRIP": "0.0.0.0/0"})


def quiet(w):
    w.call(START, user("ann"), "rds", "ModifyDBInstance", {
        "dBInstanceIdentifier": "orders", "publiclyAccessible": False})
    w.call(START + 30, user("ann"), "rds", "AuthorizeDBSecurityGroupIngress",
           {"dBSecurityGroupName": "old", "cIDRIP": "203.0.113.0/24"})
    w.call(START, user("ann"), "rds", "CreateDBInstance", {
        "dBInstanceIdentifier": "x", "publiclyAccessible": True},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "rds",
           "CreateDBInstance", {
        "dBInstanceIdentifier": "x", "publiclyAccessible": True}, source=CFN, agent=CFN)
