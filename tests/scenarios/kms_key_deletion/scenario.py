"""A key is to go; refused; by a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "kms", "ScheduleKeyDeletion", {
        "keyId": "arn:aws:kms:eu-west-1:111122223333:key/1b2c",
        "pendingWindowInDays": 7})
    w.call(START + 60, user("bob"), "kms", "DisableKey", {"keyId": "9f8e"})


def quiet(w):
    w.call(START, user("ann"), "kms", "ScheduleKeyDeletion", {"keyId": "9f8e"},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "kms",
           "ScheduleKeyDeletion", {"keyId": "9f8e"}, source=CFN, agent=CFN)
