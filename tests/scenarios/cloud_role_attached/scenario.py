"""A role put onto an account that runs; applied again, it is nothing new."""

from world_audit import ARGO, DAY, DEPLOYER, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def account(role, **more):
    return dict({"metadata": {"name": "web", "annotations": {
        "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/" +
        role}}}, **more)


def write(w, time, user, obj, verb="patch", **more):
    w.audit(time, user, verb, "serviceaccounts", ns="shop", name="web",
            request_object=obj, **more)


def fire(w):
    w.cluster_life(START, 6)
    write(w, NOW, "bob@example.org", account("admin"), **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    for hour in range(3):
        write(w, NOW + hour * HOUR, DEPLOYER,
              account("web", kind="ServiceAccount"), agent=ARGO,
              remote="10.1.4.20")
    write(w, NOW + 4 * HOUR, "bob@example.org", account("web"), **BOB)
    write(w, NOW + 5 * HOUR, "bob@example.org", account("admin"), code=403,
          **BOB)
