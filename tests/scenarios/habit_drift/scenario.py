"""A key whose use becomes another's within a week, by acts that are all usual
in the account; an office that moves, a release and a new colleague do not."""

from world_cloudtrail import (BOTO, CI_NET, CLI, DAY, HOUR, MINUTE, OFFICE,
                              START, person, role, user)

DAYS = 28
OLD = (("s3", "ListBuckets"), ("sqs", "ListQueues"),
       ("rds", "DescribeDBInstances"), ("logs", "FilterLogEvents"))
NEW = (("ec2", "DescribeInstances"), ("monitoring", "GetMetricData"),
       ("ecr", "DescribeImages"), ("lambda", "ListFunctions20150331"))
ELSEWHERE = "198.51.103.9"


def habit(w, day, who, acts, source=OFFICE, agent=CLI):
    for i, (service, name) in enumerate(acts):
        for hour in (9, 13, 16):
            w.call(START + day * DAY + hour * HOUR + i * 5 * MINUTE, who,
                   service, name, source=source, agent=agent)


def others(w, days):
    """All acts, places and programs are usual in the account."""
    for day in range(days):
        habit(w, day, role("monitor", "m-1"), NEW, CI_NET, BOTO)
        habit(w, day, role("batch", "b-1"), OLD, ELSEWHERE,
              "aws-sdk-go-v2/1.30.3")


def fire(w):
    others(w, DAYS + 7)
    for day in range(DAYS):
        habit(w, day, user("report"), OLD)
    for day in range(DAYS, DAYS + 7):
        habit(w, day, user("report"), OLD[:1])
        habit(w, day, user("report"), NEW, CI_NET, BOTO)


def quiet(w):
    others(w, DAYS + 10)
    for day in range(DAYS + 10):
        moved = day >= DAYS
        for name in ("ann", "bob", "cho"):  # the office moves
            habit(w, day, person(name), OLD + NEW,
                  ELSEWHERE if moved else OFFICE)
        # A release: a new program that calls one thing more.
        habit(w, day, user("report"), OLD + (NEW[:1] if moved else ()),
              agent=BOTO if moved else CLI)
        if moved:
            habit(w, day, person("eve"), OLD + NEW, ELSEWHERE)
