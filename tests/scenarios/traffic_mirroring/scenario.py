"""Traffic is mirrored; refused; by a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "ec2", "CreateTrafficMirrorSession", {
        "CreateTrafficMirrorSessionRequest": {
            "NetworkInterfaceId": "eni-0c61fbc84fca4138f",
            "TrafficMirrorTargetId": "tmt-0fd4b591901182794"}})


def quiet(w):
    w.call(START, user("ann"), "ec2", "CreateTrafficMirrorSession", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "ec2",
           "CreateTrafficMirrorSession", {}, source=CFN, agent=CFN)
