#include "simulate/world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "simulate/flow.h"
#include "simulate/text.h"

static const struct account ACCOUNTS[] = {
	[PROD] = { .id = "210987654321",
	    .name = "prod",
	    .vpc = "vpc-0a1b2c3d4e5f60718",
	    .subnet = "subnet-0c4f1a7733b1e0a52",
	    .az = "euw1-az1",
	    .nat = "52.49.18.77",
	    .nat_inside = "10.20.0.9",
	    .nat_eni = "eni-0b0e7d1c2a3f40001",
	    .flow_version = 5,
	    .flow_window_us = 600 * CIVIL_US_PER_S },
	[STAGING] = { .id = "310987654322",
	    .name = "staging",
	    .vpc = "vpc-0f1e2d3c4b5a69788",
	    .subnet = "subnet-0d7733b1e0a52c4f1",
	    .az = "euw1-az2",
	    .nat = "52.50.201.14",
	    .nat_inside = "10.30.0.9",
	    .nat_eni = "eni-0b0e7d1c2a3f40002",
	    .flow_version = 2,
	    .flow_window_us = 60 * CIVIL_US_PER_S },
	[SECURITY] = { .id = "410987654323", .name = "security" },
};

static const char *const FIRST[] = { "anna", "bruno", "chidi", "dana", "emil",
	"farah", "greta", "hugo", "ines", "jonas", "karin", "liam", "mira",
	"nils", "olga", "pavel", "quinn", "rosa", "sven", "tara", "umar",
	"vera", "wei", "yara", "zoe" };
static const char *const LAST[] = { "berg", "costa", "diaz", "engel", "frost",
	"galli", "hahn", "ito", "jansen", "kaur", "lund", "moreau", "novak",
	"okafor", "petit", "quist", "rossi", "silva", "toth", "urban", "vogel",
	"weiss", "young" };
static const char *const TEAMS[] = { "shop", "payments", "data", "shop",
	"payments" };

/* The trades of the first fourteen; a larger company repeats them. */
static const enum trade STAFF[] = { PLATFORM, DEVELOPER, DEVELOPER, DEVELOPER,
	ANALYST, PLATFORM, DEVELOPER, AUDITOR, DEVELOPER, FINANCE, ANALYST,
	DEVELOPER, PLATFORM, DEVELOPER };

static const char *const ROLES[TRADES] = {
	[PLATFORM] = "AWSReservedSSO_PlatformAdmin_6a1e9f02c4d7b835",
	[DEVELOPER] = "AWSReservedSSO_Developer_1b7c0e55d2a94f63",
	[ANALYST] = "AWSReservedSSO_DataAnalyst_90d3a7e1b6f2c845",
	[AUDITOR] = "AWSReservedSSO_SecurityAudit_c25f8b4e7d0a1936",
	[FINANCE] = "finance",
};

struct rng
world_rng(const struct world *w, const char *purpose, uint64_t n)
{
	struct rng r;

	rng_fork(&r, hash_mix(w->seed, n), span_str(purpose));
	return r;
}

int64_t
world_day(const struct world *w, unsigned day)
{
	return w->start_us + (int64_t)day * CIVIL_US_PER_DAY;
}

int64_t
world_attack_day(const struct world *w, const char *name)
{
	struct rng r = world_rng(w, name, 77);
	unsigned first = w->days > 9 ? 8 : w->days * 2 / 3;
	unsigned span = w->days > first + 1 ? w->days - first - 1 : 1;
	unsigned day = first + (unsigned)rng_below(&r, span < 5 ? span : 5);

	for (unsigned tries = 0; tries < 7; tries++) {
		if (civil_weekday(world_day(w, day)) < 5)
			break;
		day = day + 1 < w->days ? day + 1 : first;
	}
	return world_day(w, day);
}

struct cluster *
world_eks(struct world *w)
{
	return &w->clusters[0];
}

struct cluster *
world_metal(struct world *w)
{
	return w->cluster_count > 1 ? &w->clusters[1] : NULL;
}

struct person *
world_person(struct world *w, enum trade trade, unsigned n)
{
	for (unsigned round = 0;; round++) {
		for (unsigned i = 0; i < w->person_count; i++)
			if (w->people[i].trade == trade && n-- == 0)
				return &w->people[i];
		ASSERT(round < 100);
	}
}

const char *
world_office(const struct world *w, int64_t time_us)
{
	return w->office_moves_us && time_us >= w->office_moves_us
		   ? WORLD_OFFICE_NEW
		   : WORLD_OFFICE;
}

bool
world_is_free(const struct world *w, int64_t time_us)
{
	return civil_weekday(time_us) >= 5 ||
	       (w->holiday_us &&
		   civil_day(time_us) == civil_day(w->holiday_us));
}

