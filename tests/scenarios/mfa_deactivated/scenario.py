"""A second factor is taken from another, from oneself, and not at all."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "iam", "DeactivateMFADevice", {
        "userName": "bob",
        "serialNumber": "arn:aws:iam::111122223333:mfa/bob"})
    w.call(START + 60, user("ann"), "iam", "DeleteVirtualMFADevice", {
        "serialNumber": "arn:aws:iam::111122223333:mfa/bob"})
    w.call(START + 3600, user("cho"), "iam", "DeactivateMFADevice", {
        "userName": "cho",
        "serialNumber": "arn:aws:iam::111122223333:mfa/cho"})


def quiet(w):
    w.call(START, user("ann"), "iam", "DeactivateMFADevice", {"userName": "bob"},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "iam",
           "DeactivateMFADevice", {"userName": "bob"}, source=CFN, agent=CFN)
