"""A function's key in another account's network; and at a machine of EC2."""

from geo_files import write_geo
from world_cloudtrail import CLI, DAY, HOUR, START, role


LAMBDA = ("Boto3/1.34.42 md/Botocore#1.34.42 os/linux#5.10 "
          "exec-env/AWS_Lambda_python3.12")
THERE = "203.0.113.200"


def function(name="render"):
    who = role(name, name)
    who["inScopeOf"] = {
        "issuerType": "AWS::Lambda::Function", "credentialsIssuedTo":
        "arn:aws:lambda:eu-west-1:111122223333:function:" + name}
    return who


def fire(w):
    w.call(START, function(), "s3", "ListBuckets", source="10.9.9.9",
           vpcEndpointId="vpce-0fffffff", vpcEndpointAccountId="444455556666",
           agent=LAMBDA)


def quiet(w):
    w.call(START, function(), "s3", "ListBuckets", source="10.1.1.1",
           vpcEndpointId="vpce-0aaaaaaa", vpcEndpointAccountId="111122223333",
           agent=LAMBDA)
    # No function, and no word of whose the endpoint is.
    w.call(START + 60, role("app", "session"), "s3", "ListBuckets",
           source="10.1.1.1", vpcEndpointId="vpce-0aaaaaaa",
           vpcEndpointAccountId="444455556666")
    w.call(START + 90, function(), "s3", "ListBuckets", source="10.1.1.1",
           vpcEndpointId="vpce-0aaaaaaa", agent=LAMBDA)


def configure_geo(folder):
    return write_geo(folder, aws_ranges=[
        ("198.51.100.0/24", "eu-west-1", "AMAZON"),
        ("198.51.100.0/24", "eu-west-1", "EC2"),
        ("203.0.113.0/24", "us-east-1", "AMAZON"),
        ("203.0.113.192/26", "us-east-1", "EC2")])


def work(w, days, who):
    for hour in range(24 * days):
        w.call(START + hour * HOUR, who, "dynamodb", "DescribeTable",
               source="198.51.100.%d" % (60 + hour % 9), agent=LAMBDA)


def fire_geo(w):
    work(w, 5, function())
    w.call(START + 5 * DAY, function(), "sts", "GetCallerIdentity",
           source=THERE, agent=CLI)


def quiet_geo(w):
    work(w, 5, function())
    # The function itself elsewhere, and an address that no machine has.
    w.call(START + 5 * DAY, function(), "dynamodb", "DescribeTable",
           source=THERE, agent=LAMBDA)
    w.call(START + 5 * DAY + 60, function(), "sts", "GetCallerIdentity",
           source="203.0.113.1", agent=CLI)
    # Its own client, used all along.
    for hour in range(24 * 5):
        w.call(START + hour * HOUR + 60, function("fetch"), "s3",
               "ListBuckets", source="198.51.100.9", agent="fetch/1.0")
    w.call(START + 5 * DAY, function("fetch"), "s3", "ListBuckets",
           source=THERE, agent="fetch/1.0")
