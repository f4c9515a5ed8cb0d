"""Ports are opened to the world, by who often opens some; for the web."""

from world_cloudtrail import CI_NET, DAY, START, role, user


CFN = "cloudformation.amazonaws.com"

def rule(low, high, cidr="0.0.0.0/0"):
    return {"items": [{
        "ipProtocol": "tcp", "fromPort": low, "toPort": high, "groups": {},
        "ipRanges": {"items": [{"cidrIp": cidr}]}, "ipv6Ranges": {}}]}



def fire(w):
    w.call(START, user("ann"), "ec2", "AuthorizeSecurityGroupIngress", {
        "groupId": "sg-1", "ipPermissions": rule(22, 22)})
    w.call(START + 60, user("bob"), "ec2", "AuthorizeSecurityGroupIngress", {
        "groupId": "sg-2", "ipPermissions": {"items": [{
            "ipProtocol": "-1", "ipRanges": {},
            "ipv6Ranges": {"items": [{"cidrIpv6": "::/0"}]}}]}})
    w.call(START + 120, user("cho"), "ec2", "AuthorizeSecurityGroupIngress", {
        "groupId": "sg-3", "ipProtocol": "tcp", "fromPort": 3000,
        "toPort": 4000, "cidrIp": "0.0.0.0/0"})
    for day in range(8):
        w.call(START + day * DAY, role("stacks", "s"), "ec2",
               "AuthorizeSecurityGroupIngress", {
                   "groupId": "sg-4", "ipPermissions": rule(
                       22, 22, "0.0.0.0/0" if day == 7 else "10.0.0.0/8")},
               source=CI_NET)


def quiet(w):
    w.call(START, user("ann"), "ec2", "AuthorizeSecurityGroupIngress", {
        "groupId": "sg-1", "ipPermissions": rule(22, 22, "198.51.100.0/24")})
    w.call(START + 60, user("ann"), "ec2", "AuthorizeSecurityGroupIngress", {
        "groupId": "sg-1", "ipPermissions": rule(443, 443)})
    w.call(START, user("ann"), "ec2", "AuthorizeSecurityGroupIngress", {
        "groupId": "sg-1", "ipPermissions": rule(22, 22)},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "ec2",
           "AuthorizeSecurityGroupIngress", {
        "groupId": "sg-1", "ipPermissions": rule(22, 22)}, source=CFN, agent=CFN)
