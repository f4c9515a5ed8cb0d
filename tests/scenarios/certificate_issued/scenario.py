"""Client certificates; kubelets' own, and those denied, are not."""

import base64

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
CLIENT = "kubernetes.io/kube-apiserver-client"
KUBELET = "kubernetes.io/kube-apiserver-client-kubelet"
BOB = dict(remote="198.51.100.17")


def csr(name, organisation, signer=CLIENT, condition=None):
    """The subject stands in DER as it is; the rest does not matter."""
    der = b"0\x81\xdb0\x81\x83\x02\x01\x00\x0c\x0e" + organisation + b"\x0c\x03eve"
    pem = b"-----BEGIN CERTIFICATE REQUEST-----\n" + base64.b64encode(der) + \
        b"\n-----END CERTIFICATE REQUEST-----\n"
    return {"kind": "CertificateSigningRequest", "metadata": {"name": name},
            "spec": {"request": base64.b64encode(pem).decode(),
                     "signerName": signer},
            "status": {"conditions": [{"type": condition}] if condition
                       else []}}


def approve(w, time, obj, **more):
    w.audit(time, "bob@example.org", "update", "certificatesigningrequests",
            name=obj["metadata"]["name"], sub="approval", request_object=obj,
            **more)


def fire(w):
    w.cluster_life(START, 6)
    w.audit(NOW, "anna@example.org", "create", "certificatesigningrequests",
            name="root", code=403, remote="198.51.100.19",
            request_object=csr("root", b"system:masters"))
    approve(w, NOW + HOUR - 9, csr("eve", b"dev-team", condition="Approved"),
            code=403, **BOB)
    approve(w, NOW + HOUR, csr("eve", b"dev-team", condition="Approved"),
            **BOB)


def quiet(w):
    w.cluster_life(START, 6)
    w.platform_life(NOW + 3 * HOUR)
    w.audit(NOW, "system:bootstrap:abcdef", "create",
            "certificatesigningrequests", name="csr-x", agent="kubelet/v1.30",
            request_object=csr("csr-x", b"system:nodes", KUBELET))
    w.audit(NOW + 1, "system:serviceaccount:kube-system:"
            "certificate-controller", "update", "certificatesigningrequests",
            name="csr-x", sub="approval", remote="10.1.0.4",
            agent="kube-controller-manager/v1.30.1",
            request_object=csr("csr-x", b"system:nodes", KUBELET))
    approve(w, NOW + 2, csr("eve", b"dev-team", condition="Denied"), **BOB)
