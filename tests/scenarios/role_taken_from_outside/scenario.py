"""A stranger takes a role; a partner that always does; one's own."""

from world_cloudtrail import DAY, START



def take(w, time, account, name):
    w.call(time, {"type": "AWSAccount", "accountId": account,
                  "principalId": "AROASTRANGER:s"}, "sts", "AssumeRole", {
        "roleArn": "arn:aws:iam::111122223333:role/" + name,
        "roleSessionName": "s"}, recipientAccountId="111122223333")



def fire(w):
    w.company(START, 5)
    take(w, START + 5 * DAY, "444455556666", "deploy")


def quiet(w):
    w.company(START, 5)
    for day in range(7):
        take(w, START + day * DAY, "777788889999", "vendor")
    take(w, START + 6 * DAY, "111122223333", "deploy")
