#include "simulate/place.h"

#include <stddef.h>
#include <string.h>

#include "base/status.h"

#define AWS(host) host ".eu-west-1.amazonaws.com"

static const struct place PLACES[] = {
	{ "rds", "orders.cluster-c3x0kq9.eu-west-1.rds.amazonaws.com",
	    { "10.20.200.11", "10.20.200.12", "10.20.200.11" }, 5432, true,
	    false, "-" },
	{ "redis", "carts.kq9x1w.0001.euw1.cache.amazonaws.com",
	    { "10.20.200.21", "10.20.200.21", "10.20.200.22" }, 6379, true,
	    false, "-" },
	{ "s3", AWS("s3"), { "52.218.36.10", "52.218.61.11", "52.218.97.208" },
	    443, false, false, "S3" },
	{ "sqs", AWS("sqs"), { "52.95.113.5", "52.95.114.71", "52.95.119.8" },
	    443, false, false, "AMAZON" },
	{ "sts", AWS("sts"), { "52.95.124.48", "52.95.120.60", "52.95.120.61" },
	    443, false, false, "AMAZON" },
	{ "ec2messages", AWS("ec2messages"),
	    { "52.95.122.1", "52.95.122.9", "52.95.122.33" }, 443, false, false,
	    "AMAZON" },
	{ "ssm", AWS("ssm"), { "52.119.240.8", "52.119.240.9", "52.119.241.2" },
	    443, false, false, "AMAZON" },
	{ "ecr", "210987654321.dkr.ecr.eu-west-1.amazonaws.com",
	    { "52.95.117.14", "52.95.117.15", "52.95.118.40" }, 443, false,
	    false, "AMAZON" },
	{ "eks", "4F1C0D9E7A.gr7.eu-west-1.eks.amazonaws.com",
	    { "10.20.0.140", "10.20.1.77", "10.20.0.140" }, 443, true, false,
	    "-" },
	{ "stripe", "api.stripe.com",
	    { "22.19.3.10", "22.19.3.11", "22.19.3.12" }, 443, false, false,
	    "-" },
	{ "sentry", "o447951.ingest.de.sentry.io",
	    { "22.19.7.33", "22.19.7.33", "22.19.7.34" }, 443, false, false,
	    "-" },
	{ "datadog", "7-57-0-app.agent.datadoghq.eu",
	    { "22.19.9.4", "22.19.9.5", "22.19.9.6" }, 443, false, false, "-" },
	{ "slack", "hooks.slack.com",
	    { "22.19.12.80", "22.19.12.81", "22.19.12.80" }, 443, false, false,
	    "-" },
	{ "github", "github.com", { "22.19.14.3", "22.19.14.4", "22.19.14.3" },
	    443, false, false, "-" },
	{ "pypi", "files.pythonhosted.org",
	    { "22.19.15.63", "22.19.15.127", "22.19.15.191" }, 443, false,
	    false, "-" },
	{ "cdn", "d3k7x91q0ab2yz.cloudfront.net",
	    { "13.224.68.12", "13.224.68.77", "13.224.68.91" }, 443, false,
	    false, "CLOUDFRONT" },
	{ "antivirus", "avts.mcafee.com",
	    { "22.19.17.8", "22.19.17.9", "22.19.17.8" }, 443, false, true,
	    "-" },
	{ "ntp", "time.aws.com",
	    { "3.33.186.244", "166.117.111.42", "3.33.186.244" }, 123, false,
	    false, "AMAZON" },
	{ "debian", "deb.debian.org",
	    { "22.19.19.132", "22.19.19.132", "22.19.19.133" }, 80, false,
	    false, "-" },
	{ "maps", "maps.googleapis.com",
	    { "22.19.21.74", "22.19.21.106", "22.19.21.138" }, 443, false,
	    false, "-" },
	{ "gitlab", "gitlab.tidewater.example",
	    { "172.16.1.240", "172.16.1.240", "172.16.1.240" }, 443, true,
	    false, "-" },
	{ "erp", "erp.tidewater.example",
	    { "10.8.0.20", "10.8.0.21", "10.8.0.20" }, 443, true, false, "-" },
	{ "historian-db", "timescale.plant.tidewater.example",
	    { "172.16.1.201", "172.16.1.201", "172.16.1.202" }, 5432, true,
	    false, "-" },
	{ "registry", "registry.tidewater.example",
	    { "172.16.1.241", "172.16.1.241", "172.16.1.241" }, 443, true,
	    false, "-" },
};

const struct place *
place_named(const char *name)
{
	for (size_t i = 0; i < COUNTOF(PLACES); i++)
		if (!strcmp(PLACES[i].name, name))
			return &PLACES[i];
	ASSERT(false && "a workload names a place that does not exist");
	return NULL;
}
