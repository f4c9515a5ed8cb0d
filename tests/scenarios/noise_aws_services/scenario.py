"""AWS's services act for their owners: roles linked to services, calls on one's
behalf, and the many reads of the console; from the first hour on."""

from world_cloudtrail import (ACCOUNT, BROWSER, DAY, HOUR, MINUTE, START,
                              person, role)

LINKED = (
    ("AWSServiceRoleForAutoScaling", "AutoScaling", "autoscaling",
     (("ec2", "RunInstances"), ("ec2", "TerminateInstances"),
      ("ec2", "DescribeInstances"), ("elasticloadbalancing",
                                     "RegisterTargets"))),
    ("AWSServiceRoleForAmazonEKS", "aws-eks", "eks",
     (("ec2", "CreateNetworkInterface"), ("ec2", "DescribeSubnets"),
      ("route53", "AssociateVPCWithHostedZone"))),
    ("AWSServiceRoleForAmazonEKSNodegroup", "EKS", "eks-nodegroup",
     (("autoscaling", "UpdateAutoScalingGroup"), ("ec2", "CreateLaunchTemplate"),
      ("iam", "PassRole"))),
    ("AWSServiceRoleForConfig", "AWSConfig-Describe", "config",
     (("ec2", "DescribeInstances"), ("iam", "ListUsers"),
      ("iam", "GetAccountAuthorizationDetails"), ("s3", "GetBucketAcl"),
      ("kms", "ListKeys"), ("lambda", "ListFunctions20150331"),
      ("rds", "DescribeDBInstances"))),
    ("AWSServiceRoleForSecurityHub", "securityhub", "securityhub",
     (("config", "DescribeConfigurationRecorders"),
      ("config", "PutConfigRule"))),
    ("AWSServiceRoleForAmazonGuardDuty", "GuardDuty", "guardduty",
     (("ec2", "DescribeInstances"), ("ec2", "CreateSnapshot"),
      ("ec2", "DeleteSnapshot"))),
    ("AWSServiceRoleForRDS", "RDSvcRole", "rds",
     (("ec2", "CreateNetworkInterface"), ("ec2", "DeleteNetworkInterface"),
      ("logs", "CreateLogStream"))),
    ("AWSServiceRoleForECS", "ecs-service-scheduler", "ecs",
     (("elasticloadbalancing", "DeregisterTargets"),
      ("servicediscovery", "RegisterInstance"))),
    ("AWSServiceRoleForBackup", "AWSBackup", "backup",
     (("ec2", "CreateSnapshot"), ("rds", "CreateDBSnapshot"),
      ("ec2", "DeleteSnapshot"))),
    ("AWSServiceRoleForTrustedAdvisor", "TrustedAdvisor", "trustedadvisor",
     (("iam", "GenerateCredentialReport"), ("ec2", "DescribeAddresses"),
      ("s3", "GetBucketPolicy"))),
)
CONSOLE = (("ec2", "DescribeInstances"), ("ec2", "DescribeVpcs"),
           ("iam", "ListRoles"), ("s3", "ListBuckets"),
           ("s3", "GetBucketLocation"), ("kms", "ListAliases"),
           ("cloudwatch", "DescribeAlarms"), ("rds", "DescribeDBInstances"),
           ("health", "DescribeEventAggregates"), ("ce", "GetCostAndUsage"))


def linked(w, t, name, session, service, calls):
    who = role(name, session)
    host = service.split("-")[0] + ".amazonaws.com"
    who["invokedBy"] = host
    for i, (of, api) in enumerate(calls):
        w.call(t + i * 3, who, of, api, source=host, agent=host)


def itself(w, t, service, api, **more):
    """A service without any identity of the account's."""
    host = service + ".amazonaws.com"
    w.call(t, {"type": "AWSService", "invokedBy": host}, "sts", "AssumeRole",
           {"roleArn": "arn:aws:iam::%s:role/%s" % (ACCOUNT, api),
            "roleSessionName": "x"}, source=host, agent=host,
           recipientAccountId=ACCOUNT, **more)


def behalf(w, t, who, calls):
    """CloudFormation does what a person's stack says."""
    host = "cloudformation.amazonaws.com"
    for i, (service, api) in enumerate(calls):
        w.call(t + i * 5, dict(who, invokedBy=host), service, api, source=host,
               agent=host)


def quiet(w):
    w.company(START, 5)
    for hour in range(5 * 24):
        t = START + hour * HOUR
        for i, row in enumerate(LINKED):
            linked(w, t + i * 2 * MINUTE, *row)
        for i, service in enumerate(("ec2", "lambda", "eks", "ecs-tasks",
                                     "config", "cloudtrail", "delivery.logs",
                                     "spot", "ssm", "events")):
            itself(w, t + 1800 + i * 10, service, service + "-role")
        w.call(t + 1950, {"type": "AWSService",
                          "invokedBy": "delivery.logs.amazonaws.com"}, "s3",
               "PutObject", {"bucketName": "flow-logs"},
               source="delivery.logs.amazonaws.com",
               agent="delivery.logs.amazonaws.com")
        w.call(t + 1960, {"type": "AWSService",
                          "invokedBy": "kms.amazonaws.com"}, "kms",
               "RotateKey", source="kms.amazonaws.com",
               agent="kms.amazonaws.com", eventType="AwsServiceEvent")
    for day in range(5):
        t = START + day * DAY + 10 * HOUR
        for i, (service, name) in enumerate(CONSOLE):
            w.call(t + i, person("ann"), service, name, agent=BROWSER,
                   sessionCredentialFromConsole="true")
        behalf(w, t + HOUR, role("ci-deploy", "run-1"),
               (("ec2", "CreateSecurityGroup"),
                ("lambda", "CreateFunction20150331"),
                ("logs", "CreateLogGroup"), ("sqs", "CreateQueue")))
