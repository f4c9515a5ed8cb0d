"""Keys and passwords for others, old and new, and for oneself."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "iam", "CreateAccessKey", {"userName": "bob"})
    w.call(START + 60, user("ann"), "iam", "CreateLoginProfile",
           {"userName": "svc-backup", "passwordResetRequired": False})
    w.call(START + 120, user("cho"), "iam", "UpdateLoginProfile",
           {"userName": "dee"})
    w.call(START + 180, user("eve"), "iam", "CreateUser", {"userName": "new"})
    w.call(START + 200, user("eve"), "iam", "CreateAccessKey",
           {"userName": "new"})


def quiet(w):
    w.call(START + 30, user("ann"), "iam", "CreateAccessKey", None)
    w.call(START + 31, user("ann"), "iam", "CreateAccessKey",
           {"userName": "ann"})
    w.call(START + 32, user("ann"), "iam", "ChangePassword", None)
    w.call(START, user("ann"), "iam", "CreateLoginProfile", {"userName": "x"},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "iam",
           "CreateLoginProfile", {"userName": "x"}, source=CFN, agent=CFN)
