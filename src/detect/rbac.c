#include "detect/rbac.h"

#include <stdio.h>

#include "detect/k8s_request.h"

bool
rbac_binding_of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return (span_equal(a->resource, SPAN("rolebindings")) ||
		   span_equal(a->resource, SPAN("clusterrolebindings"))) &&
	       k8s_request_writes(a);
}

/* What a detector looks for outranks what none does. */
static unsigned
rank_of(const struct rbac_subject *s)
{
	return rbac_is_anonymous(s) ? 2 : rbac_is_default_account(s) ? 1 : 0;
}

static void
add_subject(struct rbac_binding *b, struct json_value v, struct span ns)
{
	struct rbac_subject s;
	size_t at = b->nsubjects;

	if (!json_is(v, JSON_OBJECT))
		return;
	s.kind = json_get_string(v, SPAN("kind"));
	s.name = json_get_string(v, SPAN("name"));
	s.ns = json_get_string(v, SPAN("namespace"));
	if (span_is_empty(s.ns) && span_equal(s.kind, SPAN("ServiceAccount")))
		s.ns = ns;
	/* Behind many others is where somebody would hide one. */
	if (at == RBAC_SUBJECTS_MAX) {
		while (at > 0 && rank_of(&b->subjects[at - 1]) >= rank_of(&s))
			at--;
		if (at > 0)
			b->subjects[at - 1] = s;
		return;
	}
	b->subjects[b->nsubjects++] = s;
}

static void
add_subjects(struct rbac_binding *b, struct json_value v, struct span ns)
{
	struct json_iter it = json_iter(v);
	struct json_value item;

	if (json_is(v, JSON_OBJECT)) {
		add_subject(b, v, ns);
		return;
	}
	while (json_next_item(&it, &item))
		add_subject(b, item, ns);
}

static void
read_role(struct rbac_binding *b, struct json_value ref)
{
	b->role_kind = json_get_string(ref, SPAN("kind"));
	b->role = json_get_string(ref, SPAN("name"));
}

/* RFC 6902: [{"op": "add", "path": "/subjects/-", "value": {...}}]. */
static void
read_patch(struct rbac_binding *b, struct json_value ops, struct span ns)
{
	struct json_iter it = json_iter(ops);
	struct json_value op;

	while (json_next_item(&it, &op)) {
		struct json_value value = json_get(op, SPAN("value"));

		if (span_starts(
			json_get_string(op, SPAN("path")), SPAN("/subjects")))
			add_subjects(b, value, ns);
	}
}

bool
rbac_read(const struct event *ev, struct rbac_binding *b)
{
	struct json_value object = k8s_request_object(ev);
	struct span ns = k8s_request_namespace(ev);

	b->nsubjects = 0;
	b->role = b->role_kind = (struct span){ NULL, 0 };
	b->cluster_wide =
	    span_equal(ev->audit->resource, SPAN("clusterrolebindings"));
	if (json_is(object, JSON_ARRAY)) {
		read_patch(b, object, ns);
		return true;
	}
	if (!json_is(object, JSON_OBJECT))
		return false;
	read_role(b, json_get(object, SPAN("roleRef")));
	add_subjects(b, json_get(object, SPAN("subjects")), ns);
	return true;
}

bool
rbac_is_admin(const struct rbac_binding *b)
{
	return span_equal(b->role_kind, SPAN("ClusterRole")) &&
	       (span_equal(b->role, SPAN("cluster-admin")) ||
		   span_equal(b->role, SPAN("admin")));
}

bool
rbac_is_anonymous(const struct rbac_subject *s)
{
	return span_equal(s->name, SPAN("system:anonymous")) ||
	       span_equal(s->name, SPAN("system:unauthenticated"));
}

bool
rbac_is_everyone(const struct rbac_subject *s)
{
	return span_equal(s->name, SPAN("system:authenticated"));
}

bool
rbac_is_default_account(const struct rbac_subject *s)
{
	struct span ns, name;

	if (span_equal(s->kind, SPAN("ServiceAccount")))
		return span_equal(s->name, SPAN("default"));
	if (span_equal(s->kind, SPAN("User")))
		return k8s_request_service_account(s->name, &ns, &name) &&
		       span_equal(name, SPAN("default"));
	return span_equal(s->name, SPAN("system:serviceaccounts")) ||
	       span_starts(s->name, SPAN("system:serviceaccounts:"));
}

bool
rbac_is_bootstrap(const struct audit *a)
{
	return span_equal(a->user, SPAN("system:apiserver"));
}

struct span
rbac_subject_text(const struct rbac_subject *s, char *room, size_t size)
{
	int len = snprintf(room, size, "%.*s %.*s%s%.*s", SPAN_ARGS(s->kind),
	    SPAN_ARGS(s->ns), span_is_empty(s->ns) ? "" : "/",
	    SPAN_ARGS(s->name));

	if (len < 0)
		return (struct span){ NULL, 0 };
	return span_of(room, (size_t)len < size ? (size_t)len : size - 1);
}
