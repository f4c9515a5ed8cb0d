"""An interface of administration on the internet; shops, what is internal, and
what was open before are none."""

from world_audit import ARGO, DAY, DEPLOYER, HOUR, START

NOW = START + 5 * DAY + 12 * HOUR
BOB = dict(remote="198.51.100.17")


def ingress(name, ns, backend, host="shop.example.org", cls="nginx", **notes):
    rule = {"http": {"paths": [{"path": "/", "backend": {
        "service": {"name": backend, "port": {"number": 80}}}}]}}
    if host:
        rule["host"] = host
    return {"kind": "Ingress", "metadata": {
        "name": name, "namespace": ns, "annotations": notes},
        "spec": {"ingressClassName": cls, "rules": [rule]}}


def write(w, t, user, obj, verb="create", **more):
    meta = obj["metadata"]
    w.audit(t, user, verb, "ingresses", ns=meta["namespace"],
            name=meta["name"], request_object=obj, response_object=obj, **more)


def fire(w):
    w.cluster_life(START, 6)
    write(w, NOW, "bob@example.org",
          ingress("gitops", "argocd", "argocd-server"), **BOB)
    write(w, NOW + HOUR, "anna@example.org",
          ingress("any", "data", "web", host=None), remote="198.51.100.19")


def quiet(w):
    w.cluster_life(START, 6)
    for day in range(6):
        write(w, START + day * DAY + 10 * HOUR, DEPLOYER,
              ingress("web", "shop", "web"), verb="patch", agent=ARGO,
              remote="10.1.4.20")
    write(w, NOW, "bob@example.org", ingress("cart", "shop", "cart"), **BOB)
    write(w, NOW + 1, "bob@example.org",
          ingress("gitops", "argocd", "argocd-server", cls="nginx-internal"),
          **BOB)
    write(w, NOW + 2, "bob@example.org",
          ingress("board", "ops", "prometheus", cls="alb", **{
              "alb.ingress.kubernetes.io/scheme": "internal"}), **BOB)
    write(w, NOW + 3, "bob@example.org",
          ingress("vault", "ops", "vault"), code=403, **BOB)
