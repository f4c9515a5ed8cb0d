"""A machine's key at home and abroad; two ways out; two machines."""

from world_cloudtrail import ABROAD, BOTO, DAY, HOUR, START, role



def node(instance):
    who = role("node", instance)
    who["accessKeyId"] = "ASIA" + instance[2:14].upper()
    who["sessionContext"]["ec2RoleDelivery"] = "2.0"
    return who



def fire(w):
    for day in range(5):
        for hour in range(24):
            w.call(START + day * DAY + hour * HOUR, node("i-0a1b2c3d4e5f60718"),
                   "ec2", "DescribeTags", agent=BOTO, source="203.0.113.40")
    at = START + 4 * DAY + 23 * HOUR
    w.call(at + 600, node("i-0a1b2c3d4e5f60718"), "s3", "ListBuckets",
           source=ABROAD)
    w.call(at + 660, node("i-0a1b2c3d4e5f60718"), "iam", "ListRoles",
           source=ABROAD)


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
