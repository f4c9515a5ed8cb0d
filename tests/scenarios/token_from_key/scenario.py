"""A key is made a token; with a second factor; refused; by a role."""

from world_cloudtrail import START, role, user


def fire(w):
    w.call(START, user("ann"), "sts", "GetFederationToken",
           {"name": "x", "durationSeconds": 129600})
    w.call(START + 60, user("bob"), "sts", "GetSessionToken", None)


def quiet(w):
    w.call(START, user("ann"), "sts", "GetSessionToken", {
        "serialNumber": "arn:aws:iam::111122223333:mfa/ann",
        "tokenCode": "HIDDEN"})
    w.call(START + 60, role("app", "s"), "sts", "GetSessionToken", None)
    w.call(START + 120, user("ann"), "sts", "GetFederationToken",
           {"name": "x"}, error="AccessDenied")
