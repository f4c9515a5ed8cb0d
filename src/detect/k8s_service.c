#include "detect/k8s_service.h"

#include "detect/k8s_request.h"

bool
k8s_service_of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("services")) &&
	       span_is_empty(a->subresource) && k8s_request_writes(a);
}

/* "service.beta.kubernetes.io/aws-load-balancer-internal": "true", and what
 * the other providers and the AWS controller call the same. */
static bool
is_internal(struct json_value annotations)
{
	struct json_iter it = json_iter(annotations);
	struct json_value value;
	struct span key;

	while (json_next_member(&it, &key, &value)) {
		bool asks = span_ends(key, SPAN("-internal")) ||
			    span_ends(key, SPAN("load-balancer-type")) ||
			    span_ends(key, SPAN("load-balancer-scheme"));
		struct span text = json_string(value);

		if (asks && (span_equal_nocase(text, SPAN("true")) ||
				span_equal_nocase(text, SPAN("internal")) ||
				span_equal(text, SPAN("0.0.0.0/0"))))
			return true;
	}
	return false;
}

bool
k8s_service_is_public(struct json_value service)
{
	struct json_value spec = json_get(service, SPAN("spec"));
	struct json_value meta = json_get(service, SPAN("metadata"));

	return span_equal(
		   json_get_string(spec, SPAN("type")), SPAN("LoadBalancer")) &&
	       !is_internal(json_get(meta, SPAN("annotations")));
}

static bool
any_value_starts(struct json_value labels, struct span prefix)
{
	struct json_iter it = json_iter(labels);
	struct json_value value;
	struct span key;

	while (json_next_member(&it, &key, &value))
		if (span_starts(json_string(value), prefix))
			return true;
	return false;
}

bool
k8s_service_is_for(
    const struct event *ev, struct json_value service, struct span prefix)
{
	struct json_value spec = json_get(service, SPAN("spec"));
	struct json_value meta = json_get(service, SPAN("metadata"));

	return span_starts(k8s_request_name(ev), prefix) ||
	       any_value_starts(json_get(spec, SPAN("selector")), prefix) ||
	       any_value_starts(json_get(meta, SPAN("labels")), prefix);
}
