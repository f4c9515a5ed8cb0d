"""Days teach, not events: what was told teaches nothing though it comes a
thousand times; what came once a day on many days is usual."""

from world_cloudtrail import ABROAD, DAY, HOUR, START, user

DAYS = 21
KALI = ("aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0-kali9-amd64 "
        "exe/x86_64.kali.2023")


def thief(w, day, times):
    """A new place, a new program and calls that the key never made."""
    t = START + day * DAY + 2 * HOUR
    for i in range(times):
        for k, name in enumerate(("CreateAccessKey", "CreateLoginProfile")):
            w.call(t + i * 3 + k, user("backup"), "iam", name,
                   {"userName": "svc-%d" % (i % 5)}, source=ABROAD,
                   agent=KALI)


def fire(w):
    w.company(START, DAYS + 5)
    thief(w, DAYS, 1000)  # a thousand times on one day ...
    thief(w, DAYS + 3, 1)  # ... and still unusual on another


def quiet(w):
    w.company(START, DAYS + 5)
    for day in range(DAYS + 5):  # once a day and no more
        t = START + day * DAY + 2 * HOUR
        w.call(t, user("images"), "ec2", "CreateImage")
        w.call(t, user("images"), "ec2", "DeregisterImage")
