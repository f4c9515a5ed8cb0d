"""Policies of the organisation go; refused; by a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "organizations", "DetachPolicy",
           {"policyId": "p-0a1b2c3d", "targetId": "ou-1"})
    w.call(START + 60, user("bob"), "organizations", "DisablePolicyType",
           {"policyType": "SERVICE_CONTROL_POLICY", "rootId": "r-1"})


def quiet(w):
    w.call(START, user("ann"), "organizations", "DetachPolicy", {"policyId": "p-1"},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "organizations",
           "DetachPolicy", {"policyId": "p-1"}, source=CFN, agent=CFN)
