"""Images on lists, by repository, tag and digest; others run."""

from lists import write_lists
from world_audit import container, DAY, HOUR, START, pod_spec, workload

BAD = "b" * 64
BOB = dict(user="bob@example.org", remote="198.51.100.17",
           agent="kubectl/v1.30.1", verb="create")


def configure(folder):
    return write_lists(folder, [
        ("miners", "image", "threat", "miner",
         "docker.io/acme/helper\nregistry.example.org:5000/tool:1.2\n"),
        ("digests", "hash", "threat", "malware", "sha256:" + BAD + "\n"),
    ])


def fire(w):
    t = START + DAY
    for i, image in enumerate((
            "docker.io/acme/helper:6", "registry.example.org:5000/tool:1.2",
            "registry.example.org/shop/web@sha256:" + BAD)):
        w.deploy(t + i * HOUR, workload("w%d" % i, spec=pod_spec(
            container(image=image))), **BOB)


def quiet(w):
    t = START + DAY
    for i, image in enumerate((
            "docker.io/acme/helper2:6", "registry.example.org:5000/tool:1.3",
            "registry.example.org/shop/web@sha256:" + "c" * 64)):
        w.deploy(t + i * HOUR, workload("w%d" % i, spec=pod_spec(
            container(image=image))), **BOB)
