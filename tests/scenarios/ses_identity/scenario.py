"""A sender is added; refused; a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "ses", "CreateEmailIdentity",
           {"emailIdentity": "billing.example.net"})


def quiet(w):
    w.call(START, user("ann"), "ses", "VerifyEmailIdentity", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "ses",
           "VerifyEmailIdentity", {}, source=CFN, agent=CFN)
