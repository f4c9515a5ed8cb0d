"""Providers are added and replaced; refused; by a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "iam", "UpdateSAMLProvider", {
        "sAMLProviderArn": "arn:aws:iam::111122223333:saml-provider/okta",
        "sAMLMetadataDocument": "<md/>"})
    w.call(START + 60, user("bob"), "iam", "CreateOpenIDConnectProvider",
           {"url": "https://login.example.net"})


def quiet(w):
    w.call(START, user("ann"), "iam", "CreateSAMLProvider", {"name": "x"},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "iam",
           "CreateSAMLProvider", {"name": "x"}, source=CFN, agent=CFN)
