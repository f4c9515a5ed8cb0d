"""What kubeadm, kops, k3s, EKS, GKE, AKS and Talos do by themselves, from the
first hour on and without any history."""

from world_audit import CLUSTER, DAY, HOUR, START, pod_spec, workload

SYSTEM = "system:serviceaccount:kube-system:"
MASTERS = ["system:masters", "system:authenticated"]
# (user, groups, agent, verb, resource, namespace, name, subresource)
ROWS = (
    ("system:serviceaccount:kube-system:generic-garbage-collector", None,
     "kube-controller-manager/v1.30.1", "delete", "replicasets", "shop",
     "web-6d5f8c7b9d", None),
    (SYSTEM + "token-cleaner", None, "kube-controller-manager/v1.30.1",
     "list", "secrets", "kube-system", None, None),
    (SYSTEM + "bootstrap-signer", None, "kube-controller-manager/v1.30.1",
     "get", "configmaps", "kube-public", "cluster-info", None),
    (SYSTEM + "clusterrole-aggregation-controller", None,
     "kube-controller-manager/v1.30.1", "patch", "clusterroles", None, "admin",
     None),
    (SYSTEM + "certificate-controller", None,
     "kube-controller-manager/v1.30.1", "update",
     "certificatesigningrequests", None, "csr-9", "status"),
    (SYSTEM + "root-ca-cert-publisher", None,
     "kube-controller-manager/v1.30.1", "create", "configmaps", "shop",
     "kube-root-ca.crt", None),
    (SYSTEM + "horizontal-pod-autoscaler", None,
     "kube-controller-manager/v1.30.1", "update", "deployments", "shop", "web",
     "scale"),
    (SYSTEM + "metrics-server", None, "metrics-server/v0.7", "get", "nodes",
     None, "ip-10-1-1-7", "metrics"),
    (SYSTEM + "kube-proxy", None, "kube-proxy/v1.30.1", "list", "services",
     None, None, None),
    # kops
    ("system:kube-proxy", None, "kube-proxy/v1.30.1", "watch", "nodes", None,
     None, None),
    (SYSTEM + "kops-controller", None, "kops-controller/v1.29", "patch",
     "nodes", None, "ip-10-1-1-7", None),
    (SYSTEM + "dns-controller", None, "dns-controller/v1.29", "list", "pods",
     None, None, None),
    ("kubelet", MASTERS, "kops/v1.29", "list", "nodes", None, None, None),
    # k3s
    ("system:k3s-supervisor", MASTERS, "k3s/v1.30.1+k3s1", "update", "nodes",
     None, "ip-10-1-1-7", None),
    ("system:k3s-controller", None, "k3s/v1.30.1+k3s1", "list", "nodes", None,
     None, None),
    (SYSTEM + "helm-traefik", MASTERS, "helm/v3", "create", "secrets",
     "kube-system", "sh.helm.release.v1.traefik.v1", None),
    (SYSTEM + "local-path-provisioner-service-account", None,
     "local-path-provisioner/v0.0.26", "create", "pods", "kube-system",
     "helper-pod-create-pvc", None),
    # EKS
    ("eks:node-manager", None, "eks/v1", "update", "configmaps", "kube-system",
     "aws-auth", None),
    ("eks:addon-manager", None, "eks/v1", "patch", "daemonsets", "kube-system",
     "aws-node", None),
    ("eks:vpc-resource-controller", None, "vpc-resource-controller/v1", "patch",
     "nodes", None, "ip-10-1-1-7", "status"),
    ("eks:cloud-controller-manager", None, "aws-cloud-controller-manager/v1",
     "patch", "services", "shop", "web", "status"),
    ("eks:cluster-event-watcher", None, "eks/v1", "watch", "events", None, None,
     None),
    ("eks:authenticator", None, "aws-iam-authenticator/v1", "list",
     "configmaps", "kube-system", "aws-auth", None),
    (SYSTEM + "aws-node", None, "aws-node/v1.18", "list", "pods", None, None,
     None),
    (SYSTEM + "ebs-csi-controller-sa", None, "aws-ebs-csi-driver/v1.31",
     "patch", "nodes", None, "ip-10-1-1-7", None),
    # GKE
    ("system:gke-master-healthcheck", MASTERS, "GoogleHC/1.0", "get", "nodes",
     None, None, None),
    ("system:addon-manager", MASTERS, "kubectl/v1.30.1 kube-addon-manager",
     "patch", "daemonsets", "kube-system", "fluentbit-gke", None),
    ("system:clustermetrics", None, "clustermetrics/v1", "list", "pods", None,
     None, None),
    ("system:managed-certificate-controller", None, "managed-cert/v1", "list",
     "services", None, None, None),
    ("system:vpa-recommender", None, "vpa-recommender/v1", "list", "pods",
     None, None, None),
    ("container-engine-robot@service-1.iam.gserviceaccount.com", MASTERS,
     "google-api-go-client/0.5", "get", "namespaces", None, "kube-system",
     None),
    # AKS
    ("aksService", MASTERS, "aks/v1", "patch", "deployments", "kube-system",
     "coredns-autoscaler", None),
    ("aksService", MASTERS, "hcp/v1", "list", "nodes", None, None, None),
    ("masterclient", MASTERS, "azure-cloud/v1", "get", "namespaces", None,
     "default", None),
    ("nodeclient", ["system:nodes"], "kubelet/v1.30.1", "list", "nodes", None,
     None, None),
    (SYSTEM + "ama-logs", None, "ama-logs/v3", "list", "pods", None, None,
     None),
    (SYSTEM + "azure-policy-webhook-account", None, "gatekeeper/v3", "list",
     "namespaces", None, None, None),
    # Talos, kubeadm
    ("apiserver-kubelet-client", MASTERS, "talos/v1.7", "list", "nodes", None,
     None, None),
    ("system:serviceaccount:kube-system:pod-garbage-collector", None,
     "kube-controller-manager/v1.30.1", "delete", "pods", "shop",
     "web-6d5f8c7b9d-x7k2p", None),
    ("kubernetes-admin", MASTERS, "kubeadm/v1.30.1", "get", "configmaps",
     "kube-system", "kubeadm-config", None),
    ("system:node:ip-10-1-1-7", ["system:nodes"], "kubelet/v1.30.1", "get",
     "configmaps", "kube-system", "kubelet-config", None),
    ("system:kube-scheduler", None, "kube-scheduler/v1.30.1", "create", "pods",
     "shop", "web-6d5f8c7b9d-x7k2p", "binding"),
)
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x"


