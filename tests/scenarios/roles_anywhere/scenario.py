"""An anchor and a profile are made; refused; by a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "rolesanywhere", "CreateTrustAnchor",
           {"name": "corp-ca", "enabled": True})
    w.call(START + 60, user("ann"), "rolesanywhere", "CreateProfile",
           {"name": "corp", "enabled": True})


def quiet(w):
    w.call(START, user("ann"), "rolesanywhere", "CreateTrustAnchor", {"name": "x"},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "rolesanywhere",
           "CreateTrustAnchor", {"name": "x"}, source=CFN, agent=CFN)
