"""The root address changes; refused; a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "account", "StartPrimaryEmailUpdate",
           {"primaryEmail": "x@example.net"})


def quiet(w):
    w.call(START, user("ann"), "account", "StartPrimaryEmailUpdate", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "account",
           "StartPrimaryEmailUpdate", {}, source=CFN, agent=CFN)
