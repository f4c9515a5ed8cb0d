"""A pod's token asks what it may do at night; a person at work does not."""

from world_audit import DAY, HOUR, START


DAYS = 21
NIGHT = START + DAYS * DAY + 2 * HOUR
WEB = "system:serviceaccount:vault:secret-operator"
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def check(w, time, user, verb="get", resource="pods", **more):
    w.audit(time, user, "create", "selfsubjectaccessreviews",
            request_object={"spec": {"resourceAttributes": {
                "verb": verb, "resource": resource}}}, **more)


def life(w, days):
    w.cluster_life(START, days)
    for day in range(days):
        for user, place in (("anna@example.org", ANNA),
                            ("bob@example.org", BOB)):
            check(w, START + day * DAY + 9 * HOUR, user, **place)


def fire(w):
    life(w, DAYS)
    check(w, NIGHT, WEB, "*", "*", agent="kubectl/v1.30.1",
          remote="203.0.113.77")


def quiet(w):
    life(w, DAYS + 1)
    check(w, NIGHT + 8 * HOUR, "anna@example.org", "create", "pods", **ANNA)
