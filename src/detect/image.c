#include "detect/image.h"

#include <stdio.h>

#include "base/status.h"

/* Without "@sha256:..." and ":tag"; a colon before a slash is a port. */
static struct span
without_version(struct span image)
{
	size_t slash, colon;

	image = span_first(image, span_find(image, '@', 0));
	slash = span_rfind(image, '/');
	colon = span_rfind(image, ':');
	if (colon < image.len && (slash == image.len || colon > slash))
		image = span_first(image, colon);
	return image;
}

/* The first component is a host when it has a dot or a port or is
 * "localhost"; else the image is of docker.io. */
static bool
has_registry(struct span repository)
{
	struct span first =
	    span_first(repository, span_find(repository, '/', 0));

	if (first.len == repository.len)
		return false;
	return span_find(first, '.', 0) < first.len ||
	       span_find(first, ':', 0) < first.len ||
	       span_equal(first, SPAN("localhost"));
}

struct span
image_repository(struct span image, char room[IMAGE_BYTES])
{
	struct span rest = without_version(image);
	const char *front = "";
	int len;

	if (span_is_empty(rest))
		return (struct span){ NULL, 0 };
	if (span_starts(rest, SPAN("index.docker.io/")))
		rest = span_skip(rest, sizeof("index.") - 1);
	if (span_find(rest, '/', 0) == rest.len) {
		front = "docker.io/library/";
	} else if (!has_registry(rest)) {
		front = "docker.io/";
	} else if (span_starts(rest, SPAN("docker.io/"))) {
		rest = span_skip(rest, sizeof("docker.io/") - 1);
		front = span_find(rest, '/', 0) == rest.len
			    ? "docker.io/library/"
			    : "docker.io/";
	}
	len = snprintf(room, IMAGE_BYTES, "%s%.*s", front, SPAN_ARGS(rest));
	if (len < 0)
		return (struct span){ NULL, 0 };
	return span_of(room, len < IMAGE_BYTES ? (size_t)len : IMAGE_BYTES - 1);
}

struct span
image_registry(struct span repository)
{
	size_t host = span_find(repository, '/', 0);
	size_t next;

	if (host == repository.len)
		return repository;
	next = span_find(repository, '/', host + 1);
	/* "host/app" has no team: the host alone is the registry. */
	return span_first(repository, next == repository.len ? host : next);
}

bool
image_is_pentest(struct span image)
{
	static const char *const names[] = {
		"kali",
		"parrotsec",
		"metasploit",
		"kube-hunter",
		"peirates",
		"kubesploit",
		"botb",
		"deepce",
		"cdk-team",
		"xmrig",
		"cobaltstrike",
		"sliver-server",
		"pacu",
	};
	struct span rest = without_version(image);

	for (size_t i = 0; i < COUNTOF(names); i++)
		if (span_contains_nocase(rest, span_str(names[i])))
			return true;
	return false;
}
