"""Flow logs are deleted by a user, refused, and by a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "ec2", "DeleteFlowLogs", {
        "DeleteFlowLogsRequest": {"FlowLogId": {
            "content": "fl-0a1b2c3d4e5f60718", "tag": 1}}})


def quiet(w):
    w.call(START, user("ann"), "ec2", "DeleteFlowLogs", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "ec2",
           "DeleteFlowLogs", {}, source=CFN, agent=CFN)
