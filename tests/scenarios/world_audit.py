"""Kubernetes audit logs for scenarios, as a kube-apiserver writes them.

AuditLogs is a part of a world: it collects records with audit() and its
shorthands and puts them into k8s-audit/CLUSTER/audit.log with
write_audit(root).  Times are seconds since 1970.  The same calls give the
same bytes.
"""

import json
import os
import random
import time as clock
import uuid

CLUSTER = "payments"
START = 1793577600  # Monday 2026-11-02, 00:00 UTC
DAY = 86400
HOUR = 3600
MINUTE = 60

KUBECTL = "kubectl/v1.30.1 (linux/amd64) kubernetes/6911225"
ARGO = "argocd-application-controller/v2.11.3"
KCM = "kube-controller-manager/v1.30.1 (linux/amd64) kubernetes/6911225"
DEPLOYER = "system:serviceaccount:argocd:argocd-application-controller"

GROUPS = {"pods": "", "secrets": "", "services": "", "configmaps": "",
          "events": "", "namespaces": "", "nodes": "",
          "deployments": "apps", "daemonsets": "apps", "statefulsets": "apps",
          "replicasets": "apps", "jobs": "batch", "cronjobs": "batch",
          "certificatesigningrequests": "certificates.k8s.io",
          "mutatingwebhookconfigurations": "admissionregistration.k8s.io",
          "validatingwebhookconfigurations": "admissionregistration.k8s.io",
          "roles": "rbac.authorization.k8s.io",
          "clusterroles": "rbac.authorization.k8s.io",
          "rolebindings": "rbac.authorization.k8s.io",
          "clusterrolebindings": "rbac.authorization.k8s.io"}


