"""Shells on many machines; a command for all; one machine."""

from world_cloudtrail import DAY, START, user


def fire(w):
    w.company(START, 5)
    for i in range(4):
        w.call(START + 5 * DAY + 60 * i, user("ann"), "ssm", "StartSession",
               {"target": "i-%017x" % i})
    w.call(START, user("bob"), "ssm", "SendCommand", {
        "documentName": "AWS-RunShellScript",
        "targets": [{"key": "tag:env", "values": ["prod"]}]})
    w.call(START, user("cho"), "ssm", "SendCommand", {
        "documentName": "AWS-RunShellScript",
        "instanceIds": ["i-1", "i-2", "i-3", "i-4"]})


def quiet(w):
    for i in range(9):
        w.call(START + 60 * i, user("ann"), "ssm", "StartSession",
               {"target": "i-0a1b2c3d4e5f60718"})
    w.call(START, user("cho"), "ssm", "SendCommand", {
        "documentName": "AWS-RunShellScript", "instanceIds": ["i-1"]})
    w.call(START, user("dee"), "ssm", "SendCommand", {
        "documentName": "AWS-RunShellScript",
        "targets": [{"key": "tag:env", "values": ["prod"]}]},
        error="AccessDenied")
