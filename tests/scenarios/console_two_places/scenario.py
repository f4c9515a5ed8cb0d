"""A user here and there at once; at home and in the office; later."""

from world_cloudtrail import ABROAD, DAY, HOUR, START, user


FIREFOX = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) "
           "Gecko/20100101 Firefox/115.0")


def fire(w):
    for day in range(5):
        w.login(START + day * DAY, user("ann"), True)
    w.login(START + 5 * DAY, user("ann"), True)
    w.call(START + 5 * DAY + 1200, user("ann"), "signin", "ConsoleLogin",
           source=ABROAD, agent=FIREFOX, eventType="AwsConsoleSignIn",
           responseElements={"ConsoleLogin": "Success"},
           additionalEventData={"MFAUsed": "Yes"})


def quiet(w):
    for day in range(5):
        w.login(START + day * DAY, user("ann"), True)
        w.login(START + day * DAY + 900, user("ann"), True,
                source="203.0.113.80")
    w.login(START + 5 * DAY, user("ann"), True)
    w.login(START + 5 * DAY + 600, user("ann"), True, source=ABROAD)
    w.login(START + 6 * DAY, user("bob"), True)
    w.login(START + 6 * DAY + 2 * HOUR, user("bob"), True, source=ABROAD)
