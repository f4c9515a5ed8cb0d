"""A stolen key copies disks and databases; a scanner copies one a night."""

from world_cloudtrail import ABROAD, BOTO, CI_NET, DAY, HOUR, START, role


def learned(w):
    w.company(START, 9)
    return START + 9 * DAY


def fire(w):
    t = learned(w)
    for i, (service, name) in enumerate((
            ("ec2", "CreateSnapshot"), ("ec2", "ModifySnapshotAttribute"),
            ("rds", "CopyDBSnapshot"))):
        w.call(t + 21 * HOUR + 5 * i, role("etl", "etl-1"), service, name, {},
               source=ABROAD, agent="aws-cli/2.15.30")


def snapshots(w, days):
    """A posture scanner asks all day, and copies one disk a night."""
    who = role("scanner", "scan-1")
    for day in range(days):
        at = START + day * DAY
        for i in range(60):
            w.call(at + 2 * HOUR + 20 * i, who, "ec2", (
                "DescribeInstances", "DescribeVolumes", "DescribeImages",
                "DescribeVpcs")[i % 4], source=CI_NET, agent="scanner/1.4")
        for i, name in enumerate(("CreateSnapshot", "ModifySnapshotAttribute",
                                  "DeleteSnapshot")):
            w.call(at + 3 * HOUR + 60 * i + 900 * (day % 5), who, "ec2", name,
                   {"snapshotId": "snap-%d" % day}, source=CI_NET,
                   agent="scanner-copy/1.4")


def quiet(w):
    t = learned(w)
    snapshots(w, 9)
    for i in range(30):
        w.get_object(t + 10 * HOUR + 60 * i, role("etl", "etl-1"), "uploads",
                     900000, source=CI_NET, agent=BOTO)
