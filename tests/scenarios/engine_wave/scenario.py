"""A change that a third of the peers share within an hour is a deployment: a new
release in a new place for three services of nine, a new tool for three people
of nine."""

from world_cloudtrail import (BOTO, CI_NET, CLI, DAY, HOUR, MINUTE, START,
                              person, role)

PEOPLE = tuple("ann bob cho dee eve fay gus hal ivy".split())
SERVICES = tuple("shop-api-%d" % i for i in range(9))
WORK = (("s3", "ListBuckets"), ("sqs", "ListQueues"),
        ("logs", "FilterLogEvents"))


def service_hour(w, t, name, new):
    who = role(name, name)
    for i, (service, api) in enumerate(WORK + ((
            ("secretsmanager", "GetSecretValue"), ("kms", "Decrypt"),
            ("ssm", "GetParametersByPath")) if new else ())):
        w.call(t + i * 20, who, service, api, source="198.51.110.7" if new
               else CI_NET, agent="aws-sdk-rust/1.3" if new else BOTO)


def person_day(w, t, name, new):
    for i, (service, api) in enumerate(WORK + ((
            ("ec2", "DescribeInstances"), ("eks", "DescribeCluster"),
            ("sts", "GetCallerIdentity")) if new else ())):
        w.call(t + i * 60, person(name), service, api,
               agent="k9s/0.32 aws-sdk-go-v2/1.30" if new else CLI)


def live(w, days, change):
    for day in range(days):
        new = change and day == days - 1
        for hour in range(24):
            for k, name in enumerate(SERVICES):
                service_hour(w, START + day * DAY + hour * HOUR + k * MINUTE,
                             name, new and hour >= 10 and k % 3 == 0)
        for k, name in enumerate(PEOPLE):
            person_day(w, START + day * DAY + 10 * HOUR + k * 3 * MINUTE,
                       name, new and k % 3 == 0)


def thief(w):
    """In the midst of it somebody has ann's key: the new tool is hers too by
    now, where the calls come from and what they ask for is nobody's."""
    t = START + 15 * DAY + 14 * HOUR
    for i, api in enumerate(("ListUsers", "ListRoles", "ListAccessKeys",
                             "GetAccountAuthorizationDetails")):
        w.call(t + i * 30, person("ann"), "iam", api, source="192.0.2.77",
               agent="k9s/0.32 aws-sdk-go-v2/1.30")


def fire(w):
    """Three of nine: the first two are told before anybody can know, and taken
    back when the third comes; of the thief among them all is told."""
    live(w, 16, True)
    thief(w)


def quiet(w):
    live(w, 16, False)
