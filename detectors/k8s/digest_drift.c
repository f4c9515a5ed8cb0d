/*
 * Persistence:Kubernetes/ImageDigestDrift - a tag that names one version has
 * another digest than it had: what runs under the name is another image.
 *
 * Sources     Kubernetes audit log: pods/status, level Request or
 *             RequestResponse, as kubelets write them
 * Key         image and tag (in the baseline): the digests it was run as
 * Rule        a tag of three numbers or a commit's hash, run under one digest
 *             alone on two days or more, is run under another.  Tags that are
 *             meant to move (latest, 1.4, main) do not count, nor do images of
 *             several architectures, whose digests were several before
 * References  https://attack.mitre.org/techniques/T1525/,
 *             https://attack.mitre.org/techniques/T1195/002/
 */
#include <math.h>
#include <stdio.h>

#include "detect/detector.h"
#include "detect/k8s_request.h"

#define KNOWN_DAYS 2
#define COMMIT_DIGITS 7
#define DIGEST SPAN("sha256:")

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("pods")) &&
	       span_equal(a->subresource, SPAN("status")) &&
	       k8s_request_writes(a);
}

static bool
match(const struct event *ev)
{
	return k8s_request_wrote(ev->audit);
}

static struct span
tag_of(struct span image)
{
	size_t slash = span_rfind(image, '/');
	size_t from = slash < image.len ? slash : 0;
	size_t colon = span_find(image, ':', from);

	if (span_find(image, '@', 0) < image.len)
		return span_of(NULL, 0);
	return span_skip(image, colon + 1);
}

/* "1.27.3", "v2.0.1-rc1", "20261101.4.1", "a1b2c3d4". */
static bool
names_one_version(struct span tag)
{
	size_t dots = 0, digits = 0, hex = 0;

	for (size_t i = 0; i < tag.len; i++) {
		char c = tag.at[i];

		dots += c == '.';
		digits += c >= '0' && c <= '9';
		hex += (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
	}
	return (dots >= 2 && digits >= 3) ||
	       (hex == tag.len && hex >= COMMIT_DIGITS && digits > 0);
}

static void
tell(struct detect *d, struct span image, struct span digest,
    const struct usual *digests)
{
	struct evidence why = { .feature = "digest of this tag",
		.observed = digest,
		.expected = (double)NAN,
		.usual = digests };

	detect_raise(
	    d, &(struct raise){
		   .resource_kind = ENTITY_IMAGE,
		   .resource = image,
		   .why = &why,
		   .nwhy = 1,
		   .facts =
		       (struct fact[]){
			   { "image", image },
			   { "image_digest", digest },
			   { "image_before", digests->nnames > 0
						 ? digests->names[0]
						 : SPAN("another digest") },
		       },
		   .nfacts = 3,
	       });
}

static void
look_at(struct detect *d, struct json_value status)
{
	struct span image = json_get_string(status, SPAN("image"));
	struct span id = json_get_string(status, SPAN("imageID"));
	struct span digest = span_skip(id, span_search(id, DIGEST));
	struct usual digests;
	char room[320];

	if (digest.len <= DIGEST.len || !names_one_version(tag_of(image)))
		return;
	(void)snprintf(room, sizeof(room), "digests of %.*s",
	    SPAN_ARGS(span_first(image, 280)));
	detect_workload(d, span_str(room));
	detect_usual_value(d, SCOPE_WORKLOAD, FEATURE_IMAGE, digest, &digests);
	if (digests.count <= 0 && digests.known_days >= KNOWN_DAYS &&
	    digests.distinct < 2)
		tell(d, image, digest, &digests);
	detect_learn(d, SCOPE_WORKLOAD, FEATURE_IMAGE, digest);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value object = k8s_request_object(ev);
	struct json_value status = json_get(object, SPAN("status"));
	struct json_value list = json_get(status, SPAN("containerStatuses"));
	struct json_iter it = json_iter(list);
	struct json_value one;

	(void)state;
	if (!json_is(list, JSON_ARRAY))
		return;
	while (json_next_item(&it, &one))
		look_at(d, one);
}

DETECTOR(digest_drift) = {
	.type = "Persistence:Kubernetes/ImageDigestDrift",
	.title = "{image} is another image than it was, in cluster {cluster}",
	.story = "Pod {namespace}/{name} of cluster {cluster} runs {image} as "
		 "{image_digest}; until now it was {image_before}. A tag of "
		 "one version does not change by itself: somebody pushed over "
		 "it.",
	.mitre = "T1525 T1195.002",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_LOW,
	.confidence = 0.7,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};
