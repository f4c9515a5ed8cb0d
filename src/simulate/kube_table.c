#include "simulate/kube.h"

#define ECR "210987654321.dkr.ecr.eu-west-1.amazonaws.com/"
#define METAL "registry.tidewater.example/"

static const struct workload_kind CLOUD[] = {
	{ "shop", "web", "Deployment", ECR "shop/web", 3, 4.0,
	    { { "shop/cart", 8080, 0.12, 20 },
		{ "shop/catalog", 8080, 0.12, 60 }, { "sentry", 0, 0.03, 4 },
		{ "cdn", 0, 0.03, 40 } } },
	{ "shop", "cart", "Deployment", ECR "shop/cart", 2, 2.5,
	    { { "redis", 0, 0.12, 15 }, { "payments/api", 8443, 0.1, 8 },
		{ "sqs", 0, 0.06, 6 } } },
	{ "shop", "catalog", "Deployment", ECR "shop/catalog", 2, 2.0,
	    { { "rds", 0, 0.12, 80 }, { "s3", 0, 0.08, 400 },
		{ "maps", 0, 0.03, 9 } } },
	{ "payments", "api", "Deployment", ECR "payments/api", 2, 1.5,
	    { { "rds", 0, 0.12, 30 }, { "stripe", 0, 0.12, 12 },
		{ "sqs", 0, 0.06, 4 } } },
	{ "payments", "ledger", "Deployment", ECR "payments/ledger", 2, 1.0,
	    { { "rds", 0, 0.12, 50 }, { "sqs", 0, 0.08, 8 },
		{ "s3", 0, 0.04, 90 } } },
	{ "payments", "settlement", "CronJob", ECR "payments/settlement", 1,
	    0.5, { { "rds", 0, 0.9, 200 }, { "s3", 0, 0.9, 500 } } },
	{ "data", "etl", "Deployment", ECR "data/etl", 2, 1.0,
	    { { "s3", 0, 0.18, 3000 }, { "rds", 0, 0.08, 900 },
		{ "pypi", 0, 0.02, 120 } } },
	{ "data", "reports", "Deployment", ECR "data/reports", 1, 1.0,
	    { { "s3", 0, 0.12, 700 }, { "slack", 0, 0.04, 3 } } },
	{ "monitoring", "prometheus", "StatefulSet",
	    "quay.io/prometheus/"
	    "prometheus",
	    1, 0.3,
	    { { "shop/web", 9090, 0.1, 60 }, { "payments/api", 9090, 0.1, 50 },
		{ "slack", 0, 0.02, 3 } } },
	{ "monitoring", "grafana", "Deployment", "docker.io/grafana/grafana", 1,
	    0.3, { { "monitoring/prometheus", 9090, 0.12, 90 } } },
	{ "ingress-nginx", "controller", "Deployment",
	    "registry.k8s.io/ingress-nginx/controller", 2, 0.3,
	    { { "shop/web", 8080, 0.2, 120 },
		{ "payments/api", 8443, 0.08, 10 } } },
	{ "argocd", "argocd-repo-server", "Deployment",
	    "quay.io/argoproj/"
	    "argocd",
	    1, 0.2, { { "github", 0, 0.12, 60 } } },
	{ "kube-system", "coredns", "Deployment",
	    "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/coredns", 2, 0.1,
	    { { "eks", 0, 0.05, 6 } } },
	{ "kube-system", "aws-node", "DaemonSet",
	    "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni", 0,
	    0.1, { { "eks", 0, 0.05, 5 } } },
	{ "security", "scanner", "DaemonSet", ECR "security/agent", 0, 0.2,
	    { { "antivirus", 0, 0.02, 2 }, { "datadog", 0, 0.04, 5 } } },
};

static const struct workload_kind PLANT[] = {
	{ "factory", "mes-api", "Deployment", METAL "factory/mes-api", 2, 2.0,
	    { { "historian-db", 0, 0.2, 50 }, { "erp", 0, 0.1, 20 } } },
	{ "factory", "plc-gateway", "Deployment", METAL "factory/plc-gateway",
	    2, 0.7,
	    { { "factory/mes-api", 8080, 0.2, 12 },
		{ "historian-db", 0, 0.2, 30 } } },
	{ "factory", "historian", "StatefulSet", METAL "factory/historian", 1,
	    0.4, { { "historian-db", 0, 0.3, 70 } } },
	{ "factory", "shift-report", "CronJob", METAL "factory/shift-report", 1,
	    0.2, { { "historian-db", 0, 0.9, 70 }, { "erp", 0, 0.9, 20 } } },
	{ "tools", "runner", "Deployment", METAL "tools/runner", 2, 0.5,
	    { { "gitlab", 0, 0.3, 200 }, { "pypi", 0, 0.1, 900 },
		{ "debian", 0, 0.05, 2000 }, { "registry", 0, 0.1, 900 } } },
	{ "tools", "wiki", "Deployment", METAL "tools/wiki", 1, 0.3,
	    { { "historian-db", 0, 0.1, 20 }, { "sentry", 0, 0.05, 4 } } },
	{ "monitoring", "prometheus", "StatefulSet",
	    METAL "quay/prometheus/prometheus", 1, 0.2,
	    { { "factory/mes-api", 9090, 0.2, 50 },
		{ "factory/plc-gateway", 9090, 0.2, 50 } } },
	{ "kube-system", "coredns", "Deployment", METAL "k8s/coredns", 2, 0.1,
	    { { "registry", 0, 0.01, 1 } } },
};

const struct workload_kind *
kube_workloads(bool eks, size_t *count)
{
	*count = eks ? COUNTOF(CLOUD) : COUNTOF(PLANT);
	return eks ? CLOUD : PLANT;
}
