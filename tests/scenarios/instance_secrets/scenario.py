"""A password is given out; many are asked for; scripts are read; one."""

from world_cloudtrail import START, user


def fire(w):
    w.call(START, user("ann"), "ec2", "GetPasswordData",
           {"instanceId": "i-0a1b2c3d4e5f60718"})
    for i in range(14):
        w.call(START + 5 * i, user("bob"), "ec2", "GetPasswordData",
               {"instanceId": "i-%017x" % i},
               error="Client.UnauthorizedOperation")
    for i in range(14):
        w.call(START + 5 * i, user("cho"), "ec2", "DescribeInstanceAttribute",
               {"instanceId": "i-%017x" % i, "attribute": "userData"})


def quiet(w):
    for i in range(3):
        w.call(START + 5 * i, user("bob"), "ec2", "GetPasswordData",
               {"instanceId": "i-%017x" % i},
               error="Client.UnauthorizedOperation")
        w.call(START + 5 * i, user("cho"), "ec2", "DescribeInstanceAttribute",
               {"instanceId": "i-%017x" % i, "attribute": "userData"})
    for i in range(40):
        w.call(START + 5 * i, user("cho"), "ec2", "DescribeInstanceAttribute",
               {"instanceId": "i-%017x" % i,
                "attribute": "disableApiTermination"})
