"""A machine's key at home and abroad; two ways out; two machines."""

from geo_files import write_geo
from world_cloudtrail import ABROAD, BOTO, DAY, HOUR, START, role



def node(instance, of="node"):
    who = role(of, instance)
    who["accessKeyId"] = "ASIA" + instance[2:14].upper()
    who["sessionContext"]["ec2RoleDelivery"] = "2.0"
    return who

def gateway_replaced(w, at):
    """Three machines with two programs each come from a new network."""
    agents = (BOTO, "amazon-ssm-agent/3.2.2303.0")
    for hour in range(4 * 24):
        for i in range(3):
            w.call(START + hour * HOUR + i, node("i-%d%016d" % (7 + i, i), "web"),
                   "ec2", "DescribeTags", agent=agents[hour % 2],
                   source="203.0.113.80")
    for i in range(6):
        w.call(at + i * 60, node("i-%d%016d" % (7 + i % 3, i % 3), "web"),
               "ec2", "DescribeTags", agent=agents[i // 3],
               source="198.51.100.99")


def fire(w):
    gateway_replaced(w, START + 4 * DAY)  # told once, of the first of them
    for day in range(5):
        for hour in range(24):
            w.call(START + day * DAY + hour * HOUR, node("i-0a1b2c3d4e5f60718"),
                   "ec2", "DescribeTags", agent=BOTO, source="203.0.113.40")
    at = START + 4 * DAY + 23 * HOUR
    for i, (service, name) in enumerate((("s3", "ListBuckets"),
                                         ("iam", "ListRoles"))):
        w.call(at + 600 + i, node("i-0a1b2c3d4e5f60718"), service, name,
               source=ABROAD, agent="aws-cli/2.15.30 Linux/6.6.9-amd64")
    w.call(START, node("i-0123456789abcdef0"), "s3", "ListBuckets",
           source=ABROAD, agent="aws-cli/1.18.136 Python/3.8.5 Darwin/19.5.0")


def quiet(w):
    for day in range(5):
        for hour in range(24):
            for source in ("203.0.113.40", "10.2.3.4", "2001:db8:1::5"):
                w.call(START + day * DAY + hour * HOUR,
                       node("i-0a1b2c3d4e5f60718"), "ec2", "DescribeTags",
                       agent=BOTO, source=source)
            w.call(START + day * DAY + hour * HOUR + 60,
                   node("i-0ffffffffffffffff"), "ec2", "DescribeTags",
                   agent=BOTO, source="198.51.100.77")
            w.call(START + day * DAY + hour * HOUR + 90,
                   node("i-0a1b2c3d4e5f60718"), "kms", "Decrypt",
                   source="ec2.amazonaws.com")
    w.call(START + 5 * DAY, node("i-0a1b2c3d4e5f60718"), "ec2",
           "DescribeTags", agent=BOTO, source="198.51.100.78")


EC2, OTHER_EC2, NAT = "203.0.113.40", "203.0.113.140", "198.51.100.77"


def configure_geo(folder):
    return write_geo(folder, aws_ranges=[
        ("203.0.113.0/24", "eu-west-1", "AMAZON"),
        ("203.0.113.0/24", "eu-west-1", "EC2")])


def fire_geo(w):
    one, other = node("i-0a1b2c3d4e5f60718"), role("batch", "i-0123456789ab")
    other["accessKeyId"] = "ASIABATCH"
    other["sessionContext"]["ec2RoleDelivery"] = "2.0"
    for hour in range(24 * 4):
        w.call(START + hour * HOUR, one, "ec2", "DescribeTags", agent=BOTO,
               source=EC2)
    # By the same program; and a key that was seen nowhere else.
    w.call(START + 4 * DAY, one, "s3", "ListBuckets", source=ABROAD,
           agent=BOTO)
    w.call(START + 4 * DAY + HOUR, other, "s3", "ListBuckets",
           source="192.0.2.200", agent=BOTO)


def quiet_geo(w):
    one = node("i-0a1b2c3d4e5f60718")
    for hour in range(24 * 5):
        at = START + hour * HOUR
        w.call(at, one, "ec2", "DescribeTags", agent=BOTO, source=EC2)
        w.call(at + 60, one, "ec2", "DescribeTags", agent=BOTO,
               source=OTHER_EC2)
        # All of another machine's traffic goes through the office.
        w.call(at + 90, node("i-0ffffffffffffffff"), "ec2", "DescribeTags",
               agent=BOTO, source=NAT)
    fresh = role("batch", "i-0123456789ab")
    fresh["sessionContext"]["ec2RoleDelivery"] = "2.0"
    w.call(START + 5 * DAY, fresh, "ec2", "DescribeTags", agent=BOTO,
           source=NAT)
