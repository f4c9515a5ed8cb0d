"""Administrators are made by policy, by text, by version, by boundary."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"
ALL = ('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", '
       '"Action": "*", "Resource": "*"}]}')


def fire(w):
    w.call(START, user("ann"), "iam", "AttachUserPolicy", {
        "userName": "svc-monitor",
        "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"})
    w.call(START + 60, user("bob"), "iam", "PutRolePolicy", {
        "roleName": "lambda-x", "policyName": "p",
        "policyDocument": ALL})
    w.call(START + 120, user("cho"), "iam", "CreatePolicyVersion", {
        "policyArn": "arn:aws:iam::111122223333:policy/dev",
        "policyDocument": ALL, "setAsDefault": True})
    w.call(START + 180, user("dee"), "iam", "DeleteUserPermissionsBoundary",
           {"userName": "dee"})
    w.call(START + 240, user("eve"), "eks", "AssociateAccessPolicy", {
        "name": "prod", "principalArn": "arn:aws:iam::111122223333:role/x",
        "policyArn": "arn:aws:eks::aws:cluster-access-policy/"
                     "AmazonEKSClusterAdminPolicy"})


def quiet(w):
    w.call(START, user("bob"), "iam", "AttachRolePolicy", {
        "roleName": "r",
        "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})
    w.call(START + 30, user("bob"), "iam", "PutRolePolicy", {
        "roleName": "r", "policyName": "p", "policyDocument":
        ALL.replace('"Action": "*"', '"Action": "s3:Get*"')})
    w.call(START, user("ann"), "iam", "AttachUserPolicy", {
        "userName": "x", "policyArn":
        "arn:aws:iam::aws:policy/AdministratorAccess"},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "iam",
           "AttachUserPolicy", {
        "userName": "x", "policyArn":
        "arn:aws:iam::aws:policy/AdministratorAccess"}, source=CFN, agent=CFN)
