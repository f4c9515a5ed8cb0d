#include "simulate/traffic.h"

#include <stdio.h>

#include "base/hash.h"
#include "simulate/flow.h"
#include "simulate/lookup.h"
#include "simulate/place.h"
#include "simulate/text.h"

#define WINDOW (10 * WORLD_MINUTE)
#define ALB_ENI "eni-0a1b0c0d0e0f00001"
#define ALB_ADDRESS "10.20.0.66"
#define BASTION_ENI "eni-0a1b0c0d0e0f00002"

struct flow_talk
traffic_outwards(struct world *w, const struct cluster *c, const struct pod *p,
    const char *address, unsigned port)
{
	(void)w;
	return (struct flow_talk){
		.account = c->account,
		.src = p->ip,
		.dst = address,
		.src_eni = p->node->eni,
		.src_instance = p->node->instance,
		.port = port,
		.by_nat = true,
		.step = -1,
	};
}

static void
ask(struct world *w, struct cluster *c, const struct pod *p,
    const struct lookup *l)
{
	struct lookup q = *l;
	char noise[300];
	static const char *const searches[] = { ".svc.cluster.local.",
		".cluster.local.", ".tidewater.example." };

	q.cluster = c;
	q.source = p->ip;
	q.instance = p->node->instance;
	q.step = -1;
	/* ndots:5 tries the search path first; a cluster's own DNS shows all
	 * of it, the VPC's resolver only what is forwarded. */
	for (size_t i = 0; i < COUNTOF(searches); i++) {
		struct lookup miss = q;

		if (c->eks && (uint64_t)q.time_us % 13 != i)
			continue;
		(void)snprintf(noise, sizeof(noise), "%.*s%s%s%s",
		    (int)(strlen(q.name) - 1), q.name, i == 0 ? "." : "",
		    i == 0 ? p->workload->kind->ns : "", searches[i]);
		miss.name = noise;
		miss.answer = NULL;
		miss.time_us += (int64_t)i * 700;
		lookup_write(w, &miss);
	}
	q.time_us += 2500;
	lookup_write(w, &q);
}

static void
ask_place(struct world *w, struct cluster *c, const struct pod *p,
    const struct lookup *at)
{
	const struct place *place = place_named(at->name);
	struct lookup l = *at;
	char name[300];
	uint64_t dice = hash_mix((uint64_t)at->time_us, w->seed);
	struct rng r;

	rng_seed(&r, dice);
	if (place->random) {
		struct buf label = { 0 };

		text_hex(&label, rng_next(&r), 16);
		text_hex(&label, rng_next(&r), 10);
		(void)snprintf(name, sizeof(name), "%s.%s.", buf_text(&label),
		    place->domain);
		buf_done(&label);
	} else {
		(void)snprintf(name, sizeof(name), "%s.", place->domain);
	}
	l.name = name;
	l.answer = at->type && !strcmp(at->type, "AAAA") ? "" : at->answer;
	ask(w, c, p, &l);
}

static void
talk_place(struct world *w, struct cluster *c, const struct pod *p,
    const struct edge *e, struct flow_talk *t)
{
	const struct place *place = place_named(e->to);
	const char *address = place->address[t->src_port % 3];

	t->dst = address;
	t->port = place->port;
	t->proto = place->port == 123 ? 17 : 6;
	t->dst_service = place->service;
	t->by_nat = !place->inside && strcmp(place->service, "S3") != 0;
	if (place->inside)
		t->dst_eni =
		    place->port == 5432 ? "eni-0db0000000000dada" : NULL;
	flow_talk(w, t);
	/* A connection begins with a name, where the cache has lost it. */
	if (place->domain[0] != '\0' && t->src_port % 10 < 4)
		ask_place(w, c, p,
		    &(struct lookup){ .name = e->to,
			.answer = address,
			.type = t->src_port % 10 == 3 ? "AAAA" : "A",
			.time_us = t->time_us - 40000 });
}

static void
talk(struct world *w, struct cluster *c, const struct pod *p,
    const struct edge *e, struct flow_talk *t)
{
	const struct pod *peer;
	char name[200];

	if (strchr(e->to, '/') == NULL) {
		talk_place(w, c, p, e, t);
		return;
	}
	peer = kube_pod(c, e->to, t->time_us, t->src_port % 7);
	if (peer == NULL)
		return;
	t->dst = peer->ip;
	t->dst_eni = peer->node->eni;
	t->dst_instance = peer->node->instance;
	t->port = e->port;
	t->by_nat = false;
	flow_talk(w, t);
	if (!c->eks && t->src_port % 10 < 4) {
		(void)snprintf(name, sizeof(name), "%s.%s.svc.cluster.local.",
		    peer->workload->kind->name, peer->workload->kind->ns);
		lookup_write(w, &(struct lookup){ .cluster = c,
				    .source = p->ip,
				    .name = name,
				    .answer = peer->ip,
				    .time_us = t->time_us - 30000,
				    .step = -1 });
	}
}

