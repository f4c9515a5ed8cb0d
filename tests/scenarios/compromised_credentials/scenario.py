"""A stolen key works its way up and makes a user that goes on; deploys, an admin's
busy day and odd things of two people behind one address make no sequence."""

from world_cloudtrail import (ABROAD, CI_NET, DAY, DEPLOY, HOUR, MINUTE,
                              OFFICE, START, person, role, user)

DAYS = 21
NIGHT = START + DAYS * DAY + 2 * HOUR
KALI = ("aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0-kali9-amd64 "
        "exe/x86_64.kali.2023")
TRAIL = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"


def fire(w):
    w.company(START, DAYS)
    key = dict(source=ABROAD, agent=KALI)
    thief = user("backup")
    t = NIGHT
    for name in ("ListUsers", "ListRoles", "GetAccountAuthorizationDetails",
                 "ListAttachedUserPolicies", "ListAccessKeys"):
        w.call(t, thief, "iam", name, **key)
        t += 20
    w.call(t + MINUTE, thief, "iam", "CreateUser", {"userName": "svc-mon"},
           **key)
    w.call(t + 2 * MINUTE, thief, "iam", "CreateAccessKey",
           {"userName": "svc-mon"}, **key)
    w.call(t + 3 * MINUTE, thief, "iam", "AttachUserPolicy",
           {"userName": "svc-mon", "policyArn":
            "arn:aws:iam::aws:policy/AdministratorAccess"}, **key)
    # The user that was made goes on, from elsewhere, the day after.
    w.call(t + 9 * HOUR, user("svc-mon"), "cloudtrail", "StopLogging",
           {"name": TRAIL}, source="192.0.2.99", agent=KALI)


def quiet(w):
    w.company(START, DAYS + 3)
    day = START + DAYS * DAY + 9 * HOUR
    for i in range(40):  # a wave of deployments
        for service, name in DEPLOY:
            w.call(day + i * 120, role("ci-deploy", "run-%d" % i), service,
                   name, source=CI_NET, agent="aws-sdk-go-v2/1.30.3 os/linux")
    admin = person("ann")  # an admin's busy day, from the usual place
    for i, (service, name) in enumerate((
            ("iam", "ListRoles"), ("secretsmanager", "GetSecretValue"),
            ("iam", "GetRole"), ("ec2", "DescribeInstances"),
            ("rds", "DescribeDBInstances"), ("s3", "ListBuckets"),
            ("iam", "ListUsers"), ("iam", "GetUser"))):
        w.call(day + i * 600, admin, service, name)
    # Two people behind one office address, each with one odd thing.
    w.call(day + HOUR, person("bob"), "iam", "ListAccessKeys", source=OFFICE)
    w.call(day + 2 * HOUR, person("cho"), "ec2", "DescribeRegions",
           source=OFFICE)
