"""More principals and names in an hour than a small memory holds; a busy day
of what is known is none."""

import os

from world_cloudtrail import DAY, HOUR, OFFICE, START, role, user

DAYS = 8
WORK = (("s3", "ListBuckets"), ("sqs", "ListQueues"),
        ("ec2", "DescribeInstances"))


def configure(folder):
    root = folder + "-config"
    os.makedirs(root, exist_ok=True)
    path = os.path.join(root, "config.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("baseline: {memory_per_tenant: 1MiB}\n")
    return path


def work(w, day, names=("ann", "bob", "cho")):
    for i, (service, name) in enumerate(WORK):
        for k, who in enumerate(names):
            w.call(START + day * DAY + (9 + i) * HOUR + k * 60, user(who),
                   service, name)


def fire(w):
    for day in range(DAYS):
        work(w, day)
    t = START + (DAYS - 1) * DAY + 13 * HOUR
    for i in range(12000):
        who = role("app-%05d" % (i * 7919 % 99991), "s-%d" % i)
        w.call(t + i * 3000 // 12000, who, "s3", "ListBuckets",
               source="10.%d.%d.9" % (i // 256, i % 256))
    for i in range(60000):  # names, by another log
        w.dns(t + i * 3000 // 60000, "10.1.1.%d" % (1 + i % 200),
              "a%d.zone%d.example" % (i, i))
    w.call(t + 2 * HOUR, user("ann"), "s3", "ListBuckets")


def quiet(w):
    for day in range(DAYS):
        work(w, day)
    t = START + (DAYS - 1) * DAY + 13 * HOUR
    for i in range(12000):
        w.call(t + i * 3000 // 12000, user("ann"), "s3", "ListBuckets",
               source=OFFICE)
