"""A key is asked what it is worth; one question; refused too."""

from world_cloudtrail import HOUR, START, user


def fire(w):
    for i, (service, name) in enumerate((
            ("sts", "GetCallerIdentity"), ("ses", "GetSendQuota"),
            ("sns", "GetSMSAttributes"), ("bedrock", "ListFoundationModels"),
            ("servicequotas", "ListServiceQuotas"))):
        w.call(START + 2 * i, user("ann"), service, name,
               error="AccessDenied" if i % 2 else None)


def quiet(w):
    for i in range(20):
        w.call(START + 60 * i, user("ann"), "ses", "GetSendQuota")
        w.call(START + 60 * i, user("ann"), "sts", "GetCallerIdentity")
    w.call(START, user("bob"), "servicequotas", "ListServiceQuotas")
    w.call(START + 5 * HOUR, user("bob"), "bedrock", "ListFoundationModels")
