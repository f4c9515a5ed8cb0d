"""A snapshot is exported; refused; a stack."""

from world_cloudtrail import START, role, user


CFN = "cloudformation.amazonaws.com"


def fire(w):
    w.call(START, user("ann"), "rds", "StartExportTask", {
        "sourceArn": "arn:aws:rds:eu-west-1:111122223333:snapshot:orders",
        "s3BucketName": "tmp"})


def quiet(w):
    w.call(START, user("ann"), "rds", "StartExportTask", {},
           error="AccessDenied")
    w.call(START + 60, dict(role("stack", "s"), invokedBy=CFN), "rds",
           "StartExportTask", {}, source=CFN, agent=CFN)
