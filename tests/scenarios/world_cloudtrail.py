"""CloudTrail records for scenarios, in AWS's folders.

CloudTrailLogs is a part of a world: it collects records with call() and
company() and puts them into files with write_cloudtrail(root).  Times are
seconds since 1970.  The same calls give the same bytes.
"""

import gzip
import json
import os
import random
import time as clock
import uuid

ACCOUNT, REGION = "111122223333", "eu-west-1"
MINUTE, HOUR, DAY = 60, 3600, 86400
START = 1793577600  # Monday, 2 November 2026
OFFICE, CI_NET, ABROAD = "198.51.100.20", "203.0.113.40", "192.0.2.77"
CLI = ("aws-cli/2.17.65 md/awscrt#0.21.2 ua/2.0 os/macos#23.6.0 "
       "lang/python#3.11.9")
BOTO = "Boto3/1.34.144 md/Botocore#1.34.144 os/linux#6.1.97"
BROWSER = ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
           "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Safari/537.36")
DEVELOPER = "AWSReservedSSO_Developer_0123456789abcdef"

WORK = (("ec2", "DescribeInstances"), ("logs", "FilterLogEvents"),
        ("monitoring", "GetMetricData"), ("ecr", "DescribeImages"),
        ("lambda", "UpdateFunctionCode20150331v2"), ("sqs", "ListQueues"),
        ("secretsmanager", "GetSecretValue"), ("s3", "ListBuckets"),
        ("iam", "ListRoles"), ("rds", "DescribeDBInstances"))
NIGHTLY = (("rds", "CreateDBSnapshot"), ("rds", "DescribeDBSnapshots"),
           ("s3", "ListBuckets"))
DEPLOY = (("ecr", "GetAuthorizationToken"), ("ecr", "PutImage"),
          ("iam", "PutRolePolicy"), ("ec2", "AuthorizeSecurityGroupIngress"),
          ("ecs", "UpdateService"), ("ec2", "CreateTags"))


def user(name, account=ACCOUNT):
    """An IAM user with a long-lived key."""
    return {"type": "IAMUser", "principalId": "AIDA" + name.upper(),
            "arn": "arn:aws:iam::%s:user/%s" % (account, name),
            "accountId": account, "accessKeyId": "AKIA" + name.upper(),
            "userName": name}


def root(account=ACCOUNT):
    return {"type": "Root", "principalId": account, "accountId": account,
            "arn": "arn:aws:iam::%s:root" % account}


def role(name, session, account=ACCOUNT):
    """A role's session."""
    return {"type": "AssumedRole",
            "principalId": "AROA%s:%s" % (name[:8].upper(), session),
            "arn": "arn:aws:sts::%s:assumed-role/%s/%s" % (account, name,
                                                           session),
            "accountId": account, "accessKeyId": "ASIA" + name[:12].upper(),
            "sessionContext": {"sessionIssuer": {
                "type": "Role", "principalId": "AROA" + name[:8].upper(),
                "arn": "arn:aws:iam::%s:role/%s" % (account, name),
                "accountId": account, "userName": name},
                "attributes": {"mfaAuthenticated": "false"}}}


def person(name):
    return role(DEVELOPER, name + "@example.org")


class CloudTrailLogs:

    def call(self, time, who, service, name, params=None, source=OFFICE,
             agent=CLI, error=None, **more):
        """Add a record; `more` are members of it."""
        t = clock.gmtime(int(time))
        files = self.__dict__.setdefault("trail_files", {})
        count = self.__dict__.get("trail_count", 0)
        self.trail_count = count + 1
        record = {
            "eventVersion": "1.11", "userIdentity": who,
            "eventTime": clock.strftime("%Y-%m-%dT%H:%M:%SZ", t),
            "eventSource": service + ".amazonaws.com", "eventName": name,
            "awsRegion": REGION, "sourceIPAddress": source,
            "userAgent": agent, "requestParameters": params,
            "responseElements": None,
            "eventID": str(uuid.UUID(int=count + (1 << 100))),
            "eventType": "AwsApiCall", "managementEvent": True,
            "recipientAccountId": who.get("accountId", ACCOUNT),
            "eventCategory": "Management"}
        if error:
            record.update(errorCode=error, errorMessage="not authorized")
        record.update(more)
        path = ("AWSLogs/%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%s_%08x"
                ".json.gz") % (
                    ACCOUNT, REGION, clock.strftime("%Y/%m/%d", t), ACCOUNT,
                    REGION, clock.strftime("%Y%m%dT%H05Z", t),
                    int(time) // HOUR)
        files.setdefault(path, []).append((time, count, record))

    def get_object(self, time, who, bucket, size, **more):
        self.call(time, who, "s3", "GetObject",
                  {"bucketName": bucket, "key": "part-%d" % int(time)},
                  additionalEventData={"bytesTransferredOut": size},
                  managementEvent=False, eventCategory="Data", **more)

    def login(self, time, who, mfa, success=True, source=OFFICE, **extra):
        """A sign-in to the console; `extra` goes to additionalEventData."""
        data = {"MobileVersion": "No", "MFAUsed": "Yes" if mfa else "No"}
        data.update(extra)
        self.call(time, who, "signin", "ConsoleLogin", source=source,
                  agent=BROWSER, eventType="AwsConsoleSignIn",
                  responseElements={
                      "ConsoleLogin": "Success" if success else "Failure"},
                  additionalEventData=data)

    def company(self, start, days, people=("ann", "bob", "cho", "dee"),
                seed=1):
        """Days of people, a backup key, a deploying role and a reader."""
        rng = random.Random(seed)
        for day in range(days):
            at = start + day * DAY
            for service, name in NIGHTLY:
                self.call(at + HOUR + rng.randrange(900), user("backup"),
                          service, name, agent="aws-cli/1.29.62")
            for hour in range(24):
                for i in range(2 + rng.randrange(3)):
                    self.get_object(
                        at + hour * HOUR + i * 600 + rng.randrange(600),
                        role("etl", "etl-1"), "uploads",
                        20000 + rng.randrange(900000), source=CI_NET,
                        agent=BOTO)
            if clock.gmtime(at).tm_wday >= 5:
                continue
            for i in range(3):
                t = at + 9 * HOUR + i * 2 * HOUR + rng.randrange(HOUR)
                for service, name in DEPLOY:
                    t += 20
                    self.call(t, role("ci-deploy", "run-%d" % i), service,
                              name, source=CI_NET,
                              agent="aws-sdk-go-v2/1.30.3 os/linux")
            for name in people:
                self.work_day(at, person(name), rng)

    def work_day(self, at, who, rng):
        for _ in range(30):
            service, name = WORK[min(rng.randrange(len(WORK)),
                                     rng.randrange(len(WORK)))]
            self.call(at + 8 * HOUR + rng.randrange(9 * HOUR), who, service,
                      name)

    def write_cloudtrail(self, directory):
        for path, rows in self.__dict__.get("trail_files", {}).items():
            rows.sort(key=lambda row: row[:2])
            path = os.path.join(directory, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            text = json.dumps({"Records": [row[2] for row in rows]},
                              separators=(",", ":"))
            with open(path, "wb") as raw:
                with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0,
                                   filename="") as out:
                    out.write(text.encode())
