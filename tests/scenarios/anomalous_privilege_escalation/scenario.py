"""A stolen key widens rights; a pipeline attaches one new policy."""

from world_cloudtrail import (
    ABROAD, CI_NET, DAY, HOUR, START, person, role, user)


KALI = "Boto3/1.26.11 Python/3.10.6 Linux/5.15.0-kali3-amd64"
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.9.5"
APIS = (("iam", "AttachUserPolicy"),
        ("iam", "AddUserToGroup"),
        ("iam", "PutUserPolicy"))

def learned(w):
    w.company(START, 9)
    return START + 9 * DAY


def fire(w):
    t = learned(w)
    for i, (service, name) in enumerate(APIS):
        w.call(t + 3 * HOUR + 30 * i, user("backup"), service, name, {},
               source=ABROAD, agent=KALI)


def quiet(w):
    t = learned(w)
    for i, (service, name) in enumerate(APIS[:2]):  # one at a time, at work
        w.call(t + 10 * HOUR + i * DAY, role("ci-deploy", "run-9"), service,
               name, {}, source=CI_NET,
               agent="aws-sdk-go-v2/1.30.3 os/linux")
    for day in range(9):  # hosted runners: anywhere, and at any hour of work
        for i in range(60):
            w.call(START + day * DAY + (7 + day * 5 % 9) * HOUR + i,
                   role("release", "run-%d" % day), "ec2",
                   "Describe%s" % ("Vpcs", "Subnets", "Images")[i % 3], {},
                   source="198.18.%d.7" % day, agent=TERRAFORM)
    for day in (3, 9):
        w.call(START + day * DAY + 14 * HOUR, role("release", "run-x"), "iam",
               "PutRolePolicy", {}, source="198.18.%d.9" % (100 + day),
               agent=TERRAFORM)
    w.call(t + 11 * HOUR, person("ann"), "ec2", "DescribeAddresses", {})
