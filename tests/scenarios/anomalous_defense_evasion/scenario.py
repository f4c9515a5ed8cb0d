"""A stolen key switches watching off; a pipeline removes an alarm."""

from world_cloudtrail import (
    ABROAD, CI_NET, DAY, HOUR, START, person, role, user)


KALI = "Boto3/1.26.11 Python/3.10.6 Linux/5.15.0-kali3-amd64"
APIS = (("ec2", "DeleteFlowLogs"),
        ("config", "StopConfigurationRecorder"),
        ("guardduty", "DeleteDetector"))
MINOR = (("monitoring", "DeleteAlarms"), ("logs", "DeleteLogGroup"))


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
    for i, (service, name) in enumerate(MINOR):  # one at a time, at work
        w.call(t + 10 * HOUR + i * DAY, role("ci-deploy", "run-9"), service,
               name, {}, source=CI_NET,
               agent="aws-sdk-go-v2/1.30.3 os/linux")
    w.call(t + 11 * HOUR, person("ann"), "ec2", "DescribeAddresses", {})
