"""A real kube-apiserver with its etcd on the loopback, no node behind it.

Both are built from their Go modules, which takes ten minutes on two cores,
and stay in SERVERS_DIR.  Certificates and all that a cluster writes are in a
folder of the test's own.
"""
import http.client
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import threading
import time

from s3_servers import Lock, Server, cache, free_port, ready_go

KUBERNETES = "v1.34.4"
STAGING = KUBERNETES.replace("v1.", "v0.")  # of the modules it is made of
ETCD = "v3.6.8"
BUILD_S = 3000
READY_S = 120
CONFIG = pathlib.Path(__file__).resolve().parents[2] / "config/kubernetes"
GROUP = "rbac.authorization.k8s.io"


class Missing(Exception):
    """What the machine has not, for the skip to name."""


# --- the programs

def go_build(go, module, package, binary):
    """Build a package where `module` is the text of go.mod."""
    folder = cache() / f"{binary.name}.module"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "go.mod").write_text(module)
    done = subprocess.run(
        [go, "build", "-o", str(binary.resolve()) + ".new", package],
        cwd=folder, capture_output=True, text=True, check=False,
        timeout=BUILD_S, env={**os.environ, "GOTOOLCHAIN": "local",
                              "GOFLAGS": "-mod=mod -p=2 -buildvcs=false"})
    if done.returncode != 0:
        raise Missing(f"{package}: {done.stderr[-500:]}")
    pathlib.Path(str(binary) + ".new").rename(binary)
    shutil.rmtree(folder)


def kubernetes_module(go):
    """Kubernetes asks for its staging modules at v0.0.0 and replaces them by
    folders of its own; from outside they are replaced by what was released
    with it."""
    done = subprocess.run(
        [go, "mod", "download", "-json", f"k8s.io/kubernetes@{KUBERNETES}"],
        capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "GOTOOLCHAIN": "local"})
    if done.returncode != 0:
        raise Missing(f"k8s.io/kubernetes: {done.stdout[-300:]}")
    theirs = pathlib.Path(json.loads(done.stdout)["GoMod"]).read_text()
    staged = sorted(set(re.findall(
        r"^\s*(k8s\.io/[a-z0-9-]+) v0\.0\.0(?: |$)", theirs, re.M)))
    least = re.search(r"^go \S+$", theirs, re.M).group()
    return "\n".join(
        ["module trial", least, f"require k8s.io/kubernetes {KUBERNETES}",
         *(f"replace {name} => {name} {STAGING}" for name in staged), ""])


def ready():
    """The folder of `kube-apiserver` and `etcd`; Missing says why not."""
    go, why = ready_go()
    folder = cache()
    api = folder / f"kube-apiserver-{KUBERNETES}"
    etcd = folder / f"etcd-{ETCD}"
    with Lock("kubernetes"):
        if not (api.exists() and etcd.exists()) and go is None:
            raise Missing(f"kube-apiserver is skipped: {why}")
        if not etcd.exists():
            go_build(go, f"module trial\ngo 1.24.0\n"
                     f"require go.etcd.io/etcd/server/v3 {ETCD}\n",
                     "go.etcd.io/etcd/server/v3", etcd)
        if not api.exists():
            print("kube-apiserver is built once, ten minutes", flush=True)
            go_build(go, kubernetes_module(go),
                     "k8s.io/kubernetes/cmd/kube-apiserver", api)
    return api, etcd


# --- certificates

