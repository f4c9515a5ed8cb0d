"""Tokens of others; one's own, and those kubelets fetch for pods, are not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
TOKEN = {"kind": "TokenRequest", "spec": {"expirationSeconds": 31536000}}
SECRET = {"kind": "Secret", "type": "kubernetes.io/service-account-token",
          "metadata": {"name": "t", "namespace": "kube-system", "annotations": {
              "kubernetes.io/service-account.name": "replicaset-controller"}}}
WEB = "system:serviceaccount:shop:web"


def fire(w):
    w.cluster_life(START, 6)
    w.audit(NOW, "bob@example.org", "create", "serviceaccounts", ns="data",
            name="etl", sub="token", code=201, request_object=TOKEN,
            remote="198.51.100.17")
    w.audit(NOW + HOUR, "bob@example.org", "create", "secrets",
            ns="kube-system", request_object=SECRET, remote="198.51.100.17")


def quiet(w):
    w.cluster_life(START, 6)
    w.platform_life(NOW + 3 * HOUR)
    w.audit(NOW, WEB, "create", "serviceaccounts", ns="shop", name="web",
            sub="token", code=201, request_object=TOKEN)
    w.audit(NOW + 1, "system:node:ip-10-1-1-7", "create", "serviceaccounts",
            ns="shop", name="web", sub="token", code=201,
            agent="kubelet/v1.30.1", remote="10.1.1.7")
    w.audit(NOW + 2, "bob@example.org", "create", "serviceaccounts",
            ns="data", name="etl", sub="token", code=403)
    w.audit(NOW + 3, "bob@example.org", "create", "secrets", ns="shop",
            request_object=dict(SECRET, type="Opaque"))