double
world_load(const struct world *w, int64_t time_us)
{
	double hour =
	    (double)(time_us % CIVIL_US_PER_DAY) / (double)CIVIL_US_PER_HOUR;
	double day = 0.62 - 0.38 * cos((hour - 1.5) * 6.283185307 / 24.0);

	return world_is_free(w, time_us) ? 0.7 * day : day;
}

void
world_home_address(char text[16], uint64_t n)
{
	uint64_t h = hash_mix(n, 0x686f6d65);

	(void)snprintf(text, 16, "25.18.%u.%u", (unsigned)(h % 251),
	    (unsigned)(1 + (h >> 20) % 253));
}

void
world_stranger_address(char text[16], uint64_t n)
{
	uint64_t h = hash_mix(n, 0x73747261);

	(void)snprintf(text, 16, "22.19.%u.%u", (unsigned)(h % 251),
	    (unsigned)(1 + (h >> 20) % 253));
}

static struct sink
sink_of(const struct world *w, enum sink_kind kind, const char *account,
    const char *name)
{
	struct sink s = { .kind = kind };

	(void)snprintf(s.account, sizeof(s.account), "%s", account);
	(void)snprintf(s.region, sizeof(s.region), WORLD_REGION);
	(void)snprintf(s.name, sizeof(s.name), "%s", name);
	s.slice_us = 30 * WORLD_MINUTE;
	s.seed = hash_seeded(
	    &HASH_KEY_DEFAULT, w->seed + (uint64_t)kind, span_str(name));
	s.seed = hash_mix(
	    s.seed, hash_seeded(&HASH_KEY_DEFAULT, 1, span_str(account)));
	return s;
}

static void
init_accounts(struct world *w)
{
	for (unsigned i = 0; i < WORLD_ACCOUNTS; i++) {
		struct account *a = &w->accounts[i];
		char flow_id[24];

		*a = ACCOUNTS[i];
		a->trail = sink_of(w, SINK_TRAIL, a->id, "trail");
		a->trail_global = sink_of(w, SINK_TRAIL, a->id, "global");
		(void)snprintf(a->trail_global.region,
		    sizeof(a->trail_global.region), "us-east-1");
		a->trail_global.slice_us = CIVIL_US_PER_HOUR;
		(void)snprintf(
		    flow_id, sizeof(flow_id), "fl-0%s%u", a->id, 1000 + i);
		a->flow = sink_of(w, SINK_FLOW, a->id, flow_id);
		a->flow.header = flow_header(a->flow_version);
		a->dns = sink_of(w, SINK_DNS, a->id, a->vpc ? a->vpc : "none");
		a->dns.slice_us = CIVIL_US_PER_HOUR;
	}
}

static void
init_nodes(const struct world *w, struct cluster *c)
{
	struct rng r = world_rng(w, "nodes", c->index);
	/* A copy, as gcc fears that source and target overlap. */
	char cluster[sizeof(c->name)];

	memcpy(cluster, c->name, sizeof(cluster));
	c->node_count = c->eks ? 4 : 3;
	for (unsigned i = 0; i < c->node_count; i++) {
		struct node *n = &c->nodes[i];
		unsigned host = 11 + 13 * i + (unsigned)rng_below(&r, 11);

		if (c->eks) {
			(void)snprintf(n->ip, sizeof(n->ip), "10.%u.%u.%u",
			    c->index == 0 ? 20 : 30 + c->index, 10 + i, host);
			(void)snprintf(n->name, sizeof(n->name),
			    "ip-10-%u-%u-%u.%s.compute.internal",
			    c->index == 0 ? 20 : 30 + c->index, 10 + i, host,
			    WORLD_REGION);
		} else {
			(void)snprintf(n->ip, sizeof(n->ip), "172.16.%u.%u",
			    c->index, host);
			(void)snprintf(n->name, sizeof(n->name), "%s-node-%u",
			    cluster, i + 1);
		}
		(void)snprintf(n->instance, sizeof(n->instance), "i-0%016llx",
		    (unsigned long long)rng_next(&r));
		(void)snprintf(n->eni, sizeof(n->eni), "eni-0%016llx",
		    (unsigned long long)rng_next(&r));
	}
}

static void
init_clusters(struct world *w)
{
	for (unsigned i = 0; i < w->cluster_count; i++) {
		struct cluster *c = &w->clusters[i];

		c->index = i;
		c->eks = i % 2 == 0;
		if (c->eks) {
			c->account = &w->accounts[i / 2 % 2];
			(void)snprintf(c->name, sizeof(c->name),
			    i == 0 ? "prod-eu" : "%s-eu-%u",
			    ACCOUNTS[i / 2 % 2].name, i / 2);
		} else {
			(void)snprintf(
			    c->name, sizeof(c->name), "plant-%u", 1 + i / 2);
		}
		c->audit = sink_of(w, c->eks ? SINK_EKS : SINK_METAL,
		    c->eks ? c->account->id : "", c->name);
		if (!c->eks) {
			c->audit.slice_us = 2 * CIVIL_US_PER_HOUR;
			c->dns = sink_of(w, SINK_COREDNS, "", c->name);
			c->dns.slice_us = 2 * CIVIL_US_PER_HOUR;
		}
		init_nodes(w, c);
	}
}

