"""Passwords are tried for one, for many, found; and forgotten."""

from world_cloudtrail import ABROAD, DAY, HOUR, START, user


def fire(w):
    for i in range(12):
        w.login(START + 20 * i, user("ann"), False, success=False,
                source=ABROAD)
    w.login(START + 300, user("ann"), True, source=ABROAD)
    for i in range(11):
        w.login(START + HOUR * 5 + 20 * i, user("user%d" % i), False,
                success=False, source="203.0.113.9")


def quiet(w):
    for i in range(4):
        w.login(START + 20 * i, user("ann"), False, success=False)
    w.login(START + 300, user("ann"), True)
    for i in range(20):
        w.login(START + DAY + HOUR * i, user("bob"), False, success=False)