def stamp(time):
    us = int(round(time * 1000000))
    return clock.strftime("%Y-%m-%dT%H:%M:%S", clock.gmtime(us // 1000000)) + \
        ".%06dZ" % (us % 1000000)


def container(name="app", image="registry.example.org/shop/web:1.4", **more):
    return dict({"name": name, "image": image}, **more)


def pod_spec(*containers, **more):
    return dict({"containers": list(containers) or [container()]}, **more)


def pod(name, ns="shop", spec=None, owner=None):
    """A Pod; owner = (kind, name) of the controller that made it."""
    meta = {"name": name, "namespace": ns}
    if owner:
        meta["ownerReferences"] = [{"apiVersion": "apps/v1", "kind": owner[0],
                                    "name": owner[1], "controller": True}]
        if owner[0] == "ReplicaSet":
            meta["labels"] = {"pod-template-hash": owner[1].rsplit("-", 1)[1]}
    return {"kind": "Pod", "apiVersion": "v1", "metadata": meta,
            "spec": spec or pod_spec()}


def workload(name, ns="shop", kind="Deployment", spec=None):
    return {"kind": kind, "apiVersion": "apps/v1",
            "metadata": {"name": name, "namespace": ns},
            "spec": {"template": {"metadata": {"labels": {"app": name}},
                                  "spec": spec or pod_spec()}}}


def binding(name, role, *subjects, ns=None, role_kind="ClusterRole"):
    """Subjects are (kind, name) or (kind, name, namespace)."""
    rows = [dict(kind=s[0], name=s[1], **({"namespace": s[2]}
                                          if len(s) > 2 else {}))
            for s in subjects]
    return {"kind": "RoleBinding" if ns else "ClusterRoleBinding",
            "metadata": {"name": name, **({"namespace": ns} if ns else {})},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io",
                        "kind": role_kind, "name": role},
            "subjects": rows}


class AuditLogs:

    def audit(self, time, user, verb, resource, ns=None, name=None, sub=None,
              code=None, uri=None, agent=KUBECTL, remote="198.51.100.10",
              groups=None, request_object=None, response_object=None,
              impersonated=None, stage="ResponseComplete", query=None,
              cluster=CLUSTER, audit_id=None):
        """Add one record and return its auditID."""
        files = self.__dict__.setdefault("audit_files", {})
        rows = files.setdefault(cluster, [])
        if audit_id is None:
            audit_id = str(uuid.uuid5(uuid.NAMESPACE_OID, "%s %d" % (
                cluster, len(rows))))
        if code is None:
            code = 201 if verb == "create" and sub is None else 200
        group = GROUPS.get(resource, "")
        if uri is None and resource:
            uri = "/api/v1" if not group else "/apis/%s/v1" % group
            uri += "/namespaces/%s" % ns if ns else ""
            uri += "/%s" % resource
            if name and (verb != "create" or sub):
                uri += "/%s" % name
            uri += "/%s" % sub if sub else ""
        if query:
            uri += "?" + query
        if groups is None:
            groups = ["system:unauthenticated"] \
                if user == "system:anonymous" else ["system:authenticated"]
        record = {
            "kind": "Event", "apiVersion": "audit.k8s.io/v1",
            "level": "RequestResponse" if request_object else "Metadata",
            "auditID": audit_id, "stage": stage, "requestURI": uri,
            "verb": verb, "user": {"username": user, "groups": groups},
            "sourceIPs": [remote], "userAgent": agent,
            "responseStatus": {"metadata": {}, "code": code},
            "requestReceivedTimestamp": stamp(time),
            "stageTimestamp": stamp(time + 0.004),
            "annotations": {"authorization.k8s.io/decision":
                            "forbid" if code == 403 else "allow"}}
        if resource:
            ref = {"resource": resource, "apiVersion": "v1"}
            for key, value in (("apiGroup", group), ("namespace", ns),
                               ("name", name), ("subresource", sub)):
                if value:
                    ref[key] = value
            record["objectRef"] = ref
        if impersonated:
            record["impersonatedUser"] = impersonated \
                if isinstance(impersonated, dict) else {
                    "username": impersonated}
        if request_object is not None:
            record["requestObject"] = request_object
        if response_object is not None:
            record["responseObject"] = response_object
        rows.append((time, json.dumps(record, separators=(",", ":"))))
        return audit_id

    def exec(self, time, user, ns, pod_name, command=("sh",), verb="get",
             **more):
        """An exec that was let through, at both of its stages."""
        query = "&".join("command=" + quote(word) for word in command) + \
            "&container=app&stdin=true&stdout=true&tty=true"
        first = self.audit(time, user, verb, "pods", ns=ns, name=pod_name,
                           sub="exec", code=101, query=query,
                           stage="ResponseStarted", **more)
        self.audit(time + 20, user, verb, "pods", ns=ns, name=pod_name,
                   sub="exec", code=101, query=query, audit_id=first, **more)

    def deploy(self, time, obj, user=DEPLOYER, verb="create", agent=ARGO,
               remote="10.1.4.20", **more):
        """Write a workload or pod; its object is in request and response."""
        resource = obj["kind"].lower() + "s"
        meta = obj["metadata"]
        self.audit(time, user, verb, resource, ns=meta.get("namespace"),
                   name=meta["name"], agent=agent, remote=remote,
                   request_object=obj, response_object=obj, **more)

    def bind(self, time, user, obj, verb="create", **more):
        meta = obj["metadata"]
        self.audit(time, user, verb, obj["kind"].lower() + "s",
                   ns=meta.get("namespace"), name=meta["name"],
                   request_object=obj, response_object=obj, **more)

    def cascade(self, time, name, ns="shop", spec=None, rs_hash="6d5f8c7b9d"):
        """The pod that a controller makes of a Deployment."""
        obj = pod("%s-%s-x7k2p" % (name, rs_hash), ns, spec,
                  owner=("ReplicaSet", "%s-%s" % (name, rs_hash)))
        self.deploy(time, obj, agent=KCM, remote="10.1.0.4",
                    user="system:serviceaccount:kube-system:"
                         "replicaset-controller")

    def cluster_life(self, start, days, seed=1, people=("anna", "bob"),
                     cluster=CLUSTER):
        """Days of ordinary work: people look at pods of the namespaces shop
        and data and now and then run a shell in one, a deployer rolls out
        five applications, an operator reads the secrets it always reads, and
        the control plane does what it does."""
        rng = random.Random(seed)
        for day in range(days):
            midnight = start + day * DAY
            weekday = (midnight // DAY + 3) % 7 < 5
            self.system_day(midnight, rng, cluster)
            for person in people if weekday else ():
                self.person_day(midnight, person, rng, cluster)

    def person_day(self, midnight, person, rng, cluster):
        user = person + "@example.org"
        remote = "198.51.100.%d" % (10 + sum(person.encode()) % 20)
        for hour in range(8, 17):
            t = midnight + hour * HOUR + rng.randrange(HOUR)
            for ns in ("shop", "data"):
                self.audit(t, user, "list", "pods", ns=ns, remote=remote,
                           cluster=cluster)
                self.audit(t + 9, user, "get", "deployments", ns=ns,
                           name="web", remote=remote, cluster=cluster)
            self.audit(t + 20, user, "get", "pods", ns="shop", sub="log",
                       name="web-6d5f8c7b9d-x7k2p", remote=remote,
                       cluster=cluster)
            if hour % 4 == 0:
                self.exec(t + 60, user, "shop", "web-6d5f8c7b9d-x7k2p",
                          remote=remote, cluster=cluster)

    def system_day(self, midnight, rng, cluster):
        operator = "system:serviceaccount:vault:secret-operator"
        for hour in range(24):
            t = midnight + hour * HOUR + rng.randrange(300)
            self.audit(t, "system:kube-controller-manager", "list", "pods",
                       agent=KCM, remote="10.1.0.4", cluster=cluster)
            self.audit(t + 1, "system:serviceaccount:kube-system:"
                       "namespace-controller", "list", "secrets", agent=KCM,
                       remote="10.1.0.4", cluster=cluster)
            self.audit(t + 2, "system:node:ip-10-1-1-7", "get", "secrets",
                       ns="shop", name="db", agent="kubelet/v1.30.1",
                       remote="10.1.1.7", groups=["system:nodes"],
                       cluster=cluster)
            self.audit(t + 3, "system:anonymous", "get", None, uri="/livez",
                       agent="kube-probe/1.30", remote="10.1.1.7",
                       cluster=cluster)
            for ns in ("shop", "data"):
                self.audit(t + 4, operator, "get", "secrets", ns=ns,
                           name="db", agent="secret-operator/v1.2",
                           remote="10.1.4.21", cluster=cluster)
        for i, app in enumerate(("web", "cart", "search", "mail", "stock")):
            t = midnight + 10 * HOUR + i * 600 + rng.randrange(300)
            spec = pod_spec(container(image="registry.example.org/shop/%s:1.%d"
                                      % (app, midnight // DAY % 1000)))
            self.deploy(t, workload(app, spec=spec), verb="patch",
                        cluster=cluster)

    def platform_life(self, time):
        """What managed clusters, distributions and common add-ons do by
        themselves, one of each."""
        system = "system:serviceaccount:kube-system:"
        hook = {"webhooks": [{"clientConfig": {"caBundle": "Cg=="}}]}
        kubelet = {"spec": {"signerName":
                            "kubernetes.io/kube-apiserver-client-kubelet"}}
        rows = (
            ("eks:addon-manager", "patch", "configmaps", "coredns", None, {}),
            ("eks:addon-manager", "create", "serviceaccounts", "coredns",
             None, {}),
            ("eks:node-manager", "update", "configmaps", "aws-auth", None, {}),
            ("eks:certificate-controller", "update",
             "certificatesigningrequests", "csr-1", "approval", kubelet),
            ("system:addon-manager", "create", "daemonsets", "fluentbit-gke",
             None, {}),
            ("system:gke-common-webhooks", "patch",
             "mutatingwebhookconfigurations", "pod-ready", None, hook),
            ("system:glbc", "update", "services", "web", None,
             {"spec": {"type": "NodePort"}}),
            ("aksService", "patch", "configmaps", "coredns", None, {}),
            ("aksService", "delete", "events", "x", None, {}),
            ("system:k3s-supervisor", "create", "serviceaccounts", "x",
             "token", {}),
            ("system:kube-proxy", "list", "nodes", None, None, {}),
            ("system:apiserver", "update", "clusterroles", "cluster-admin",
             None, {}),
            ("kubelet-bootstrap", "create", "certificatesigningrequests",
             "csr-2", None, kubelet),
            ("system:bootstrap:abcdef", "create",
             "certificatesigningrequests", "csr-3", None, kubelet),
            (system + "cluster-autoscaler", "delete", "nodes", "ip-10-1-1-9",
             None, {}),
            ("system:serviceaccount:cert-manager:cainjector", "patch",
             "mutatingwebhookconfigurations", "cert-manager", None, hook),
            ("system:serviceaccount:gatekeeper-system:admin", "update",
             "validatingwebhookconfigurations", "gatekeeper", None, hook),
        )
        for i, (user, verb, resource, name, sub, obj) in enumerate(rows):
            spaced = resource in ("configmaps", "serviceaccounts",
                                  "daemonsets", "services", "events")
            self.audit(time + i, user, verb, resource, name=name, sub=sub,
                       ns="kube-system" if spaced else None, code=200,
                       request_object=obj, remote="10.1.0.9",
                       agent="component/v1.30")
        for node in ("1-7", "1-8"):
            self.audit(time + 30, "system:node:ip-10-1-" + node, "create",
                       "serviceaccounts", ns="kube-system", name="kube-proxy",
                       sub="token", code=201, agent="kubelet/v1.30.1",
                       groups=["system:nodes"],
                       remote="10.1." + node.replace("-", "."))

    def write_audit(self, root):
        for cluster, rows in sorted(
                self.__dict__.get("audit_files", {}).items()):
            path = os.path.join(root, "k8s-audit", cluster, "audit.log")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as out:
                for _, line in sorted(rows, key=lambda row: row[0]):
                    out.write(line + "\n")


def quote(word):
    """Percent-encoding as kubectl's, without urllib's table of safe bytes."""
    return "".join(c if c.isalnum() or c in "-_.~/" else "%%%02X" % b
                   for c, b in ((chr(b), b) for b in word.encode()))
