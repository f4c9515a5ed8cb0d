#include "simulate/kube.h"

#include <stdio.h>

#include "base/hash.h"
#include "simulate/text.h"

/* Addresses of pods end in .60 to .249 of their node's /24. */
#define POOL_FIRST 60
#define POOL_SIZE 190
#define FOREVER INT64_MAX
#define ROLLOUTS_MAX 512

static bool
is_taken(const struct cluster *c, const struct pod *p)
{
	for (size_t i = 0; i < c->pod_count; i++) {
		const struct pod *q = &c->pods[i];

		if (q->from_us < p->to_us && p->from_us < q->to_us &&
		    !strcmp(q->ip, p->ip))
			return true;
	}
	return false;
}

/* EKS gives pods addresses of the VPC, the others have a network of their
 * own: 10.244.0.0/16 and downwards. */
static unsigned
second_octet(const struct cluster *c)
{
	if (!c->eks)
		return 244 - c->index / 2;
	return c->index == 0 ? 20 : 30 + c->index;
}

struct pod *
kube_add_pod(struct cluster *c, const struct pod *p)
{
	struct pod *kept;
	unsigned node = (unsigned)(p->node - c->nodes);
	unsigned net = second_octet(c);

	if (c->pod_count == c->pod_size) {
		c->pod_size = c->pod_size ? c->pod_size * 2 : 256;
		c->pods =
		    status_realloc(c->pods, c->pod_size, sizeof(*c->pods));
	}
	kept = &c->pods[c->pod_count];
	*kept = *p;
	for (unsigned tries = 0; tries < 8 * POOL_SIZE; tries++) {
		unsigned n = c->next_ip++;

		(void)snprintf(kept->ip, sizeof(kept->ip), "10.%u.%u.%u", net,
		    10 + node + 8 * (tries / POOL_SIZE),
		    POOL_FIRST + n % POOL_SIZE);
		if (!is_taken(c, kept))
			break;
	}
	c->pod_count++;
	return kept;
}

static struct rollout *
add_rollout(struct cluster *c, const struct workload *wl, int64_t time_us)
{
	struct rollout *r;

	if (c->rollout_count == c->rollout_size) {
		c->rollout_size = c->rollout_size ? c->rollout_size * 2 : 64;
		c->rollouts = status_realloc(
		    c->rollouts, c->rollout_size, sizeof(*c->rollouts));
	}
	r = &c->rollouts[c->rollout_count++];
	*r = (struct rollout){
		.time_us = time_us, .workload = wl, .first_pod = c->pod_count
	};
	return r;
}

static void
name_pod(struct pod *p, const struct rollout *ro, unsigned n, struct rng *r)
{
	const struct workload_kind *k = ro->workload->kind;
	char suffix[8];

	text_suffix(suffix, 5, r);
	if (!strcmp(k->kind, "StatefulSet"))
		(void)snprintf(p->name, sizeof(p->name), "%s-%u", k->name, n);
	else if (!strcmp(k->kind, "DaemonSet"))
		(void)snprintf(
		    p->name, sizeof(p->name), "%s-%s", k->name, suffix);
	else
		(void)snprintf(p->name, sizeof(p->name), "%s-%s-%s", k->name,
		    ro->hash, suffix);
	(void)snprintf(p->image, sizeof(p->image), "%s:1.%u.%u", k->image,
	    10 + (unsigned)(strlen(k->name) % 7), ro->version);
	text_uuid_of(p->uid, rng_next(r), rng_next(r));
}

static void
plan_pods(
    struct cluster *c, struct rollout *ro, int64_t until_us, struct rng *r)
{
	unsigned count = ro->workload->replicas;
	unsigned shift = (unsigned)rng_below(r, c->node_count);

	for (unsigned i = 0; i < count; i++) {
		struct pod p = {
			.node = &c->nodes[(i + shift) % c->node_count],
			.workload = ro->workload,
			.from_us = ro->time_us + 4 * CIVIL_US_PER_S +
				   (int64_t)i * 7300000,
			.to_us = until_us,
		};

		if (until_us != FOREVER)
			p.to_us += 20 * CIVIL_US_PER_S + (int64_t)i * 7100000;
		name_pod(&p, ro, i, r);
		(void)kube_add_pod(c, &p);
	}
	ro->pod_count = count;
}

/* One after the other, within the hour. */
static int64_t
wave_place(const struct workload *wl)
{
	uint64_t h =
	    hash_seeded(&HASH_KEY_DEFAULT, 0, span_str(wl->kind->name));

	return (int64_t)(h % 3000) * CIVIL_US_PER_S;
}

