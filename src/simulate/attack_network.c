#include <stdio.h>

#include "base/hash.h"
#include "simulate/attack.h"
#include "simulate/flow.h"
#include "simulate/kube.h"
#include "simulate/lookup.h"
#include "simulate/people.h"
#include "simulate/text.h"
#include "simulate/traffic.h"
#include "simulate/trail.h"

/* The pod that was taken over; names it in the truth. */
static const struct pod *
victim(struct world *w, const char *path, int64_t time_us)
{
	struct cluster *c = world_eks(w);
	const struct pod *p = kube_pod(c, path, time_us, 0);
	char name[200];

	if (p == NULL)
		return NULL;
	(void)snprintf(
	    name, sizeof(name), "%s/%s", p->workload->kind->ns, p->name);
	truth_name(w->truth, "actors", name);
	truth_name(w->truth, "addresses", p->ip);
	truth_name(w->truth, "clusters", c->name);
	truth_name(w->truth, "accounts", c->account->id);
	return p;
}

void
attack_dns_tunnel(struct world *w)
{
	int64_t t = world_attack_day(w, "dns-tunnel") + 11 * CIVIL_US_PER_HOUR +
		    4 * WORLD_MINUTE;
	const struct pod *p = victim(w, "data/reports", t);
	struct rng r = world_rng(w, "dns-tunnel", 1);
	int step = truth_step(w->truth, "carries data out in query names");

	truth_name(w->truth, "targets", "cdn-metrics-sync.net");
	for (unsigned i = 0; p != NULL && i < 2600; i++) {
		char label[64], name[300];
		bool txt = rng_below(&r, 3) > 0;

		text_id(label, 48 + (unsigned)rng_below(&r, 12), &r);
		for (char *s = label; *s != '\0'; s++)
			if (*s >= 'A' && *s <= 'Z')
				*s = (char)(*s + 32);
		(void)snprintf(name, sizeof(name),
		    "%s.%04x.t.cdn-metrics-sync.net.", label, i);
		t += 600000 + (int64_t)(rng_exponential(&r, 1.6) * 1e6);
		lookup_write(w, &(struct lookup){ .cluster = world_eks(w),
				    .source = p->ip,
				    .instance = p->node->instance,
				    .name = name,
				    .type = txt ? "TXT" : "A",
				    .answer = txt ? "\"ok\"" : "22.19.88.20",
				    .time_us = t,
				    .step = step });
	}
}

struct beacon {
	const char *path, *what, *address;
	int64_t from_us, until_us, period_us;
	double jitter;
};

static void
beacon(struct world *w, const struct beacon *b)
{
	struct cluster *c = world_eks(w);
	struct rng r = world_rng(w, b->path, 21);
	int step = truth_step(w->truth, b->what);

	truth_name(w->truth, "targets", b->address);
	for (int64_t t = b->from_us; t < b->until_us && t < w->end_us;) {
		const struct pod *p = victim(w, b->path, t);
		struct flow_talk talk;

		if (p != NULL) {
			talk = traffic_outwards(w, c, p, b->address, 443);
			talk.time_us = t;
			talk.seconds = 2;
			talk.src_port = 33000 + (unsigned)rng_below(&r, 20000);
			talk.bytes_out = 612 + rng_below(&r, 24);
			talk.bytes_in = 1480 + rng_below(&r, 16);
			talk.step = step;
			flow_talk(w, &talk);
		}
		t += b->period_us + (int64_t)((2.0 * rng_unit(&r) - 1.0) *
					      b->jitter * (double)b->period_us);
	}
}

void
attack_slow_beacon(struct world *w)
{
	char hourly[16], often[16];
	int64_t t = world_attack_day(w, "slow-beacon") + 6 * CIVIL_US_PER_HOUR;

	world_stranger_address(hourly, hash_mix(w->seed, 620));
	world_stranger_address(often, hash_mix(w->seed, 621));
	beacon(w, &(struct beacon){ .path = "monitoring/grafana",
		      .what = "calls home every hour for days",
		      .address = hourly,
		      .from_us = t,
		      .until_us = w->end_us,
		      .period_us = CIVIL_US_PER_HOUR,
		      .jitter = 0.06 });
	beacon(w, &(struct beacon){ .path = "data/etl",
		      .what = "calls home every ten minutes",
		      .address = often,
		      .from_us = t + 3 * CIVIL_US_PER_HOUR,
		      .until_us = w->end_us,
		      .period_us = 10 * WORLD_MINUTE,
		      .jitter = 0.08 });
}

struct probe {
	const struct pod *from;
	const char *to;
	unsigned port;
	bool rejected;
	int64_t time_us;
	int step;
};

static void
probe(struct world *w, const struct probe *p)
{
	struct cluster *c = world_eks(w);
	struct flow_talk talk = traffic_outwards(w, c, p->from, p->to, p->port);

	talk.time_us = p->time_us;
	talk.seconds = 1;
	talk.src_port = 41000 + p->port % 20000;
	talk.by_nat = strncmp(p->to, "10.", 3) != 0;
	talk.rejected = p->rejected && !talk.by_nat;
	talk.unanswered = !talk.rejected;
	talk.bytes_out = 60;
	talk.step = p->step;
	flow_talk(w, &talk);
}