class Pki:
    """A folder of PEM files: NAME.pem and NAME.key."""

    AUTHORITIES = ("cluster-ca", "hook-ca", "hook-client-ca", "other-ca")
    LEAVES = (
        ("apiserver", "cluster-ca", "/CN=kube-apiserver", "serverAuth"),
        ("admin", "cluster-ca", "/O=system:masters/CN=admin", "clientAuth"),
        ("alice", "cluster-ca", "/O=dev/CN=alice", "clientAuth"),
        ("hook", "hook-ca", "/CN=nephoscope", "serverAuth"),
        ("client", "hook-client-ca", "/CN=kube-apiserver", "clientAuth"))

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True)
        for name in self.AUTHORITIES:
            self.run("req", "-x509", *self.key(name), "-days", "2", "-subj",
                     f"/CN={name}", "-out", self[name + ".pem"])
        for leaf in self.LEAVES:
            self.sign(*leaf)
        self.run("genrsa", "-out", self["sa.key"], "2048")
        for name in ("token", "wrong-token"):
            (folder / name).write_text(os.urandom(32).hex() + "\n")

    def __getitem__(self, name):
        return str(self.folder / name)

    def key(self, name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-keyout", self[name + ".key"])

    @staticmethod
    def run(*args):
        subprocess.run(["openssl", *args], check=True, capture_output=True,
                       timeout=60)

    def sign(self, name, authority, subject, usage):
        (self.folder / "ext").write_text(
            f"basicConstraints=CA:FALSE\nextendedKeyUsage={usage}\n"
            "subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        self.run("req", "-new", *self.key(name), "-subj", subject, "-out",
                 self["csr"])
        self.run("x509", "-req", "-days", "2", "-in", self["csr"], "-CA",
                 self[authority + ".pem"], "-CAkey",
                 self[authority + ".key"], "-CAcreateserial", "-extfile",
                 self["ext"], "-out", self[name + ".pem"])


def kubeconfig(pki, url, cert=None, token=None, ca="hook-ca"):
    """config/kubernetes/audit-webhook.kubeconfig with its places filled."""
    text = (CONFIG / "audit-webhook.kubeconfig").read_text()
    home = "/etc/kubernetes/nephoscope/"
    for old, new in (
            ("https://nephoscope.example.org:9443/clusters/prod-1", url),
            (home + "ca.pem", pki[ca + ".pem"]),
            (home + "client", pki[cert or "client"]),
            (home + "token", pki[token or "token"])):
        if old not in text:
            raise AssertionError(f"the example has no {old}")
        text = text.replace(old, new)
    if cert is None:
        text = text.replace("current-context: certificate",
                            "current-context: token")
    return text


# --- a cluster

class Client:
    """Requests to the API server as somebody; a connection a thread."""

    def __init__(self, port, pki, who):
        self.port, self.local = port, threading.local()
        self.context = ssl.create_default_context(
            cafile=pki["cluster-ca.pem"])
        if who:
            self.context.load_cert_chain(pki[who + ".pem"],
                                         pki[who + ".key"])

    def call(self, method, path, body=None, **headers):
        link = getattr(self.local, "link", None)
        if link is None:
            link = self.local.link = http.client.HTTPSConnection(
                "127.0.0.1", self.port, context=self.context, timeout=120)
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = json.dumps(body)
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            link.close()  # is opened again by the next request
            raise


class Cluster:
    """etcd and an API server that logs to `audit` and sends to a webhook."""

    def __init__(self, folder, pki, webhook, mode="batch", more=()):
        api, etcd = ready()
        self.folder, self.pki = folder, pki
        self.audit, self.log = folder / "audit.log", folder / "apiserver.log"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "webhook").write_text(webhook)
        self.etcd = self.start_etcd(etcd)
        self.server = None
        try:
            port = free_port()
            self.server = Server([str(api), *self.flags(port, mode), *more],
                                 None, self.log, port)
            self.admin, self.alice, self.nobody = (
                Client(port, pki, who) for who in ("admin", "alice", None))
            self.wait_ready()
        except BaseException:
            self.close()
            raise

    def start_etcd(self, binary):
        port, peer = free_port(), free_port()
        own, theirs = (f"http://127.0.0.1:{p}" for p in (port, peer))
        return Server(
            [str(binary), "--data-dir", str(self.folder / "etcd"),
             "--listen-client-urls", own, "--advertise-client-urls", own,
             "--listen-peer-urls", theirs, "--initial-cluster",
             f"default={theirs}", "--initial-advertise-peer-urls", theirs,
             "--unsafe-no-fsync", "--log-level", "error"],
            None, self.folder / "etcd.log", port)

    def flags(self, port, mode):
        pki = self.pki
        found = {
            "etcd-servers": self.etcd.url, "bind-address": "127.0.0.1",
            "advertise-address": "192.0.2.1",
            "endpoint-reconciler-type": "none", "secure-port": port,
            "tls-cert-file": pki["apiserver.pem"],
            "tls-private-key-file": pki["apiserver.key"],
            "client-ca-file": pki["cluster-ca.pem"],
            "service-account-key-file": pki["sa.key"],
            "service-account-signing-key-file": pki["sa.key"],
            "service-account-issuer": "https://kubernetes.default.svc",
            "service-cluster-ip-range": "10.0.0.0/24",
            "authorization-mode": "RBAC", "anonymous-auth": "true",
            "allow-privileged": "true",
            "audit-policy-file": CONFIG / "audit-policy.yaml",
            "audit-log-path": self.audit, "audit-log-maxsize": 4096,
            "audit-webhook-config-file": self.folder / "webhook",
            "audit-webhook-mode": mode,
            "audit-webhook-initial-backoff": "2s"}
        if mode == "batch":
            found.update({"audit-webhook-batch-max-wait": "1s",
                          "audit-webhook-batch-buffer-size": 100000})
        return [f"--{name}={value}" for name, value in found.items()]

    def wait_ready(self):
        end = time.monotonic() + READY_S
        while self.server.process.poll() is None:
            try:
                if self.admin.call("GET", "/readyz") == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            if time.monotonic() > end:
                break
            time.sleep(0.5)
        raise AssertionError("kube-apiserver does not get ready: "
                             + self.said()[-2000:])

    def said(self):
        return self.log.read_text(errors="replace")

    def events(self):
        """What it logged: ids and stages."""
        return [(e["auditID"], e["stage"]) for e in map(
            json.loads, self.audit.read_text().splitlines())]

    def end(self, seconds=180):
        """Let the API server end: it sends first what it still has."""
        self.server.process.terminate()
        self.server.process.wait(seconds)

    def close(self):
        for server in (self.server, self.etcd):
            if server is not None:
                server.close()
