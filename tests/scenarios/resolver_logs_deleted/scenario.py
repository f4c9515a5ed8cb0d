"""The DNS log and firewall go; refused; by a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "route53resolver",
           "DeleteResolverQueryLogConfig",
           {"resolverQueryLogConfigId": "rqlc-0a1b"})
    w.call(START + 60, user("bob"), "route53resolver",
           "DisassociateFirewallRuleGroup",
           {"firewallRuleGroupAssociationId": "rslvr-frgassoc-1"})


def quiet(w):
    w.call(START, user("ann"), "route53resolver", "DeleteResolverQueryLogConfig", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "route53resolver",
           "DeleteResolverQueryLogConfig", {}, source=CFN, agent=CFN)
