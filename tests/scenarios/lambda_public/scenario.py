"""Functions and layers are opened to all, to a stranger, to a service."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "lambda", "AddPermission20150331v2", {
        "functionName": "render", "statementId": "x", "principal": "*",
        "action": "lambda:InvokeFunction"})
    w.call(START + 60, user("bob"), "lambda", "AddPermission20150331v2", {
        "functionName": "billing", "statementId": "y",
        "principal": "444455556666", "action": "lambda:*"})


def quiet(w):
    w.call(START, user("ann"), "lambda", "AddPermission20150331v2", {
        "functionName": "render", "principal": "s3.amazonaws.com",
        "action": "lambda:InvokeFunction"})
    w.call(START + 60, user("ann"), "lambda", "AddPermission20150331v2", {
        "functionName": "render", "principal": "*",
        "principalOrgID": "o-1", "action": "lambda:InvokeFunction"})
    w.call(START, user("ann"), "lambda", "AddPermission20150331v2", {
        "functionName": "x", "principal": "*"},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "lambda",
           "AddPermission20150331v2", {
        "functionName": "x", "principal": "*"}, source=CFN, agent=CFN)
