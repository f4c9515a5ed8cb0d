"""Objects are listed without a name; what is published for anyone is not."""

from world_audit import DAY, HOUR, START


NOW = START + 2 * DAY + 12 * HOUR
ANYONE = dict(user="system:anonymous", agent="curl/8.5.0",
              remote="203.0.113.50")


def fire(w):
    w.cluster_life(START, 3)
    w.audit(NOW, verb="list", resource="pods", **ANYONE)
    w.audit(NOW + 60, verb="list", resource="namespaces", **ANYONE)
    w.audit(NOW + 90, verb="get", resource=None, uri="/api/v1", **ANYONE)


def quiet(w):
    w.cluster_life(START, 3)
    for i, uri in enumerate(("/healthz", "/livez?verbose", "/readyz/etcd",
                             "/version", "/version?timeout=32s",
                             "/.well-known/openid-configuration")):
        w.audit(NOW + i, verb="get", resource=None, uri=uri, **ANYONE)
    w.audit(NOW + 9, verb="get", resource="configmaps", ns="kube-public",
            name="cluster-info", **ANYONE)
    w.audit(NOW + 10, verb="list", resource="pods", code=403, **ANYONE)
    w.audit(NOW + 11, verb="get", resource=None, uri="/metrics", code=403,
            **ANYONE)
