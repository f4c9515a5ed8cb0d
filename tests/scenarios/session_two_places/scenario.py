"""A session here and abroad at once; a laptop with two ways out; a traveller."""

from geo_files import city, write_geo
from world_cloudtrail import (ABROAD, BOTO, BROWSER, CLI, DAY, HOUR, OFFICE,
                              START, role)

HOTEL = "203.0.113.200"


def session(name, key="ONE"):
    return {**role("Developer", name), "accessKeyId": "ASIA" + key}


def work(w, days, hours=8):
    """Days of two people at the office, a session each."""
    for day in range(days):
        for hour in range(hours):
            at = START + day * DAY + hour * HOUR
            w.call(at, session("ann", "ANN%d" % day), "ec2",
                   "DescribeInstances", source=OFFICE, agent=CLI)
            w.call(at + 60, session("bob", "BOB%d" % day), "ec2",
                   "DescribeInstances", source=OFFICE, agent=CLI)


def fire(w):
    work(w, 5)
    at = START + 5 * DAY
    w.call(at, session("ann", "ANN5"), "ec2", "DescribeInstances",
           source=OFFICE, agent=CLI)
    for i, name in enumerate(("ListUsers", "ListRoles")):
        w.call(at + 600 + i, session("ann", "ANN5"), "iam", name,
               source=ABROAD, agent=BOTO)
    bob = dict(session("bob", "BOB5"))
    bob["arn"] = bob["arn"].replace("Developer", "Tester")
    bob["sessionContext"] = {"sessionIssuer": {
        "type": "Role", "arn": "arn:aws:iam::111122223333:role/Tester",
        "userName": "Tester", "accountId": "111122223333"}}
    w.call(at, bob, "ec2", "DescribeInstances", source=OFFICE, agent=BROWSER)
    w.call(at + 300, bob, "s3", "ListBuckets", source="192.0.2.77",
           agent=CLI + " exec-env/CloudShell")


def quiet(w):
    work(w, 5)
    at = START + 5 * DAY
    # The same program: a phone's network took over. Other sessions, at the
    # office and in a hotel; the next morning's place.
    w.call(at, session("ann", "ANN5"), "ec2", "DescribeInstances",
           source=OFFICE, agent=CLI)
    w.call(at + 600, session("ann", "ANN5"), "iam", "ListUsers",
           source=ABROAD, agent=CLI)
    w.call(at + 700, session("bob", "BOB5"), "ec2", "DescribeInstances",
           source=OFFICE, agent=CLI)
    w.call(at + 800, session("bob", "BOB6"), "iam", "ListUsers",
           source=HOTEL, agent=BOTO)
    w.call(at + 800 + HOUR, session("bob", "BOB5"), "iam", "ListUsers",
           source="192.0.3.9", agent=BROWSER)
    # Two ways out that the account knows.
    for day in range(4):
        for i, (source, agent) in enumerate(((OFFICE, CLI), (HOTEL, BOTO))):
            w.call(START + (6 + day) * DAY + 60 * i,
                   session("cho", "CHO%d" % day), "s3", "ListBuckets",
                   source=source, agent=agent)


def configure_geo(folder):
    london = city("GB", "United Kingdom", "London", 51.5, -0.1)
    return write_geo(folder, city=[
        ("198.51.100.0/24", london), ("203.0.113.0/24", london),
        ("192.0.2.0/24", city("JP", "Japan", "Tokyo", 35.7, 139.7))])


def fire_geo(w):
    fire(w)


def quiet_geo(w):
    work(w, 5)
    # Another provider in town, by another program.
    at = START + 5 * DAY
    w.call(at, session("ann", "ANN5"), "ec2", "DescribeInstances",
           source=OFFICE, agent=CLI)
    w.call(at + 600, session("ann", "ANN5"), "iam", "ListUsers",
           source=HOTEL, agent=BOTO)
