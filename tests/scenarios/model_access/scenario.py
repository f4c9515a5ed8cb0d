"""Models are made usable; refused; a stack; a list."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "bedrock", "PutFoundationModelEntitlement",
           {"modelId": "anthropic.claude-3-sonnet-20240229-v1:0"})
    w.call(START + 2, user("ann"), "bedrock",
           "CreateFoundationModelAgreement", {"modelId": "m"})


def quiet(w):
    w.call(START, user("ann"), "bedrock", "ListFoundationModels")
    w.call(START, user("ann"), "bedrock", "PutFoundationModelEntitlement", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "bedrock",
           "PutFoundationModelEntitlement", {}, source=CFN, agent=CFN)
