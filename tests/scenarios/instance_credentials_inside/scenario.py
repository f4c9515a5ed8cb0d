"""A machine's key in another account's network, and in its own."""

from geo_files import write_geo
from world_cloudtrail import BOTO, DAY, HOUR, START, role



def node(instance):
    who = role("node", instance)
    who["sessionContext"]["ec2RoleDelivery"] = "2.0"
    return who



def fire(w):
    w.call(START, node("i-0a1b2c3d4e5f60718"), "s3", "ListBuckets",
           source="10.9.9.9", vpcEndpointId="vpce-0fffffff",
           vpcEndpointAccountId="444455556666")


def quiet(w):
    w.call(START, node("i-0a1b2c3d4e5f60718"), "s3", "ListBuckets",
           source="10.1.1.1", vpcEndpointId="vpce-0aaaaaaa",
           vpcEndpointAccountId="111122223333")
    w.call(START + 60, role("app", "session"), "s3", "ListBuckets",
           source="10.1.1.1", vpcEndpointId="vpce-0aaaaaaa",
           vpcEndpointAccountId="444455556666")


HOME, HOME_TOO, AWAY = "203.0.113.40", "198.51.100.40", "192.0.2.77"


def configure_geo(folder):
    return write_geo(folder, aws_ranges=[
        ("203.0.113.0/24", "eu-west-1", "EC2"),
        ("198.51.100.0/24", "eu-west-1", "EC2"),
        ("192.0.2.0/25", "us-east-1", "EC2"),
        ("192.0.2.128/25", "us-east-1", "CLOUDFRONT")])


def keyed(instance, key):
    return {**node(instance), "accessKeyId": key}


def fire_geo(w):
    for hour in range(24 * 4):
        w.call(START + hour * HOUR, keyed("i-0a1b", "ASIAONE"), "ec2",
               "DescribeTags", agent=BOTO, source=HOME)
    # In another region; and in a network that the role never came from.
    w.call(START + 4 * DAY, keyed("i-0a1b", "ASIAONE"), "s3", "ListBuckets",
           source=AWAY, agent=BOTO)
    w.call(START + 4 * DAY + HOUR, keyed("i-0a1c", "ASIATWO"), "ec2",
           "DescribeTags", agent=BOTO, source=HOME)
    w.call(START + 4 * DAY + HOUR + 60, keyed("i-0a1c", "ASIATWO"), "s3",
           "ListBuckets", source=HOME_TOO, agent=BOTO)


def quiet_geo(w):
    for hour in range(24 * 4):
        at = START + hour * HOUR
        # The role is used in two regions, and by two gateways of one.
        for i, source in enumerate((HOME, AWAY)):
            w.call(at, keyed("i-%d" % i, "ASIA%d" % i), "ec2",
                   "DescribeTags", agent=BOTO, source=source)
        w.call(at + 60, keyed("i-2", "ASIA2"), "ec2", "DescribeTags",
               agent=BOTO, source=HOME_TOO)
    w.call(START + 4 * DAY, keyed("i-0", "ASIA0"), "ec2", "DescribeTags",
           agent=BOTO, source=HOME_TOO)
    w.call(START + 4 * DAY + 60, keyed("i-0", "ASIA0"), "ec2",
           "DescribeTags", agent=BOTO, source="192.0.2.200")
