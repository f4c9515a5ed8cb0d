"""A wave of deployments: what runs in one namespace is rolled out to ten, and all
images get a new tag on one day."""

from world_audit import (ARGO, DAY, DEPLOYER, HOUR, START, container, pod_spec,
                         workload)

APPS = ("web", "cart", "search", "mail", "stock")


def rollout(w, t, ns, tag):
    for i, app in enumerate(APPS):
        spec = pod_spec(container(image="registry.example.org/shop/%s:%s" %
                                  (app, tag)))
        w.deploy(t + i * 20, workload(app, ns=ns, spec=spec), verb="patch")
        w.cascade(t + i * 20 + 4, app, ns=ns, spec=spec,
                  rs_hash="%010x" % (hash_of(app + tag)))


def hash_of(text):
    value = 0
    for c in text.encode():
        value = (value * 131 + c) % (1 << 36)
    return value


def quiet(w):
    w.cluster_life(START, 14)
    for day in range(14):
        rollout(w, START + day * DAY + 11 * HOUR, "shop", "1.%d" % day)
    t = START + 13 * DAY + 12 * HOUR
    for i in range(10):
        rollout(w, t + i * 120, "shop-%d" % i, "1.13")
