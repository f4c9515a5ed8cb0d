"""Keys are pushed; refused; by a service; by who always does."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    for i in range(3):
        w.call(START + i, user("ann"), "ec2-instance-connect",
               "SendSSHPublicKey", {"instanceId": "i-%017x" % i})


def quiet(w):
    w.call(START, user("ann"), "ec2-instance-connect", "SendSSHPublicKey", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "ec2-instance-connect",
           "SendSSHPublicKey", {}, source=CFN, agent=CFN)
