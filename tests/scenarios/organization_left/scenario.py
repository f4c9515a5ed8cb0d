"""An account leaves, tries to, is looked at."""

from world_cloudtrail import START, user


def fire(w):
    w.call(START, user("ann"), "organizations", "LeaveOrganization")
    w.call(START + 60, user("bob"), "organizations", "LeaveOrganization",
           error="AccessDenied")
    w.call(START + 120, user("cho"), "organizations",
           "RemoveAccountFromOrganization", {"accountId": "444455556666"})


def quiet(w):
    w.call(START, user("ann"), "organizations", "DescribeOrganization")
    w.call(START + 60, user("ann"), "organizations", "LeaveOrganization",
           error="MasterCannotLeaveOrganizationException")
