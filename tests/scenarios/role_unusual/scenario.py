"""A role over secrets from a stranger at night; from the deployer it is not."""

from world_audit import ARGO, DAY, DEPLOYER, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def role(name, *rules, ns=None):
    return {"kind": "Role" if ns else "ClusterRole",
            "metadata": {"name": name}, "rules": [
                {"apiGroups": list(r[0]), "resources": list(r[1]),
                 "verbs": list(r[2])} for r in rules]}


def write(w, time, user, obj, verb="create", ns=None, **more):
    w.audit(time, user, verb, obj["kind"].lower() + "s", ns=ns,
            name=obj["metadata"]["name"], request_object=obj,
            response_object=obj, **more)


DAYS = 21
NIGHT = START + DAYS * DAY + 2 * HOUR
SECRETS = role("secrets", (("",), ("secrets",), ("get", "list")), ns="shop")


def releases(w, days):
    for day in range(days):
        write(w, START + day * DAY + 10 * HOUR, DEPLOYER, SECRETS, ns="shop",
              verb="patch", agent=ARGO, remote="10.1.4.20")


def fire(w):
    w.cluster_life(START, DAYS)
    releases(w, DAYS)
    write(w, NIGHT, "bob@example.org", SECRETS, ns="kube-system",
          agent="python-requests/2.31", remote="203.0.113.77")


def quiet(w):
    w.cluster_life(START, DAYS + 1)
    releases(w, DAYS + 1)
    write(w, NIGHT + 9 * HOUR, DEPLOYER, SECRETS, ns="shop", agent=ARGO,
          remote="10.1.4.20")
