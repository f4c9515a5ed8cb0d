"""Code put into the proxy; a rewrite rule is not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def ingress(**notes):
    return {"kind": "Ingress", "metadata": {"name": "web", "annotations": {
        "nginx.ingress.kubernetes.io/" + key.replace("_", "-"): value
        for key, value in notes.items()}}}


def write(w, time, obj):
    w.audit(time, "bob@example.org", "create", "ingresses", ns="shop",
            name="web", request_object=obj, **BOB)


def fire(w):
    w.cluster_life(START, 6)
    write(w, NOW, ingress(server_snippet="location /t { alias "
                          "/run/secrets/kubernetes.io/serviceaccount/; }"))


def quiet(w):
    w.cluster_life(START, 6)
    write(w, NOW, ingress(configuration_snippet="more_set_headers 'X-A: b';",
                          rewrite_target="/$1"))
