"""Kubeflow on the internet; inside, or as any other service, it is not."""

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
    write(w, NOW, "bob@example.org", service("centraldashboard", "kubeflow"),
          **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    internal = {"service.beta.kubernetes.io/aws-load-balancer-internal":
                "true"}
    write(w, NOW, "bob@example.org",
          service("centraldashboard", "kubeflow", notes=internal), **BOB)
    write(w, NOW + 1, "bob@example.org",
          service("centraldashboard", "kubeflow", "ClusterIP"), **BOB)
    write(w, NOW + 2, "bob@example.org", service("web", "shop"), **BOB)
