"""A new region; a global service; a usual region; reading."""

from world_cloudtrail import DAY, START, person, role, user


def fire(w):
    w.company(START, 9)
    w.call(START + 9 * DAY, user("backup"), "ec2", "CreateSecurityGroup",
           {"groupName": "x"}, awsRegion="ap-northeast-3")


def quiet(w):
    for day in range(9):
        w.call(START + day * DAY, role("ci-deploy", "run-1"), "ecs",
               "UpdateService", {}, awsRegion="us-east-2")
    w.company(START, 9)
    w.call(START + 9 * DAY, person("ann"), "iam", "TagRole", {},
           awsRegion="us-east-1")
    w.call(START + 9 * DAY, person("ann"), "ecs", "UpdateService", {},
           awsRegion="us-east-2")
    w.call(START + 9 * DAY, person("ann"), "ec2", "DescribeVpcs", {},
           awsRegion="sa-east-1", readOnly=True)
