#include "simulate/audit.h"

#include <stdio.h>

#include "base/hash.h"
#include "simulate/text.h"

/* Where requests of controllers come from in the first cluster. */
#define CONTROL_PLANE "10.20.0.140"

static const char *
version_of(const char *group)
{
	if (!strcmp(group, "metrics.k8s.io"))
		return "v1beta1";
	return "v1";
}

static void
add_uri(struct buf *out, const struct audit_call *c)
{
	if (c->resource == NULL) {
		buf_add_str(out, c->query);
		return;
	}
	if (c->group == NULL || c->group[0] == '\0')
		buf_add_str(out, "/api/v1");
	else
		buf_printf(out, "/apis/%s/%s", c->group, version_of(c->group));
	if (c->ns != NULL)
		buf_printf(out, "/namespaces/%s", c->ns);
	buf_printf(out, "/%s", c->resource);
	/* A create names its object in the body only, but for subresources. */
	if (c->name != NULL && (strcmp(c->verb, "create") != 0 || c->sub))
		buf_printf(out, "/%s", c->name);
	if (c->sub != NULL)
		buf_printf(out, "/%s", c->sub);
	if (c->query != NULL)
		text_json(out, span_str(c->query));
}

static void
add_user(struct buf *out, const struct kube_user *u)
{
	buf_printf(out, "\"user\":{\"username\":\"%s\"", u->name);
	if (u->uid[0] != '\0')
		buf_printf(out, ",\"uid\":\"%s\"", u->uid);
	buf_printf(out, ",\"groups\":[%s]", u->groups);
	if (u->extra != NULL)
		buf_printf(out, ",\"extra\":{%s}", u->extra);
	buf_printf(out, "},\"sourceIPs\":[\"%s\"],\"userAgent\":\"", u->source);
	text_json(out, span_str(u->agent));
	buf_add_str(out, "\",");
}

static void
add_object(struct buf *out, const struct audit_call *c)
{
	if (c->resource == NULL)
		return;
	buf_printf(out, "\"objectRef\":{\"resource\":\"%s\"", c->resource);
	if (c->ns != NULL)
		buf_printf(out, ",\"namespace\":\"%s\"", c->ns);
	if (c->name != NULL)
		buf_printf(out, ",\"name\":\"%s\"", c->name);
	if (c->group != NULL && c->group[0] != '\0')
		buf_printf(out, ",\"apiGroup\":\"%s\",\"apiVersion\":\"%s\"",
		    c->group, version_of(c->group));
	else
		buf_add_str(out, ",\"apiVersion\":\"v1\"");
	if (c->sub != NULL)
		buf_printf(out, ",\"subresource\":\"%s\"", c->sub);
	buf_add_str(out, "},");
}

static void
add_status(struct buf *out, const struct audit_call *c)
{
	unsigned code = c->code ? c->code : 200;

	if (code == 403 || code == 401)
		buf_printf(out,
		    "\"responseStatus\":{\"metadata\":{},\"status\":"
		    "\"Failure\",\"message\":\"%s is forbidden: User \\\"%s\\\""
		    " cannot %s resource\",\"reason\":\"Forbidden\",\"code\":"
		    "%u},",
		    c->resource ? c->resource : "path", c->user->name, c->verb,
		    code);
	else if (code == 404)
		buf_printf(out,
		    "\"responseStatus\":{\"metadata\":{},\"status\":"
		    "\"Failure\",\"message\":\"%s \\\"%s\\\" not found\","
		    "\"reason\":\"NotFound\",\"code\":404},",
		    c->resource, c->name ? c->name : "");
	else
		buf_printf(out,
		    "\"responseStatus\":{\"metadata\":{},\"code\":%u},", code);
}

static void
add_event(struct buf *out, const struct audit_call *c, const char *stage,
    const char *id)
{
	const char *level = c->answer ? "RequestResponse"
			    : c->body ? "Request"
				      : "Metadata";
	bool denied = c->code == 403;
	bool done = !strcmp(stage, "ResponseComplete");

	buf_printf(out,
	    "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":"
	    "\"%s\",\"auditID\":\"%s\",\"stage\":\"%s\",\"requestURI\":\"",
	    level, id, stage);
	add_uri(out, c);
	buf_printf(out, "\",\"verb\":\"%s\",", c->verb);
	add_user(out, c->user);
	add_object(out, c);
	add_status(out, c);
	if (c->body != NULL)
		buf_printf(out, "\"requestObject\":%s,", c->body);
	if (c->answer != NULL && done)
		buf_printf(out, "\"responseObject\":%s,", c->answer);
	buf_add_str(out, "\"requestReceivedTimestamp\":\"");
	text_time_us(out, c->time_us);
	buf_add_str(out, "\",\"stageTimestamp\":\"");
	text_time_us(out, c->time_us + (done ? 6123 : 1900));
	buf_printf(out,
	    "\",\"annotations\":{\"authorization.k8s.io/decision\":\"%s\","
	    "\"authorization.k8s.io/reason\":\"",
	    denied ? "forbid" : "allow");
	text_json(out, span_str(c->why ? c->why : ""));
	buf_add_str(out, "\"}}");
}

