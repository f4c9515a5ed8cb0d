"""The model log goes; refused; by a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "bedrock",
           "DeleteModelInvocationLoggingConfiguration")


def quiet(w):
    w.call(START, user("ann"), "bedrock", "DeleteModelInvocationLoggingConfiguration", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "bedrock",
           "DeleteModelInvocationLoggingConfiguration", {}, source=CFN, agent=CFN)
