"""A function answers the internet, or its account only."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "lambda", "CreateFunctionUrlConfig", {
        "functionName": "arn:aws:lambda:eu-west-1:111122223333:function:shell",
        "authType": "NONE"})


def quiet(w):
    w.call(START, user("ann"), "lambda", "CreateFunctionUrlConfig", {
        "functionName": "render", "authType": "AWS_IAM"})
    w.call(START, user("ann"), "lambda", "UpdateFunctionUrlConfig", {
        "functionName": "x", "authType": "NONE"},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "lambda",
           "UpdateFunctionUrlConfig", {
        "functionName": "x", "authType": "NONE"}, source=CFN, agent=CFN)
