"""A node runs a file of its own; the control plane's new version is not that."""

from world_audit import container, DAY, HOUR, pod, pod_spec, START


NOW = START + 5 * DAY + 12 * HOUR
MIRROR = {"kubernetes.io/config.mirror": "9b1c", "kubernetes.io/config.source":
          "file"}
API = "registry.k8s.io/kube-apiserver:v1.30.%d"


def mirror(w, time, name, ns, image):
    obj = pod(name + "-ip-10-1-1-7", ns, pod_spec(container(name, image)))
    obj["metadata"]["annotations"] = MIRROR
    w.deploy(time, obj, "system:node:ip-10-1-1-7", agent="kubelet/v1.30.1",
             remote="10.1.1.7", groups=["system:nodes"])


def fire(w):
    w.cluster_life(START, 6)
    mirror(w, START, "kube-apiserver", "kube-system", API % 1)
    mirror(w, NOW, "net", "kube-system", "docker.io/x/net:1")


def quiet(w):
    w.cluster_life(START, 6)
    mirror(w, START, "kube-apiserver", "kube-system", API % 1)
    mirror(w, NOW, "kube-apiserver", "kube-system", API % 2)
