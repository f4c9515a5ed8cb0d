"""An account is to send mail; refused; a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "ses", "PutAccountDetails",
           {"mailType": "MARKETING", "productionAccessEnabled": True})


def quiet(w):
    w.call(START, user("ann"), "ses", "PutAccountDetails", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "ses",
           "PutAccountDetails", {}, source=CFN, agent=CFN)