static void
init_agents(struct person *p, struct rng *r)
{
	static const char *const clients[] = {
		"kubectl/v1.29.3 (darwin/arm64) kubernetes/6813625",
		"kubectl/v1.30.1 (linux/amd64) kubernetes/6911225",
		"kubectl/v1.29.6 (windows/amd64) kubernetes/062798d"
	};
	static const char *const browsers[] = {
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/"
		"537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36",
		"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 "
		"Firefox/130.0",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
		"(KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36 "
		"Edg/129.0.0.0"
	};
	unsigned which = (unsigned)rng_below(r, 3);

	(void)snprintf(
	    p->kube_agent, sizeof(p->kube_agent), "%s", clients[which]);
	(void)snprintf(
	    p->work.agent, sizeof(p->work.agent), "%s", browsers[which]);
}

static void
init_person(struct world *w, unsigned i)
{
	struct person *p = &w->people[i];
	struct rng r = world_rng(w, "person", i);
	size_t first = (size_t)i * 7 % COUNTOF(FIRST);
	size_t last = (size_t)i * 5 % COUNTOF(LAST);

	p->index = i;
	p->trade = STAFF[i % COUNTOF(STAFF)];
	if (i < 100)
		(void)snprintf(p->name, sizeof(p->name), "%s.%s", FIRST[first],
		    LAST[last]);
	else
		(void)snprintf(p->name, sizeof(p->name), "%s.%s%u",
		    FIRST[first], LAST[last], i);
	(void)snprintf(
	    p->mail, sizeof(p->mail), "%s@tidewater.example", p->name);
	p->team = TEAMS[i % COUNTOF(TEAMS)];
	p->utc_offset_h = i % 5 == 3 ? 5 : 1;
	p->start_h = 8.0 + 1.5 * rng_unit(&r);
	p->at_home = 0.2 + 0.4 * rng_unit(&r);
	p->execs = p->trade == PLATFORM || (p->trade == DEVELOPER && i % 2);
	world_home_address(p->home, hash_mix(w->seed, i));
	p->work.account = &w->accounts[p->trade == AUDITOR ? SECURITY : PROD];
	p->work.kind = p->trade == FINANCE ? IDENTITY_USER : IDENTITY_ROLE;
	p->work.mfa = p->trade == FINANCE;
	(void)snprintf(p->work.name, sizeof(p->work.name), "%s",
	    p->trade == FINANCE ? p->name : ROLES[p->trade]);
	(void)snprintf(p->work.session, sizeof(p->work.session), "%s", p->mail);
	(void)snprintf(p->work.id, sizeof(p->work.id), "%s",
	    p->trade == FINANCE ? "AIDA" : "AROA");
	/* All sessions of a role share the role's id. */
	struct rng role = world_rng(
	    w, "role id", p->trade == FINANCE ? 1000 + i : (uint64_t)p->trade);
	text_id(p->work.id + 4, 17, &role);
	text_uuid_of(p->kube_uid, rng_next(&r), rng_next(&r));
	init_agents(p, &r);
	p->habit = world_rng(w, "habit", i);
	/* One of them is new. */
	if (i == 11)
		p->first_day = 2;
}

void
world_init(struct world *w, const struct world_size *size)
{
	*w = (struct world){
		.seed = size->seed,
		.start_us = size->start_us,
		.days = size->days,
		.cluster_count = size->clusters,
		.person_count = size->people,
		.replicas_factor = size->replicas_factor,
	};
	w->end_us = world_day(w, w->days);
	w->truth = truth_new();
	init_accounts(w);
	init_clusters(w);
	w->people = status_calloc(w->person_count, sizeof(*w->people));
	for (unsigned i = 0; i < w->person_count; i++)
		init_person(w, i);
}

void
world_done(struct world *w)
{
	for (unsigned i = 0; i < WORLD_ACCOUNTS; i++) {
		sink_done(&w->accounts[i].trail);
		sink_done(&w->accounts[i].trail_global);
		sink_done(&w->accounts[i].flow);
		sink_done(&w->accounts[i].dns);
	}
	for (unsigned i = 0; i < w->cluster_count; i++) {
		sink_done(&w->clusters[i].audit);
		sink_done(&w->clusters[i].dns);
		free(w->clusters[i].workloads);
		free(w->clusters[i].pods);
		free(w->clusters[i].rollouts);
	}
	free(w->people);
	truth_free(w->truth);
}
