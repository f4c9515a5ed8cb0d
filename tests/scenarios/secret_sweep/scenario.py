"""All secrets are read; an operator that does so always; one by one."""

from world_cloudtrail import BOTO, DAY, HOUR, START, person, role


def fire(w):
    w.company(START, 5)
    for i in range(30):
        w.call(START + 5 * DAY + 3 * HOUR + 5 * i, person("ann"),
               "secretsmanager", "GetSecretValue", {"secretId": "s-%d" % i})
    for i in range(12):  # fewer, but none that was ever his
        w.call(START + 5 * DAY + 5 * HOUR + 5 * i, person("bob"),
               "secretsmanager", "GetSecretValue", {"secretId": "s-%d" % i})


def quiet(w):
    for i in range(8):  # one team's
        w.call(START + 4 * DAY + 9 * HOUR + 60 * i, person("cho"),
               "secretsmanager", "GetSecretValue", {"secretId": "t-%d" % i})
    for hour in range(24 * 5):
        for i in range(18):
            w.call(START + hour * HOUR + 9 * i, role("operator", "pod"),
                   "secretsmanager", "GetSecretValue",
                   {"secretId": "s-%d" % i}, agent=BOTO)
    for i in range(25):
        w.call(START + 5 * DAY + 3 * HOUR + 5 * i, role("operator", "pod"),
               "secretsmanager", "GetSecretValue", {"secretId": "s-%d" % i},
               agent=BOTO)
    for i in range(300):
        w.call(START + 6 * DAY + i, person("ann"), "ssm", "GetParameter",
               {"name": "/app/one", "withDecryption": True})
    for i in range(60):
        w.call(START + 6 * DAY + i, person("bob"), "ssm", "GetParameter",
               {"name": "/app/%d" % i, "withDecryption": False})
