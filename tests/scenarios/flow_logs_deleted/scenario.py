"""Flow logs go: once, by who does so daily (told three days), refused."""

from world_cloudtrail import CI_NET, DAY, START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "ec2", "DeleteFlowLogs", {
        "DeleteFlowLogsRequest": {"FlowLogId": {
            "content": "fl-0a1b2c3d4e5f60718", "tag": 1}}})
    for day in range(8):
        for name in ("DescribeVpcs", "DeleteFlowLogs"):
            w.call(START + day * DAY, role("stacks", "s"), "ec2", name,
                   source=CI_NET)


def quiet(w):
    w.call(START, user("ann"), "ec2", "DeleteFlowLogs", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "ec2",
           "DeleteFlowLogs", {}, source=CFN, agent=CFN)
