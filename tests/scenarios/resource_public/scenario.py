"""Things are opened to everybody, to the house, to a service."""

import json

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"

def policy(principal, condition=None):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "*",
                 "Resource": "*"}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})



def fire(w):
    w.call(START, user("ann"), "sqs", "SetQueueAttributes", {
        "queueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders",
        "attributes": {"Policy": policy("*")}})
    w.call(START + 60, user("ann"), "secretsmanager", "PutResourcePolicy", {
        "secretId": "prod/db", "resourcePolicy": policy({"AWS": "*"})})
    w.call(START + 120, user("bob"), "sns", "SetTopicAttributes", {
        "topicArn": "arn:aws:sns:eu-west-1:111122223333:alarms",
        "attributeName": "Policy", "attributeValue": policy("*")})
    w.call(START + 180, user("cho"), "ssm", "ModifyDocumentPermission", {
        "name": "runbook", "permissionType": "Share",
        "accountIdsToAdd": ["all"]})
    w.call(START + 240, user("dee"), "ecr", "SetRepositoryPolicy", {
        "repositoryName": "shop/web", "policyText": policy("*")})


def quiet(w):
    w.call(START, user("ann"), "sqs", "SetQueueAttributes", {
        "queueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders",
        "attributes": {"Policy": policy("*", {
            "ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:1:t"}})}})
    w.call(START + 60, user("ann"), "kms", "PutKeyPolicy", {
        "keyId": "1b2c", "policy": policy(
            {"AWS": "arn:aws:iam::111122223333:root"})})
    w.call(START, user("ann"), "sns", "SetTopicAttributes", {
        "topicArn": "t", "attributeName": "Policy",
        "attributeValue": policy("*")},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "sns",
           "SetTopicAttributes", {
        "topicArn": "t", "attributeName": "Policy",
        "attributeValue": policy("*")}, source=CFN, agent=CFN)
