#include "aws/endpoint.h"

/* AWS SDKs' partitions.json. */
static const struct {
	struct span prefix;
	const char *suffix, *partition;
} partitions[] = {
	{ SPAN_INIT("cn-"), "amazonaws.com.cn", "aws-cn" },
	{ SPAN_INIT("us-gov-"), "amazonaws.com", "aws-us-gov" },
	{ SPAN_INIT("us-iso-"), "c2s.ic.gov", "aws-iso" },
	{ SPAN_INIT("us-isob-"), "sc2s.sgov.gov", "aws-iso-b" },
	{ SPAN_INIT("eu-isoe-"), "cloud.adc-e.uk", "aws-iso-e" },
	{ SPAN_INIT("us-isof-"), "csp.hci.ic.gov", "aws-iso-f" },
	{ SPAN_INIT("eusc-"), "amazonaws.eu", "aws-eusc" },
	{ SPAN_INIT(""), "amazonaws.com", "aws" },
};

static size_t
find_partition(struct span region)
{
	size_t i = 0;

	while (!span_starts(region, partitions[i].prefix))
		i++;
	return i;
}

const char *
endpoint_suffix(struct span region)
{
	return partitions[find_partition(region)].suffix;
}

bool
endpoint_is_aws(struct span host)
{
	for (size_t i = 0; i < COUNTOF(partitions); i++) {
		struct span suffix = span_str(partitions[i].suffix);

		if (span_ends(host, suffix) && host.len > suffix.len &&
		    host.at[host.len - suffix.len - 1] == '.')
			return true;
	}
	return false;
}

void
endpoint_url(const char *service, struct span region, struct buf *url)
{
	buf_printf(url, "https://%s.%.*s.%s", service, SPAN_ARGS(region),
	    endpoint_suffix(region));
}

const char *
endpoint_partition(struct span region)
{
	return partitions[find_partition(region)].partition;
}

bool
endpoint_is_region(struct span region)
{
	for (size_t i = 0; i < region.len; i++) {
		char c = region.at[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-')
			return false;
	}
	return region.len > 0 && region.len < 40 && region.at[0] != '-';
}

bool
endpoint_split(struct span url, struct endpoint *out)
{
	struct span rest;
	size_t slash;

	out->scheme = span_starts(url, SPAN("https://"))  ? SPAN("https")
		      : span_starts(url, SPAN("http://")) ? SPAN("http")
							  : SPAN("");
	if (span_is_empty(out->scheme))
		return false;
	for (size_t i = 0; i < url.len; i++)
		if (url.at[i] <= ' ' || url.at[i] >= 0x7f || url.at[i] == '?' ||
		    url.at[i] == '#' || url.at[i] == '@')
			return false;
	rest = span_skip(url, out->scheme.len + 3);
	slash = span_find(rest, '/', 0);
	out->host = span_first(rest, slash);
	out->path = span_skip(rest, slash);
	while (span_ends(out->path, SPAN("/")))
		out->path.len--;
	return !span_is_empty(out->host);
}

struct span
endpoint_bare_host(struct span host)
{
	if (span_starts(host, SPAN("[")))
		return span_of(host.at + 1, span_find(host, ']', 0) - 1);
	return span_first(host, span_find(host, ':', 0));
}
