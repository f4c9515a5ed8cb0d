"""A role for everybody, by creation and by patch; standard ones are not news."""

from world_audit import binding, DAY, HOUR, START


NOW = START + 2 * DAY + 12 * HOUR
ADMIN = "admin@example.org"


def fire(w):
    w.cluster_life(START, 3)
    w.bind(NOW, ADMIN, binding("open", "view", ("User", "system:anonymous")))
    w.audit(NOW + HOUR, ADMIN, "patch", "clusterrolebindings", name="viewers",
            request_object=[{"op": "add", "path": "/subjects/-", "value": {
                "kind": "Group", "name": "system:unauthenticated"}}])


def quiet(w):
    w.cluster_life(START, 3)
    public = binding("system:public-info-viewer", "system:public-info-viewer",
                     ("Group", "system:authenticated"),
                     ("Group", "system:unauthenticated"))
    w.bind(NOW, "system:apiserver", public, verb="update",
           groups=["system:masters"])
    w.bind(NOW + 1, ADMIN, public, verb="update")
    w.bind(NOW + 2, ADMIN, binding(
        "kubeadm:bootstrap-signer-clusterinfo",
        "kubeadm:bootstrap-signer-clusterinfo", ("User", "system:anonymous"),
        ns="kube-public", role_kind="Role"))
    w.bind(NOW + 3, ADMIN, binding("open", "view",
                                   ("User", "system:anonymous")), code=403)
    w.bind(NOW + 4, ADMIN, binding("open", "view",
                                   ("User", "system:anonymous")),
           query="dryRun=All")
    w.bind(NOW + 5, ADMIN, binding("readers", "view", ("Group", "developers")))
