"""A user here and there at once; at home and in the office; later."""

from geo_files import city, network, write_geo
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


# A neighbour by number, far away; a stranger by number, in the same town.
TOKYO, TOWN, PARIS = "198.51.200.9", "203.0.113.80", "192.0.2.9"
YORK, ROAM = "203.0.112.9", "203.0.111.9"


def configure_geo(folder):
    london = city("GB", "United Kingdom", "London", 51.5, -0.1)
    return write_geo(folder, city=[
        ("198.51.100.0/24", london), ("203.0.113.0/24", london),
        ("198.51.200.0/24", city("JP", "Japan", "Tokyo", 35.7, 139.7)),
        ("192.0.2.0/24", city("FR", "France", "Paris", 48.9, 2.4)),
        ("203.0.112.0/24", city("US", "United States", "New York", 40.7,
                                -74.0)),
        ("203.0.111.0/24", city("SG", "Singapore", "Singapore", 1.3, 103.8)),
    ], asn=[("198.51.100.0/24", network(64500, "Office")),
            ("203.0.111.0/24", network(64500, "Office")),
            ("198.51.200.0/24", network(64501, "Example Mobile"))])


def login_elsewhere(w, at, who, source):
    # A sign-in has no key.
    person = {k: v for k, v in user(who).items() if k != "accessKeyId"}
    w.call(at, person, "signin", "ConsoleLogin", source=source,
           agent=FIREFOX, eventType="AwsConsoleSignIn",
           responseElements={"ConsoleLogin": "Success"},
           additionalEventData={"MFAUsed": "Yes"})


def at_home(w):
    for day in range(6):
        for i, who in enumerate(("ann", "bob", "cho", "dee", "eve")):
            w.login(START + day * DAY + 60 * i, user(who), True)


def fire_geo(w):
    at_home(w)
    login_elsewhere(w, START + 5 * DAY + 7 * HOUR, "ann", TOKYO)


def quiet_geo(w):
    at_home(w)
    # Another provider in town, a train to Paris, a flight to New York, and
    # an office of the same company that is far away.
    login_elsewhere(w, START + 5 * DAY + 1200, "bob", TOWN)
    login_elsewhere(w, START + 5 * DAY + 3 * HOUR, "cho", PARIS)
    login_elsewhere(w, START + 5 * DAY + 9 * HOUR, "dee", YORK)
    login_elsewhere(w, START + 5 * DAY + 1800, "eve", ROAM)
