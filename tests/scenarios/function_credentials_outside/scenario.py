"""A function's key abroad; the function itself; one with its own client."""

from geo_files import write_geo
from world_cloudtrail import ABROAD, DAY, HOUR, START, role


LAMBDA = ("Boto3/1.34.42 md/Botocore#1.34.42 os/linux#5.10 "
          "exec-env/AWS_Lambda_python3.12")


def function():
    who = role("render", "render")
    who["inScopeOf"] = {
        "issuerType": "AWS::Lambda::Function", "credentialsIssuedTo":
        "arn:aws:lambda:eu-west-1:111122223333:function:render"}
    return who



def fire(w):
    for hour in range(24 * 5):
        w.call(START + hour * HOUR, function(), "dynamodb", "DescribeTable",
               source="198.51.100.66", agent=LAMBDA)
    w.call(START + 5 * DAY, function(), "sts", "GetCallerIdentity",
           source=ABROAD, agent="aws-cli/2.15.30 Linux/6.6.9-amd64")


def quiet(w):
    for hour in range(24 * 6):
        w.call(START + hour * HOUR, function(), "dynamodb", "DescribeTable",
               source="198.51.100.%d" % (hour % 9), agent=LAMBDA)
        w.call(START + hour * HOUR + 60, function(), "s3", "ListBuckets",
               source="198.51.100.9", agent="fetch/1.0")
    w.call(START + 6 * DAY, function(), "dynamodb", "DescribeTable",
           source="203.0.113.200", agent=LAMBDA)
    w.call(START + 6 * DAY, role("render", "s"), "sts", "GetCallerIdentity",
           source=ABROAD)


def configure_geo(folder):
    return write_geo(folder, aws_ranges=[
        ("198.51.100.0/24", "eu-west-1", "EC2"),
        ("203.0.113.0/24", "eu-west-1", "EC2")])


def fire_geo(w):
    """No history is needed to see that a place is not AWS's."""
    w.call(START, function(), "dynamodb", "DescribeTable",
           source="198.51.100.66", agent=LAMBDA)
    w.call(START + HOUR, function(), "sts", "GetCallerIdentity",
           source=ABROAD, agent="aws-cli/2.15.30 Linux/6.6.9-amd64")


def quiet_geo(w):
    quiet(w)
