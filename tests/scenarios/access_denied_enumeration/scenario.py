"""A found key is tried against everything; a robot lacks one permission."""

from world_cloudtrail import ABROAD, HOUR, START, user


TRIED = (("iam", "ListUsers"), ("iam", "ListRoles"),
         ("ec2", "DescribeInstances"), ("s3", "ListBuckets"),
         ("secretsmanager", "ListSecrets"), ("kms", "ListKeys"),
         ("dynamodb", "ListTables"), ("rds", "DescribeDBInstances"))


def fire(w):
    for i, (service, name) in enumerate(TRIED):
        w.call(START + 5 * i, user("svc"), service, name, source=ABROAD,
               error="AccessDenied")


def quiet(w):
    for hour in range(48):
        for service, name in TRIED[:2]:
            w.call(START + hour * HOUR, user("robot"), service, name,
                   error="AccessDenied")
    for i, (service, name) in enumerate(TRIED):
        w.call(START + 60 * i, user("new"), service, name,
               error="AccessDenied" if i % 3 == 0 else None)
