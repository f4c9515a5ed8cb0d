"""Roles are opened to a stranger, to anyone, to a forge; and not."""

import json

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"
FORGE = ("arn:aws:iam::111122223333:oidc-provider/"
         "token.actions.githubusercontent.com")


def trust(principal, condition=None):
    statement = {"Effect": "Allow", "Principal": principal,
                 "Action": "sts:AssumeRole"}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})



def fire(w):
    w.call(START, user("ann"), "iam", "UpdateAssumeRolePolicy", {
        "roleName": "deploy", "policyDocument": trust(
            {"AWS": "arn:aws:iam::444455556666:root"})})
    w.call(START + 60, user("bob"), "iam", "CreateRole", {
        "roleName": "helper", "assumeRolePolicyDocument": trust("*")})
    w.call(START + 120, user("cho"), "iam", "UpdateAssumeRolePolicy", {
        "roleName": "ci", "policyDocument": trust({"Federated": FORGE})})


def quiet(w):
    w.call(START, user("ann"), "iam", "CreateRole", {
        "roleName": "node", "assumeRolePolicyDocument": trust(
            {"Service": "ec2.amazonaws.com"})})
    w.call(START + 60, user("ann"), "iam", "UpdateAssumeRolePolicy", {
        "roleName": "x", "policyDocument": trust(
            {"AWS": "arn:aws:iam::111122223333:root"})})
    w.call(START + 120, user("cho"), "iam", "UpdateAssumeRolePolicy", {
        "roleName": "ci", "policyDocument": trust(
            {"Federated": FORGE}, {"StringLike": {
                "token.actions.githubusercontent.com:sub": "repo:acme/*"}})})
    w.call(START, user("ann"), "iam", "CreateRole", {
        "roleName": "x", "assumeRolePolicyDocument": trust("*")},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "iam",
           "CreateRole", {
        "roleName": "x", "assumeRolePolicyDocument": trust("*")}, source=CFN, agent=CFN)
