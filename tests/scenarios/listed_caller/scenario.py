"""AWS APIs called from listed addresses; services and offices are not."""

from lists import write_lists
from world_cloudtrail import DAY, HOUR, OFFICE, START, role, user

OWN, THREAT, TOR, FINE = ("203.0.113.1", "203.0.113.20", "203.0.113.33",
                          "203.0.113.99")


def configure(folder):
    return write_lists(folder, [
        ("own", "ip", "threat", "custom", OWN + "\n"),
        ("bad", "ip", "threat", "malware", "ip;score\n" + THREAT + ";9\n"),
        ("onions", "ip", "threat", "tor", "203.0.113.32/27\n"),
        ("offices", "ip", "trusted", "custom", OFFICE + "\n"),
        ("wide", "ip", "threat", "custom", "198.51.100.0/24\n"),
    ])


def fire(w):
    t = START + DAY
    for i, source in enumerate((OWN, THREAT, TOR)):
        who = user("key%d" % i)
        for k, (service, name, read) in enumerate((
                ("iam", "ListUsers", True), ("ec2", "RunInstances", False),
                ("s3", "ListObjects", True), ("s3", "GetObject", True),
                ("s3", "PutObjectAcl", False))):
            w.call(t + HOUR * i + 60 * k, who, service, name,
                   {"bucketName": "acme"}, source=source, readOnly=read)


def quiet(w):
    t = START + DAY
    w.call(t, user("ann"), "iam", "ListUsers", {}, source=OFFICE)
    w.call(t + 60, user("ann"), "iam", "ListUsers", {}, source=FINE)
    w.call(t + 120, role("app", "i-1"), "ec2", "DescribeInstances", {},
           source="autoscaling.amazonaws.com")
