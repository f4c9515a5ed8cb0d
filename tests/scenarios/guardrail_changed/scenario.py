"""Guardrails go and change; refused; a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "bedrock", "DeleteGuardrail",
           {"guardrailIdentifier": "cmy5azq5koeo"})


def quiet(w):
    w.call(START, user("ann"), "bedrock", "DeleteGuardrail", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "bedrock",
           "DeleteGuardrail", {}, source=CFN, agent=CFN)
