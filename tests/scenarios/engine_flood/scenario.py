"""A flood of strangers, before which and after which the same is usual and the
same is not: what was known for weeks is not driven out."""

import os

from world_cloudtrail import (ABROAD, DAY, HOUR, START, role, user)

DAYS = 21
FLOOD = START + DAYS * DAY + 13 * HOUR
KALI = ("aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0-kali9-amd64 "
        "exe/x86_64.kali.2023")


def configure(folder):
    root = folder + "-config"
    os.makedirs(root, exist_ok=True)
    path = os.path.join(root, "config.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("baseline: {memory_per_tenant: 1MiB}\n")
    return path


def fire(w):
    w.company(START, DAYS + 4)
    for i in range(15000):
        w.call(FLOOD + i * 3000 // 15000,
               role("app-%05d" % (i * 7919 % 99991), "s-%d" % i), "s3",
               "ListBuckets", source="10.%d.%d.9" % (i // 256, i % 256))
    t = START + (DAYS + 2) * DAY + 2 * HOUR
    for k, name in enumerate(("CreateAccessKey", "CreateLoginProfile")):
        w.call(t + k, user("backup"), "iam", name, {"userName": "svc"},
               source=ABROAD, agent=KALI)


def quiet(w):
    w.company(START, DAYS + 4)
