"""A deployment gets an image from elsewhere; releases and sidecars are not it"""

from world_audit import container, DAY, HOUR, pod_spec, START, workload


DAYS = 4
NOW = START + DAYS * DAY + 12 * HOUR
BOB = dict(user="bob@example.org", remote="198.51.100.17",
           agent="kubectl/v1.30.1", verb="patch")


def fire(w):
    w.cluster_life(START, DAYS)
    w.deploy(NOW, workload("web", spec=pod_spec(
        container(image="ghcr.io/fast-tools/web:1.4"))), **BOB)


def quiet(w):
    w.cluster_life(START, DAYS)
    w.deploy(NOW, workload("web", spec=pod_spec(
        container(image="registry.example.org/shop/web:2.0"))), **BOB)
    w.deploy(NOW + 60, workload("web", spec=pod_spec(
        container(image="registry.example.org/shop/web@sha256:" + "a" * 64))),
        **BOB)
    w.deploy(NOW + HOUR, workload("web", spec=pod_spec(
        container(), container("cart", "registry.example.org/shop/cart:2"))),
        **BOB)
    w.deploy(NOW + 2 * HOUR, workload("new", spec=pod_spec(
        container(image="ghcr.io/fast-tools/new:1"))), user="bob@example.org")
    w.deploy(NOW + 3 * HOUR, workload("cart", spec=pod_spec(
        container(image="ghcr.io/fast-tools/web:1.4"))), code=403, **BOB)