/* Working hours of working days only. */
static unsigned
plan_times(const struct world *w, const struct workload *wl, struct rng *r,
    int64_t *times)
{
	unsigned count = 1;

	times[0] = w->start_us + 2 * WORLD_MINUTE +
		   (int64_t)rng_below(r, 40) * WORLD_MINUTE +
		   (int64_t)rng_below(r, 59000000);
	for (unsigned day = 0; day < w->days && count < ROLLOUTS_MAX; day++) {
		int64_t at = world_day(w, day) +
			     (int64_t)((8.0 + 7.0 * rng_unit(r)) * 3.6e9);

		bool due = !world_is_free(w, at) &&
			   rng_unit(r) < wl->kind->rollouts_a_week / 5.0;

		if (w->wave_us && civil_day(w->wave_us) == civil_day(at)) {
			at = w->wave_us + wave_place(wl);
			due = true;
		}
		if (due)
			times[count++] = at;
	}
	return count;
}

static void
plan_service(struct world *w, struct cluster *c, const struct workload *wl,
    struct rng *r)
{
	int64_t times[ROLLOUTS_MAX];
	unsigned count = plan_times(w, wl, r, times);
	unsigned version = (unsigned)rng_below(r, 40);

	for (unsigned i = 0; i < count; i++) {
		struct rollout *ro = add_rollout(c, wl, times[i]);

		ro->version = version + i;
		text_suffix(ro->hash, 10, r);
		plan_pods(c, ro, i + 1 < count ? times[i + 1] : FOREVER, r);
	}
}

static void
plan_job(struct world *w, struct cluster *c, const struct workload *wl,
    struct rng *r)
{
	unsigned version = (unsigned)rng_below(r, 40);

	for (int64_t t = w->start_us + 7 * WORLD_MINUTE; t < w->end_us;
	     t += 4 * CIVIL_US_PER_HOUR) {
		struct rollout *ro =
		    add_rollout(c, wl, t + (int64_t)rng_below(r, 900000));

		ro->version = version + (unsigned)((t - w->start_us) /
						   (9 * CIVIL_US_PER_DAY));
		(void)snprintf(ro->hash, sizeof(ro->hash), "%lld",
		    (long long)(t / WORLD_MINUTE));
		plan_pods(c, ro,
		    ro->time_us + (int64_t)(6 + rng_below(r, 9)) * WORLD_MINUTE,
		    r);
	}
}

void
kube_plan(struct world *w, struct cluster *c)
{
	const struct workload_kind *kinds =
	    kube_workloads(c->eks, &c->workload_count);

	c->workloads = status_calloc(c->workload_count, sizeof(*c->workloads));
	for (size_t i = 0; i < c->workload_count; i++) {
		struct workload *wl = &c->workloads[i];
		struct rng r =
		    world_rng(w, kinds[i].name, hash_mix(c->index, i));

		wl->kind = &kinds[i];
		wl->replicas =
		    kinds[i].replicas ? kinds[i].replicas : c->node_count;
		if (strcmp(kinds[i].kind, "CronJob") != 0 &&
		    kinds[i].replicas > 1)
			wl->replicas *= w->replicas_factor;
		text_uuid_of(wl->uid, rng_next(&r), rng_next(&r));
		if (!strcmp(kinds[i].kind, "CronJob"))
			plan_job(w, c, wl, &r);
		else
			plan_service(w, c, wl, &r);
	}
}

const struct pod *
kube_pod(const struct cluster *c, const char *path, int64_t time_us, unsigned n)
{
	struct span name = span_str(path), ns = span_cut(&name, '/');

	for (unsigned round = 0; round <= n; round++) {
		bool any = false;

		for (size_t i = 0; i < c->pod_count; i++) {
			const struct pod *p = &c->pods[i];

			if (p->from_us > time_us || p->to_us <= time_us ||
			    !span_equal(
				span_str(p->workload->kind->name), name) ||
			    !span_equal(span_str(p->workload->kind->ns), ns))
				continue;
			any = true;
			if (n-- == 0)
				return p;
		}
		if (!any)
			return NULL;
	}
	return NULL;
}