static void
live_edge(struct world *w, struct cluster *c, const struct pod *p,
    const struct edge *e)
{
	struct rng r = world_rng(
	    w, p->uid, hash_seeded(&HASH_KEY_DEFAULT, 5, span_str(e->to)));
	int64_t from = p->from_us > w->start_us ? p->from_us : w->start_us;

	for (int64_t t = from + 20 * CIVIL_US_PER_S;
	     t < p->to_us && t < w->end_us; t += WINDOW) {
		int64_t at = t + (int64_t)(rng_unit(&r) * 5.2e8);
		double load = world_load(w, at);
		double size = (double)e->kbytes * 1024.0 * (0.4 + load) *
			      (0.7 + 0.6 * rng_unit(&r));
		struct flow_talk talking = traffic_outwards(w, c, p, NULL, 0);

		if (rng_unit(&r) > e->share * (0.35 + 0.9 * load) ||
		    at >= p->to_us)
			continue;
		talking.time_us = at;
		talking.seconds = 1 + (unsigned)rng_below(&r, 58);
		talking.src_port = 32768 + (unsigned)rng_below(&r, 28000);
		talking.bytes_in = (uint64_t)size + 300;
		talking.bytes_out =
		    (uint64_t)(size * 0.12) + 700 + rng_below(&r, 900);
		talk(w, c, p, e, &talking);
	}
}

/* The load balancer asks its targets how they are, and brings visitors. */
static void
live_balancer(struct world *w, struct cluster *c)
{
	struct rng r = world_rng(w, "balancer", c->index);
	char visitor[16];

	if (!c->eks || c->index != 0)
		return;
	for (int64_t t = w->start_us + CIVIL_US_PER_HOUR; t < w->end_us;
	     t += 20 * WORLD_MINUTE) {
		int64_t at = t + (int64_t)rng_below(&r, 500000000);
		const struct pod *p = kube_pod(c, "ingress-nginx/controller",
		    at, (unsigned)rng_below(&r, 2));
		struct flow_talk to = { .account = c->account,
			.src = ALB_ADDRESS,
			.src_eni = ALB_ENI,
			.src_port = 10240 + (unsigned)rng_below(&r, 50000),
			.port = 8443,
			.time_us = at,
			.seconds = 40,
			.bytes_out = 4000 + rng_below(&r, 60000),
			.bytes_in = 90000 + rng_below(&r, 900000),
			.step = -1 };

		if (p == NULL)
			continue;
		to.dst = p->ip;
		to.dst_eni = p->node->eni;
		to.dst_instance = p->node->instance;
		flow_talk(w, &to);
		world_stranger_address(visitor, 100000 + rng_below(&r, 4000));
		to.src = visitor;
		to.src_eni = NULL;
		to.dst = ALB_ADDRESS;
		to.dst_eni = ALB_ENI;
		to.dst_instance = NULL;
		to.port = 443;
		flow_talk(w, &to);
	}
}

/* Nodes: agents, registries, time. */
static void
live_nodes(struct world *w, struct cluster *c)
{
	static const char *const places[] = { "ec2messages", "ssm", "ecr",
		"sts", "ntp" };

	for (unsigned n = 0; c->eks && n < c->node_count; n++) {
		const struct node *node = &c->nodes[n];
		struct rng r = world_rng(w, "node talk", hash_mix(c->index, n));
		struct pod self = { .node = node,
			.workload = &c->workloads[0] };

		(void)snprintf(self.ip, sizeof(self.ip), "%s", node->ip);
		for (int64_t t = w->start_us; t < w->end_us;
		     t += 50 * WORLD_MINUTE) {
			struct edge e = { places[rng_below(&r, 5)], 0, 0, 3 };
			struct flow_talk talking =
			    traffic_outwards(w, c, &self, NULL, 0);

			talking.time_us =
			    t + (int64_t)rng_below(&r, 2900000000);
			talking.seconds = 5;
			talking.src_port =
			    32768 + (unsigned)rng_below(&r, 28000);
			talking.bytes_in = 4000 + rng_below(&r, 3000);
			talking.bytes_out = 1500 + rng_below(&r, 900);
			talk(w, c, &self, &e, &talking);
		}
	}
}

void
traffic_cluster(struct world *w, struct cluster *c)
{
	for (size_t i = 0; i < c->pod_count; i++)
		for (unsigned e = 0; e < KUBE_EDGES_MAX; e++) {
			const struct pod *p = &c->pods[i];
			const struct edge *edge = &p->workload->kind->edges[e];

			if (edge->to != NULL)
				live_edge(w, c, p, edge);
		}
	live_nodes(w, c);
	live_balancer(w, c);
}

