"""A node asks for secrets by kubectl; its kubelet, and its scripts, do not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
NODE = "system:node:ip-10-1-1-7"


def call(w, time, verb, resource, code=200, agent="kubectl/v1.30.1", **more):
    w.audit(time, NODE, verb, resource, code=code, agent=agent,
            remote="10.1.1.7", groups=["system:nodes"], **more)


def fire(w):
    w.cluster_life(START, 6)
    call(w, NOW, "list", "secrets", 403)


def quiet(w):
    w.cluster_life(START, 6)
    for day in range(6):  # a script labels the node at each start
        call(w, START + day * DAY + HOUR, "patch", "nodes",
             name="ip-10-1-1-7")
    call(w, NOW, "get", "nodes", name="ip-10-1-1-7")
    call(w, NOW, "get", "secrets", ns="shop", name="db",
         agent="kubelet/v1.30.1")
