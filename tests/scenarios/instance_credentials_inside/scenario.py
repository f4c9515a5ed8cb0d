"""A machine's key in another account's network, and in its own."""

from world_cloudtrail import START, role



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
