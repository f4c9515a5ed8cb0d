"""Accelerators and swarms, refused ones; what always runs; a small one; a
stack; what AWS has no room for."""

from world_cloudtrail import DAY, START, role, user


CFN = "cloudformation.amazonaws.com"

def run(kind, count):
    return {"instanceType": kind, "instancesSet": {"items": [
        {"imageId": "ami-1", "minCount": 1, "maxCount": count}]}}



def fire(w):
    w.call(START, user("ann"), "ec2", "RunInstances", run("p4d.24xlarge", 4))
    w.call(START + 60, user("bob"), "ec2", "RunInstances", run("c5.large", 40))
    w.call(START + 120, user("cho"), "ec2", "RequestSpotInstances", {
        "instanceCount": 1, "launchSpecification": {
            "instanceType": "g5.48xlarge"}})
    w.call(START + 180, user("dee"), "ec2", "RunInstances",
           run("p4d.24xlarge", 4), error="Client.UnauthorizedOperation")


def quiet(w):
    for day in range(6):
        w.call(START + day * DAY, dict(role("asg", "s"), invokedBy=CFN),
               "ec2", "RunInstances", run("g5.xlarge", 2), source=CFN,
               agent=CFN)
    w.call(START + 6 * DAY, user("bob"), "ec2", "RunInstances",
           run("g5.xlarge", 2))
    w.call(START + 6 * DAY, user("cho"), "ec2", "RunInstances",
           run("t3.medium", 1))
    w.call(START + 6 * DAY, user("dee"), "ec2", "RunInstances",
           run("p4d.24xlarge", 4),
           error="Server.InsufficientInstanceCapacity")
    w.call(START + 6 * DAY, user("dee"), "ec2", "RunInstances",
           run("t3.medium", 1), error="Client.UnauthorizedOperation")
