"""A pipeline deploys ten times a day from runners with new addresses and makes
what it always makes; once a week it makes a service that is new."""

import random

from world_cloudtrail import DAY, HOUR, START, role

AGENT = "APN/1.0 HashiCorp/1.0 Terraform/1.8.5 aws-sdk-go-v2/1.30.3"
PLAN = (("sts", "GetCallerIdentity"), ("ec2", "DescribeVpcs"),
        ("iam", "GetRole"), ("iam", "ListRolePolicies"),
        ("iam", "ListAttachedRolePolicies"), ("s3", "GetBucketPolicy"),
        ("lambda", "GetFunction20150331v2"), ("ecs", "DescribeServices"))
APPLY = (("ecr", "GetAuthorizationToken"), ("ecr", "PutImage"),
         ("ecs", "RegisterTaskDefinition"), ("ecs", "UpdateService"),
         ("lambda", "UpdateFunctionCode20150331v2"),
         ("iam", "PutRolePolicy"), ("ssm", "PutParameter"),
         ("cloudfront", "CreateInvalidation"), ("s3", "PutBucketPolicy"),
         ("elasticloadbalancing", "ModifyListener"))
NEW = (("iam", "CreateRole"), ("iam", "PutRolePolicy"),
       ("ecs", "CreateService"), ("logs", "CreateLogGroup"),
       ("ecr", "CreateRepository"))


def run(w, t, rng, session, acts):
    who = role("ci-terraform", session)
    source = "198.51.%d.%d" % (rng.randrange(100, 110), rng.randrange(1, 250))
    w.call(t, {"type": "WebIdentityUser", "userName":
               "repo:acme/shop:ref:refs/heads/main", "identityProvider":
               "token.actions.githubusercontent.com"}, "sts",
           "AssumeRoleWithWebIdentity", {
               "roleArn": "arn:aws:iam::111122223333:role/ci-terraform",
               "roleSessionName": session}, source=source,
           agent="aws-sdk-js/3.600")
    for i, (service, name) in enumerate(acts):
        w.call(t + 5 + i * 2, who, service, name, {"roleName": "shop-task",
                                                   "policyName": "deploy"},
               source=source, agent=AGENT)


def quiet(w):
    rng = random.Random(3)
    w.company(START, 21)
    for day in range(21):
        if day % 7 >= 5:
            continue
        for i in range(10):
            acts = PLAN + APPLY
            if i == 4 and day % 7 == 2:
                acts += NEW
            run(w, START + day * DAY + 8 * HOUR + i * 3000 +
                rng.randrange(900), rng, "GitHubActions-%d" % (day * 10 + i),
                acts)
