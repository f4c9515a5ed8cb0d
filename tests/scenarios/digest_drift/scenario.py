"""A version's tag is another image by now; tags that move, several architectures
and new versions are none."""

from world_audit import DAY, HOUR, START, pod

NODE = dict(user="system:node:ip-10-1-1-7", agent="kubelet/v1.30.1",
            remote="10.1.1.7", groups=["system:nodes"])
REPO = "registry.example.org/shop/"


def status(w, t, name, image, digest):
    obj = pod(name)
    obj["status"] = {"containerStatuses": [{
        "name": "app", "image": REPO + image, "imageID":
        "%s%s@sha256:%s" % (REPO, image.split(":")[0], digest * 64)}]}
    w.audit(t, verb="patch", resource="pods", ns="shop", name=name,
            sub="status", request_object=obj, response_object=obj, **NODE)


def days(w, image, digests, first=0, count=5):
    for day in range(first, first + count):
        for i, digest in enumerate(digests):
            status(w, START + day * DAY + 9 * HOUR + i * 60,
                   "p-%d-%d" % (day, i), image, digest)


def fire(w):
    w.cluster_life(START, 6)
    days(w, "web:1.4.2", "a")
    days(w, "cart:9f3c2ab1", "b")
    days(w, "web:1.4.2", "c", 5, 1)
    days(w, "cart:9f3c2ab1", "d", 5, 1)


def quiet(w):
    w.cluster_life(START, 6)
    days(w, "web:1.4.2", "a", count=6)
    days(w, "web:1.4.3", "b", 5, 1)  # a new version
    for moving in ("web:latest", "web:1.4", "web:main", "web:stable"):
        days(w, moving, "a")
        days(w, moving, "b", 5, 1)
    days(w, "mail:2.0.1", "ab", count=6)  # two architectures
    days(w, "new:1.0.0", "a", 5, 1)
    days(w, "new:1.0.0", "b", 5, 1)  # pushed twice on its first day
