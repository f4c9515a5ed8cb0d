"""The role of a machine is replaced; refused; a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "ec2", "ReplaceIamInstanceProfileAssociation", {
        "ReplaceIamInstanceProfileAssociationRequest": {
            "AssociationId": "iip-assoc-1",
            "IamInstanceProfile": {"Name": "admin"}}})


def quiet(w):
    w.call(START, user("ann"), "ec2", "AssociateIamInstanceProfile", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "ec2",
           "AssociateIamInstanceProfile", {}, source=CFN, agent=CFN)
