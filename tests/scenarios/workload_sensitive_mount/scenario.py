"""The node's root or its runtime's socket in a pod; log folders are not that."""

from world_audit import container, DAY, HOUR, pod, pod_spec, START


DAYS = 4
NOW = START + DAYS * DAY + 12 * HOUR


def mounting(path, read_only=False, image="alpine:3.20"):
    return pod_spec(container(
        "c", image, volumeMounts=[{"name": "v", "mountPath": "/host",
                                   "readOnly": read_only}]),
        volumes=[{"name": "v", "hostPath": {"path": path}}])


def put(w, t, name, spec, **more):
    w.deploy(t, pod(name, spec=spec), user="anna@example.org",
             remote="198.51.100.19", **more)


def fire(w):
    w.cluster_life(START, DAYS)
    put(w, NOW, "a", mounting("/"))
    put(w, NOW + 60, "b", mounting("/var/run/../run/docker.sock", True))
    put(w, NOW + HOUR, "c", mounting("/etc/kubernetes/", True))


def quiet(w):
    w.cluster_life(START, DAYS)
    put(w, NOW, "a", mounting("/"), code=403)
    put(w, NOW + 1, "b", mounting("/"), query="dryRun=All")
    put(w, NOW + 2, "c", mounting("/var/log"))
    put(w, NOW + 3, "d", mounting("/etc/localtime", True))
    unused = mounting("/")
    unused["containers"][0]["volumeMounts"] = []
    put(w, NOW + 4, "e", unused)