def quiet(w):
    for hour in range(3 * 24):
        t = START + hour * HOUR
        for i, (user, groups, agent, verb, kind, ns, name, sub) in \
                enumerate(ROWS):
            w.audit(t + i * 7, user, verb, kind, ns=ns, name=name, sub=sub,
                    agent=agent, remote="10.1.0.%d" % (4 + i % 3), code=200,
                    groups=(groups or []) + ["system:authenticated"])
        for node in ("ip-10-1-1-7", "ip-10-1-1-8", "ip-10-1-1-9"):
            remote = node[3:].replace("-", ".")
            for k, (verb, kind, name, sub) in enumerate((
                    ("patch", "nodes", node, "status"),
                    ("create", "events", None, None),
                    ("get", "secrets", "db", None),
                    ("create", "serviceaccounts", "web", "token"),
                    ("update", "pods", "web-6d5f8c7b9d-x7k2p", "status"))):
                w.audit(t + 1800 + k, "system:node:" + node, verb, kind,
                        ns=None if kind == "nodes" else "shop", name=name,
                        sub=sub, agent="kubelet/v1.30.1", remote=remote,
                        groups=["system:nodes", "system:authenticated"])
            w.audit(t + 1900, "system:node:" + node, "update", None,
                    uri=LEASES, agent="kubelet/v1.30.1", remote=remote,
                    groups=["system:nodes"])