/* The internet knocks on every public door, day and night. */
static void
knock(struct world *w)
{
	static const unsigned ports[] = { 22, 23, 80, 443, 445, 1433, 3306,
		3389, 5060, 5555, 6379, 8080, 8443, 9200, 2375, 5900 };
	struct rng r = world_rng(w, "knock", 0);

	for (int64_t t = w->start_us; t < w->end_us;) {
		bool bastion = rng_below(&r, 2) == 0;
		char from[16];

		t += (int64_t)(rng_exponential(&r, 700.0) * 1e6);
		world_stranger_address(from, rng_below(&r, 60000));
		flow_talk(w,
		    &(struct flow_talk){ .account = &w->accounts[PROD],
			.src = from,
			.dst = bastion ? "10.20.0.20" : ALB_ADDRESS,
			.dst_eni = bastion ? BASTION_ENI : ALB_ENI,
			.dst_instance = bastion ? "i-0ba57104ba57104ba" : NULL,
			.src_port = 1024 + (unsigned)rng_below(&r, 60000),
			.port = ports[rng_below(&r, COUNTOF(ports))],
			.bytes_out = 40 + rng_below(&r, 3) * 4,
			.time_us = t,
			.seconds = 1,
			.rejected = true,
			.step = -1 });
	}
}

/* Staff use the bastion from the office. */
static void
bastion(struct world *w)
{
	struct rng r = world_rng(w, "bastion", 0);

	for (unsigned day = 0; day < w->days; day++) {
		uint64_t logins = !world_is_free(w, world_day(w, day))
				      ? 1 + rng_below(&r, 4)
				      : 0;

		while (logins-- > 0)
			flow_talk(w,
			    &(struct flow_talk){ .account = &w->accounts[PROD],
				.src = world_office(w, world_day(w, day)),
				.dst = "10.20.0.20",
				.dst_eni = BASTION_ENI,
				.dst_instance = "i-0ba57104ba57104ba",
				.src_port =
				    40000 + (unsigned)rng_below(&r, 20000),
				.port = 22,
				.bytes_out = 20000 + rng_below(&r, 60000),
				.bytes_in = 80000 + rng_below(&r, 400000),
				.time_us =
				    world_day(w, day) +
				    (int64_t)((7.5 + 8.0 * rng_unit(&r)) *
					      3.6e9),
				.seconds = 55,
				.step = -1 });
	}
}

/* Staging: a few plain machines, busy in office hours. */
static void
staging(struct world *w)
{
	static const char *const hosts[] = { "10.30.1.15", "10.30.1.22",
		"10.30.2.31" };
	static const char *const enis[] = { "eni-05a9e00000000001a",
		"eni-05a9e00000000001b", "eni-05a9e00000000001c" };
	static const char *const places[] = { "s3", "sqs", "stripe", "debian",
		"github" };
	struct account *a = &w->accounts[STAGING];
	struct rng r = world_rng(w, "staging", 0);

	for (int64_t t = w->start_us; t < w->end_us;) {
		unsigned from = (unsigned)rng_below(&r, 3);
		bool inside = rng_below(&r, 2) == 0;
		const struct place *p = place_named(
		    places[rng_below(&r, 100) < 94 ? rng_below(&r, 3)
						   : 3 + rng_below(&r, 2)]);
		char name[200];

		t += (int64_t)(rng_exponential(&r, 420.0 / world_load(w, t)) *
			       1e6);
		flow_talk(w,
		    &(struct flow_talk){ .account = a,
			.src = hosts[from],
			.src_eni = enis[from],
			.dst = inside ? hosts[(from + 1) % 3] : p->address[0],
			.dst_eni = inside ? enis[(from + 1) % 3] : NULL,
			.src_port = 32768 + (unsigned)rng_below(&r, 28000),
			.port = inside ? 8080 : p->port,
			.bytes_out = 900 + rng_below(&r, 4000),
			.bytes_in = 3000 + rng_below(&r, 60000),
			.time_us = t,
			.seconds = 1 + (unsigned)rng_below(&r, 50),
			.by_nat = !inside,
			.step = -1 });
		(void)snprintf(name, sizeof(name), "%s.", p->domain);
		if (!inside)
			lookup_write(w, &(struct lookup){ .account = a,
					    .source = hosts[from],
					    .name = name,
					    .answer = p->address[0],
					    .time_us = t - 20000,
					    .step = -1 });
	}
}

void
traffic_edge(struct world *w)
{
	knock(w);
	bastion(w);
	staging(w);
}
