"""Probes without a name, of load balancers, kubelets and kops, hour after hour,
answered and refused; the API server's own users."""

from world_audit import DAY, HOUR, MINUTE, START

PATHS = ("/healthz", "/livez", "/readyz", "/livez?verbose", "/readyz?exclude=etcd",
         "/version", "/healthz/ping", "/livez/etcd",
         "/.well-known/openid-configuration", "/openid/v1/jwks")
AGENTS = (("kube-probe/1.30", "10.1.1.7"), ("ELB-HealthChecker/2.0", "10.1.0.77"),
          ("GoogleHC/1.0", "35.191.3.7"), ("curl/8.5.0", "10.1.1.8"),
          ("Go-http-client/1.1", "198.51.100.200"))
INTERNAL = ("system:apiserver", "system:kube-scheduler",
            "system:kube-controller-manager", "kube-apiserver-healthcheck",
            "kubernetes-admin")


def quiet(w):
    w.cluster_life(START, 4)
    for hour in range(4 * 24):
        t = START + hour * HOUR
        for i, (agent, remote) in enumerate(AGENTS):
            for k, path in enumerate(PATHS):
                w.audit(t + i * MINUTE + k, "system:anonymous", "get", None,
                        uri=path, agent=agent, remote=remote,
                        code=403 if (i + k) % 5 == 4 else 200)
            w.audit(t + i * MINUTE + 20, "system:anonymous", "get", None,
                    uri="/", agent=agent, remote=remote, code=403)
        for i, user in enumerate(INTERNAL):
            for k, path in enumerate(PATHS[:3]):
                w.audit(t + 600 + i * MINUTE + k, user, "get", None, uri=path,
                        agent="kube-apiserver/v1.30.1", remote="10.1.0.4",
                        groups=["system:masters"])
        w.audit(t + 1200, "system:apiserver", "list", "secrets",
                agent="kube-apiserver/v1.30.1", remote="::1",
                groups=["system:masters"])
        w.audit(t + 1201, "system:apiserver", "list", "roles",
                agent="kube-apiserver/v1.30.1", remote="127.0.0.1",
                groups=["system:masters"])
