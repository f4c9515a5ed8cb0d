"""AWS quarantines a key; another policy is attached."""

from world_cloudtrail import START, user


def fire(w):
    w.call(START, user("ann"), "iam", "AttachUserPolicy", {
        "userName": "bob", "policyArn":
        "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"})


    w.call(START + 60, user("ann"), "iam", "PutUserPolicy", {
        "userName": "cho", "policyName": "AWSCompromisedKeyQuarantineV3"})


def quiet(w):
    w.call(START, user("ann"), "iam", "AttachUserPolicy", {
        "userName": "bob",
        "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})
