"""A start script is changed; another attribute; refused; a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "ec2", "ModifyInstanceAttribute", {
        "instanceId": "i-0a1b2c3d4e5f60718",
        "userData": "<sensitiveDataRemoved>"})


def quiet(w):
    w.call(START, user("bob"), "ec2", "ModifyInstanceAttribute", {
        "instanceId": "i-0a1b2c3d4e5f60718", "ebsOptimized": {"value": True}})
    w.call(START, user("ann"), "ec2", "ModifyInstanceAttribute", {
        "instanceId": "i-1", "userData": "x"},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "ec2",
           "ModifyInstanceAttribute", {
        "instanceId": "i-1", "userData": "x"}, source=CFN, agent=CFN)
