"""A volume of the node's root; one of a provisioner's folder is not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def volume(name, **spec):
    return {"kind": "PersistentVolume", "metadata": {"name": name},
            "spec": spec}


def write(w, time, user, obj, **more):
    w.audit(time, user, "create", "persistentvolumes",
            name=obj["metadata"]["name"], request_object=obj, **more)


def fire(w):
    w.cluster_life(START, 6)
    write(w, NOW, "bob@example.org", volume("all", hostPath={"path": "/"}),
          **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    write(w, NOW, "system:serviceaccount:local-path:provisioner",
          volume("pvc-1", hostPath={"path": "/opt/local-path/pvc-1"}),
          agent="local-path/v0.0.28", remote="10.1.4.50")
    write(w, NOW + 1, "bob@example.org", volume("nfs", nfs={"path": "/"}),
          **BOB)
    write(w, NOW + 2, "bob@example.org",
          volume("all", hostPath={"path": "/"}), code=403, **BOB)
