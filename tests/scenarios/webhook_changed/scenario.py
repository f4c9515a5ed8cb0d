"""A webhook to the outside; refused, or the API server's own, is not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR


def hook(name, **client):
    return {"kind": "MutatingWebhookConfiguration", "metadata": {"name": name},
            "webhooks": [{"name": "m." + name, "clientConfig": client}]}


def fire(w):
    w.cluster_life(START, 6)
    w.audit(NOW, "bob@example.org", "create", "mutatingwebhookconfigurations",
            name="log-agent", remote="198.51.100.17",
            request_object=hook("log-agent", url="https://203.0.113.9/m"))


def quiet(w):
    w.cluster_life(START, 6)
    w.platform_life(NOW + 3 * HOUR)
    w.audit(NOW, "bob@example.org", "create", "mutatingwebhookconfigurations",
            name="log-agent", code=403, remote="198.51.100.17",
            request_object=hook("log-agent", url="https://203.0.113.9/m"))
    w.audit(NOW, "system:apiserver", "update",
            "validatingwebhookconfigurations", name="x", remote="10.1.0.4",
            agent="kube-apiserver/v1.30")
