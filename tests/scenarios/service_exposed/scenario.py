"""A database on the internet; inside, or what was open before, is not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def service(name, ns, kind="LoadBalancer", port=80, notes=None, **spec):
    return {"kind": "Service",
            "metadata": {"name": name, "namespace": ns,
                         "annotations": notes or {}},
            "spec": dict(spec, type=kind, ports=[{"port": port}])}


def write(w, time, user, obj, verb="create", **more):
    meta = obj["metadata"]
    w.audit(time, user, verb, "services", ns=meta["namespace"],
            name=meta["name"], request_object=obj, response_object=obj,
            **more)


def fire(w):
    w.cluster_life(START, 6)
    write(w, NOW, "bob@example.org", service("redis", "data", port=6379),
          **BOB)
    write(w, NOW + HOUR, "anna@example.org",
          service("dns", "data", "ClusterIP", 53,
                  externalIPs=["203.0.113.53"]), **ANNA)


def quiet(w):
    w.cluster_life(START, 6)
    w.platform_life(NOW + 3 * HOUR)
    internal = {"service.beta.kubernetes.io/aws-load-balancer-internal":
                "true"}
    write(w, NOW, "bob@example.org",
          service("redis", "data", port=6379, notes=internal), **BOB)
    write(w, NOW + 1, "bob@example.org",
          service("redis", "data", "ClusterIP", 6379), **BOB)