static void
pod_text(struct buf *out, const struct pod *p, const struct kube_birth *b,
    bool answer)
{
	const char *app = p->workload->kind->name;
	buf_add_str(out, "{\"kind\":\"Pod\",\"apiVersion\":\"v1\","
			 "\"metadata\":{");
	if (answer || b->owner == NULL)
		buf_printf(out, "\"name\":\"%s\",\"namespace\":\"%s\",",
		    p->name, b->ns);
	if (answer) {
		buf_printf(
		    out, "\"uid\":\"%s\",\"creationTimestamp\":\"", p->uid);
		text_time(out, b->time_us);
		buf_add_str(out, "\",");
	}
	if (b->owner != NULL)
		buf_printf(out, "\"generateName\":\"%s-\",", b->owner);
	buf_printf(
	    out, "\"labels\":{\"app\":\"%s\",\"team\":\"%s\"}", app, b->ns);
	if (b->owner != NULL)
		buf_printf(out,
		    ",\"ownerReferences\":[{\"apiVersion\":\"%s\",\"kind\":"
		    "\"%s\",\"name\":\"%s\",\"uid\":\"%s\",\"controller\":true,"
		    "\"blockOwnerDeletion\":true}]",
		    !strcmp(b->owner_kind, "Job") ? "batch/v1" : "apps/v1",
		    b->owner_kind, b->owner, p->workload->uid);
	buf_printf(out,
	    "},\"spec\":{\"containers\":[{\"name\":\"%s\",\"image\":\"%s\","
	    "\"resources\":{\"requests\":{\"cpu\":\"100m\",\"memory\":"
	    "\"256Mi\"}},\"imagePullPolicy\":\"IfNotPresent\"%s}],"
	    "\"restartPolicy\":\"Always\",\"serviceAccountName\":\"%s\","
	    "\"dnsPolicy\":\"ClusterFirst\"%s}%s}",
	    app, p->image, b->spec ? b->spec : "", b->account,
	    b->pod_spec ? b->pod_spec : "",
	    answer ? ",\"status\":{\"phase\":\"Pending\",\"qosClass\":"
		     "\"Burstable\"}"
		   : "");
}

static void
bind_pod(struct world *w, struct cluster *c, const struct pod *p,
    const struct kube_birth *b)
{
	static const struct kube_user scheduler = { "system:kube-scheduler", "",
		"\"system:authenticated\"", NULL,
		"kube-scheduler/v1.29.7 (linux/amd64) kubernetes/4e43e0c/"
		"scheduler",
		"10.20.0.140" };
	char body[400];

	(void)snprintf(body, sizeof(body),
	    "{\"kind\":\"Binding\",\"apiVersion\":\"v1\",\"metadata\":{"
	    "\"name\":\"%s\",\"namespace\":\"%s\",\"uid\":\"%s\"},\"target\":"
	    "{\"kind\":\"Node\",\"name\":\"%s\"}}",
	    p->name, b->ns, p->uid, p->node->name);
	audit_call(w, c,
	    &(struct audit_call){ .user = &scheduler,
		.time_us = b->time_us + 34000,
		.verb = "create",
		.resource = "pods",
		.sub = "binding",
		.ns = b->ns,
		.name = p->name,
		.code = 201,
		.body = body,
		.step = -1 });
}

static void
report_pod(struct world *w, struct cluster *c, const struct pod *p,
    const struct kube_birth *b)
{
	struct kube_names names;
	struct kube_user kubelet = audit_kubelet(p->node, &names);
	struct buf body = { 0 };

	buf_printf(&body,
	    "{\"metadata\":{\"uid\":\"%s\"},\"status\":{\"conditions\":[{"
	    "\"status\":\"True\",\"type\":\"Ready\"}],\"containerStatuses\":[{"
	    "\"containerID\":\"containerd://",
	    p->uid);
	for (unsigned i = 0; i < 4; i++)
		text_hex(&body,
		    hash_seeded(&HASH_KEY_DEFAULT, i, span_str(p->uid)), 16);
	buf_printf(&body,
	    "\",\"image\":\"%s\",\"name\":\"%s\",\"ready\":true,"
	    "\"restartCount\":0}],\"hostIP\":\"%s\",\"phase\":\"Running\","
	    "\"podIP\":\"%s\",\"podIPs\":[{\"ip\":\"%s\"}]}}",
	    p->image, p->workload->kind->name, p->node->ip, p->ip, p->ip);
	audit_call(w, c,
	    &(struct audit_call){ .user = &kubelet,
		.time_us = b->time_us + 3400000,
		.verb = "patch",
		.resource = "pods",
		.sub = "status",
		.ns = b->ns,
		.name = p->name,
		.body = buf_text(&body),
		.step = -1 });
	buf_done(&body);
}

void
kube_pod_starts(struct world *w, struct cluster *c, const struct pod *p,
    const struct kube_birth *b)
{
	struct kube_names names;
	struct kube_user user = { 0 };
	struct buf body = { 0 }, answer = { 0 };

	pod_text(&body, p, b, false);
	pod_text(&answer, p, b, true);
	if (b->controller != NULL) {
		char agent[160];

		(void)snprintf(agent, sizeof(agent),
		    "kube-controller-manager/v1.29.7 (linux/amd64) "
		    "kubernetes/4e43e0c/system:serviceaccount:kube-system:%s",
		    b->controller);
		user = audit_service(
		    w, "kube-system", b->controller, agent, &names);
		audit_call(w, c,
		    &(struct audit_call){ .user = &user,
			.time_us = b->time_us,
			.verb = "create",
			.resource = "pods",
			.ns = b->ns,
			.code = 201,
			.body = buf_text(&body),
			.answer = buf_text(&answer),
			.step = b->step });
	}
	bind_pod(w, c, p, b);
	report_pod(w, c, p, b);
	buf_done(&body);
	buf_done(&answer);
}
