"""Roles without limits; small ones, refused ones and bootstrap are not."""

from world_audit import DAY, HOUR, START


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


ALL = (("*",), ("*",), ("*",))


def fire(w):
    w.cluster_life(START, 6)
    write(w, NOW, "bob@example.org", role("helper", ALL), **BOB)
    write(w, NOW + HOUR, "anna@example.org",
          role("view", (("",), ("pods",), ("get",))), verb="update", **ANNA)


def quiet(w):
    w.cluster_life(START, 6)
    w.platform_life(NOW + 3 * HOUR)
    write(w, NOW, "bob@example.org",
          role("pods", (("",), ("pods", "pods/log"), ("get", "list"))), **BOB)
    write(w, NOW + 1, "bob@example.org", role("own", (("shop.example",),
          ("*",), ("*",))), **BOB)
    write(w, NOW + 2, "bob@example.org", role("all", ALL), code=403, **BOB)
    write(w, NOW + 3, "system:apiserver", role("cluster-admin", ALL),
          verb="update", agent="kube-apiserver/v1.30.1", remote="10.1.0.4")
