"""Guards are switched off, on, by a stack, and in vain."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "guardduty", "DeleteDetector",
           {"detectorId": "12abc34d567e8fa901bc2d34e56789f0"})
    w.call(START + 60, user("ann"), "config", "StopConfigurationRecorder",
           {"configurationRecorderName": "default"})
    w.call(START + 120, user("bob"), "guardduty", "UpdateDetector",
           {"detectorId": "12abc34d", "enable": False})
    w.call(START + 180, user("cho"), "eks", "UpdateClusterConfig", {
        "name": "prod", "logging": {"clusterLogging": [
            {"types": ["audit"], "enabled": False}]}})
    w.call(START + 240, user("dee"), "events", "DisableRule",
           {"name": "guardduty-to-chat"})
    for i, group in enumerate(("/aws/eks/prod/cluster", "/aws/lambda/old")):
        w.call(START + 300 + i, user("fay"), "logs", "DeleteLogGroup",
               {"logGroupName": group})


def quiet(w):
    w.call(START, user("bob"), "guardduty", "UpdateDetector",
           {"detectorId": "12abc34d", "enable": True})
    w.call(START + 30, user("bob"), "macie2", "UpdateMacieSession",
           {"status": "ENABLED"})
    w.call(START + 40, user("cho"), "guardduty", "CreateFilter",
           {"name": "x", "action": "NOOP"})
    w.call(START, user("ann"), "guardduty", "DeleteDetector", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "guardduty",
           "DeleteDetector", {}, source=CFN, agent=CFN)