void
attack_portscan(struct world *w)
{
	int64_t t = world_attack_day(w, "portscan") + 15 * CIVIL_US_PER_HOUR;
	const struct pod *p = victim(w, "shop/cart", t);
	struct rng r = world_rng(w, "portscan", 1);
	struct probe one = { .from = p };
	char to[16];

	if (p == NULL)
		return;
	one.to = "10.20.200.11";
	one.step = truth_step(w->truth, "scans the ports of the database");
	truth_name(w->truth, "targets", one.to);
	for (unsigned port = 1; port <= 600; port++) {
		one.port = port * 7 % 1024 + (port > 512 ? 8000 : 0);
		one.rejected = rng_below(&r, 8) > 0;
		one.time_us = t += 700000;
		probe(w, &one);
	}
	t += 20 * WORLD_MINUTE;
	one.to = to;
	one.port = 22;
	one.step = truth_step(w->truth, "sweeps port 22 of its neighbours");
	for (unsigned host = 0; host < 400; host++) {
		(void)snprintf(to, sizeof(to), "10.20.%u.%u", 10 + host / 100,
		    2 + host % 100 * 2);
		one.rejected = rng_below(&r, 4) > 0;
		one.time_us = t += 500000;
		probe(w, &one);
	}
	t += 20 * WORLD_MINUTE;
	one.port = 6379;
	one.step = truth_step(w->truth, "sweeps port 6379 of the internet");
	for (unsigned host = 0; host < 500; host++) {
		world_stranger_address(to, hash_mix(7700, host));
		one.time_us = t += 450000;
		probe(w, &one);
	}
}

static struct flow_talk
ssh(struct world *w, const char *from)
{
	return (struct flow_talk){ .account = &w->accounts[PROD],
		.src = from,
		.dst = "10.20.0.20",
		.dst_eni = "eni-0a1b0c0d0e0f00002",
		.dst_instance = "i-0ba57104ba57104ba",
		.port = 22 };
}

void
attack_ssh_bruteforce(struct world *w)
{
	int64_t t = world_attack_day(w, "ssh-bruteforce") + CIVIL_US_PER_HOUR +
		    33 * WORLD_MINUTE;
	struct rng r = world_rng(w, "ssh-bruteforce", 1);
	struct flow_talk talk;
	char from[16];

	world_stranger_address(from, hash_mix(w->seed, 622));
	truth_name(w->truth, "actors", from);
	truth_name(w->truth, "addresses", from);
	truth_name(w->truth, "targets", "i-0ba57104ba57104ba");
	truth_name(w->truth, "accounts", w->accounts[PROD].id);
	talk = ssh(w, from);
	talk.step = truth_step(w->truth, "guesses passwords");
	for (unsigned i = 0; i < 520; i++) {
		t += 1500000 + (int64_t)rng_below(&r, 3000000);
		talk.time_us = t;
		talk.seconds = 3;
		talk.src_port = 35000 + i * 37 % 25000;
		talk.bytes_out = 1900 + rng_below(&r, 90);
		talk.bytes_in = 2500 + rng_below(&r, 90);
		talk.packets = 13 + rng_below(&r, 3);
		flow_talk(w, &talk);
	}
	talk.step = truth_step(w->truth, "gets in and stays");
	talk.packets = 0;
	for (unsigned i = 0; i < 4; i++) {
		talk.time_us =
		    t + WORLD_MINUTE + (int64_t)i * 10 * WORLD_MINUTE;
		talk.seconds = 580;
		talk.src_port = 51515;
		talk.bytes_out = 140000 + rng_below(&r, 90000);
		talk.bytes_in = 900000 + rng_below(&r, 900000);
		flow_talk(w, &talk);
	}
}

void
attack_dga(struct world *w)
{
	static const char *const tops[] = { "com", "net", "biz", "info", "ru",
		"org" };
	int64_t t =
	    world_attack_day(w, "dga") + 7 * CIVIL_US_PER_HOUR + WORLD_MINUTE;
	struct cluster *c = world_eks(w);
	const struct pod *p = victim(w, "shop/web", t);
	struct rng r = world_rng(w, "dga", 1);
	struct flow_talk talk;
	int step = truth_step(w->truth, "asks for generated names");
	char server[16], name[64];

	if (p == NULL)
		return;
	world_stranger_address(server, hash_mix(w->seed, 623));
	for (unsigned i = 0; i < 340; i++) {
		char label[32];
		unsigned len = 11 + (unsigned)rng_below(&r, 9);

		for (unsigned j = 0; j < len; j++)
			label[j] = (char)('a' + rng_below(&r, 26));
		label[len] = '\0';
		(void)snprintf(name, sizeof(name), "%s.%s.", label,
		    tops[rng_below(&r, COUNTOF(tops))]);
		t += (int64_t)(rng_exponential(&r, 9.0) * 1e6) + 200000;
		lookup_write(w, &(struct lookup){ .cluster = c,
				    .source = p->ip,
				    .instance = p->node->instance,
				    .name = name,
				    .answer = i == 339 ? server : NULL,
				    .time_us = t,
				    .step = step });
	}
	truth_name(w->truth, "targets", name);
	step = truth_step(w->truth, "takes orders from the one that exists");
	talk = traffic_outwards(w, c, p, server, 8080);
	for (unsigned i = 0; i < 6; i++) {
		talk.time_us =
		    t + CIVIL_US_PER_S + (int64_t)i * 11 * WORLD_MINUTE;
		talk.seconds = 4;
		talk.src_port = 38000 + i * 11;
		talk.bytes_out = 900;
		talk.bytes_in = 5200 + rng_below(&r, 9000);
		talk.step = step;
		flow_talk(w, &talk);
	}
}
