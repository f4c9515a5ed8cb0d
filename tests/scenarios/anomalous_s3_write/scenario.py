"""A role writes elsewhere from abroad; at home it reads."""

from world_cloudtrail import ABROAD, BOTO, CI_NET, DAY, HOUR, START, role



def learned(w):
    w.company(START, 9)
    return START + 9 * DAY



def fire(w):
    t = learned(w)
    for i in range(60):
        w.call(t + 3 * HOUR + 5 * i, role("etl", "etl-1"), "s3", "PutObject",
               dict({"bucketName": "invoices", "key": "k-%d" % i}, **{}),
               source=ABROAD, agent="aws-cli/2.15.30", eventCategory="Data",
               managementEvent=False)


def quiet(w):
    t = learned(w)
    for i in range(30):
        w.get_object(t + 10 * HOUR + 60 * i, role("etl", "etl-1"), "uploads",
                     900000, source=CI_NET, agent=BOTO)