void
audit_call(struct world *w, struct cluster *c, const struct audit_call *given)
{
	struct audit_call own = *given;
	struct kube_user user = *given->user;
	const struct audit_call *call = &own;
	struct rng r;
	char id[37];
	uint64_t what = hash_seeded(&HASH_KEY_DEFAULT,
	    w->seed + (uint64_t)call->time_us, span_str(call->user->name));

	if (call->time_us < w->start_us || call->time_us >= w->end_us)
		return;
	own.user = &user;
	if (!strcmp(user.source, CONTROL_PLANE) && c->index > 0)
		user.source = c->nodes[0].ip;
	what = hash_mix(
	    what, hash_seeded(&HASH_KEY_DEFAULT, c->index,
		      span_str(call->resource ? call->resource : call->query)));
	if (call->name != NULL)
		what = hash_mix(what,
		    hash_seeded(&HASH_KEY_DEFAULT, 3, span_str(call->name)));
	if (call->ns != NULL)
		what = hash_mix(what,
		    hash_seeded(&HASH_KEY_DEFAULT, 4, span_str(call->ns)));
	rng_seed(&r, what);
	text_uuid_of(id, rng_next(&r), rng_next(&r));
	if (!c->eks && !strcmp(call->verb, "watch")) {
		add_event(sink_begin(&c->audit), call, "ResponseStarted", id);
		sink_end(&c->audit, call->time_us + 2000, call->step);
	}
	add_event(sink_begin(&c->audit), call, "ResponseComplete", id);
	sink_end(&c->audit, call->time_us + 6500, call->step);
	truth_proof(w->truth, call->step, call->time_us, id);
}

struct kube_user
audit_service(struct world *w, const char *ns, const char *account,
    const char *agent, struct kube_names *names)
{
	struct rng r = world_rng(
	    w, account, hash_seeded(&HASH_KEY_DEFAULT, 7, span_str(ns)));
	char jti[37];

	(void)snprintf(names->name, sizeof(names->name),
	    "system:serviceaccount:%s:%s", ns, account);
	text_uuid_of(names->uid, rng_next(&r), rng_next(&r));
	(void)snprintf(names->groups, sizeof(names->groups),
	    "\"system:serviceaccounts\",\"system:serviceaccounts:%s\","
	    "\"system:authenticated\"",
	    ns);
	(void)snprintf(names->extra, sizeof(names->extra),
	    "\"authentication.kubernetes.io/credential-id\":[\"JTI=%s\"]",
	    text_uuid_of(jti, rng_next(&r), rng_next(&r)));
	(void)snprintf(names->agent, sizeof(names->agent), "%s", agent);
	return (struct kube_user){ names->name, names->uid, names->groups,
		names->extra, names->agent, CONTROL_PLANE };
}

struct kube_user
audit_kubelet(const struct node *n, struct kube_names *names)
{
	(void)snprintf(
	    names->name, sizeof(names->name), "system:node:%s", n->name);
	return (struct kube_user){ names->name, "",
		"\"system:nodes\",\"system:authenticated\"", NULL,
		"kubelet/v1.29.7 (linux/amd64) kubernetes/4e43e0c", n->ip };
}

struct kube_user
audit_person(struct world *w, const struct cluster *c, const struct person *p,
    const char *address, struct kube_names *names)
{
	const struct account *a = c->account ? c->account : w->accounts;
	struct kube_user u = { names->name, p->kube_uid, names->groups, NULL,
		p->kube_agent, address };

	(void)snprintf(names->groups, sizeof(names->groups),
	    "\"%s\",\"system:authenticated\"",
	    p->trade == PLATFORM ? "platform-admins" : "developers");
	if (!c->eks) {
		(void)snprintf(
		    names->name, sizeof(names->name), "oidc:%s", p->mail);
		u.uid = "";
		return u;
	}
	(void)snprintf(names->name, sizeof(names->name), "%s", p->mail);
	(void)snprintf(names->extra, sizeof(names->extra),
	    "\"arn\":[\"arn:aws:sts::%s:assumed-role/%s/%s\"],"
	    "\"canonicalArn\":[\"arn:aws:iam::%s:role/%s\"],\"sessionName\":"
	    "[\"%s\"]",
	    a->id, p->work.name, p->mail, a->id, p->work.name, p->mail);
	u.extra = names->extra;
	return u;
}

struct kube_user
audit_anonymous(const char *agent, const char *address)
{
	return (struct kube_user){ "system:anonymous", "",
		"\"system:unauthenticated\"", NULL, agent, address };
}
