"""A backup's key abroad; a moved job; a traveller."""

from world_cloudtrail import ABROAD, BOTO, DAY, START, user


def fire(w):
    for day in range(8):
        w.call(START + day * DAY, user("backup"), "rds", "CreateDBSnapshot",
               agent=BOTO)
    w.call(START + 8 * DAY, user("backup"), "sts", "GetCallerIdentity",
           source=ABROAD)
    for day in range(8):
        w.call(START + day * DAY, user("report"), "athena",
               "StartQueryExecution", agent=BOTO)
    for i, name in enumerate(("GetDatabases", "GetTables", "GetJobs")):
        w.call(START + 8 * DAY + 9 * i, user("report"), "glue", name,
               source=ABROAD, agent=BOTO)  # by the program it always had


def quiet(w):
    for day in range(8):
        w.call(START + day * DAY, user("backup"), "rds", "CreateDBSnapshot",
               agent=BOTO)
        w.call(START + day * DAY + 60, user("ann"), "sts",
               "GetCallerIdentity", source="198.18.%d.9" % day)
    w.call(START + 8 * DAY, user("backup"), "rds", "DescribeDBSnapshots",
           source=ABROAD, agent=BOTO)
    w.call(START + 8 * DAY + 60, user("ann"), "sts", "GetCallerIdentity",
           source="198.18.99.9", agent=BOTO)
