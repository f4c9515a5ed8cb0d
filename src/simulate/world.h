/*
 * world.h - who and what exists in a simulated organisation.
 *
 * Built once from the seed, then only read, but for the sinks that the
 * writers fill.  Each part draws from its own generator (world_rng), so that
 * adding one thing, an attack for instance, leaves the rest as it was.
 * The world owns all; one thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/civil.h"
#include "base/rng.h"
#include "simulate/sink.h"
#include "simulate/truth.h"

#define WORLD_CLUSTERS_MAX 32
#define WORLD_NODES_MAX 6
#define WORLD_REGION "eu-west-1"
#define WORLD_OFFICE "198.51.100.17"
#define WORLD_OFFICE_NEW "25.18.253.9" /* after a move */
#define WORLD_MINUTE (60 * CIVIL_US_PER_S)

struct account {
	const char *id, *name;
	const char *vpc, *subnet, *az;
	const char *nat;	/* public address */
	const char *nat_inside; /* the NAT gateway's own */
	const char *nat_eni;
	unsigned flow_version; /* 0: no flow logs */
	int64_t flow_window_us;
	struct sink trail, trail_global, flow, dns;
};

enum world_account { PROD, STAGING, SECURITY, WORLD_ACCOUNTS };

/* Who signs a CloudTrail call. */
enum identity_kind {
	IDENTITY_USER, /* an IAM user, with a long-lived key or console */
	IDENTITY_ROLE, /* a session of a role */
	IDENTITY_ROOT,
	IDENTITY_SERVICE, /* an AWS service */
};

struct identity {
	enum identity_kind kind;
	const struct account *account;
	char name[96];	  /* user, role or service */
	char session[96]; /* of a role */
	char id[24];	  /* AIDA.../AROA... */
	char key[24];
	char address[48];
	char agent[200];
	bool mfa;
	bool from_ec2;	  /* an instance's role: ec2RoleDelivery */
	int64_t since_us; /* session's creation */
};

enum trade { PLATFORM, DEVELOPER, ANALYST, AUDITOR, FINANCE, TRADES };

struct person {
	char name[64]; /* anna.berg */
	char mail[96];
	enum trade trade;
	unsigned index;
	struct identity work; /* usual role in the usual account */
	char kube_uid[40];
	char kube_agent[96];
	char home[16];	  /* address */
	const char *team; /* a namespace */
	int utc_offset_h;
	double start_h; /* of the day, local */
	double at_home; /* share of days worked from home */
	int first_day;	/* hired on this day of the run */
	bool execs;	/* uses kubectl exec now and then */
	struct rng habit;
};

struct node {
	char name[64], ip[16], instance[24], eni[24];
};

struct place;

struct workload {
	const struct workload_kind *kind;
	unsigned replicas;
	char uid[37];
};

struct pod {
	char name[96], ip[16], uid[37];
	const struct node *node;
	const struct workload *workload;
	char image[160];
	int64_t from_us, to_us;
};

struct rollout {
	int64_t time_us;
	const struct workload *workload;
	unsigned version;
	char hash[24]; /* of the ReplicaSet, or the job's number */
	size_t first_pod, pod_count;
};

struct cluster {
	char name[32];
	unsigned index;
	bool eks;
	struct account *account; /* NULL: no AWS account */
	struct node nodes[WORLD_NODES_MAX];
	unsigned node_count;
	struct workload *workloads;
	size_t workload_count;
	struct pod *pods;
	size_t pod_count, pod_size;
	struct rollout *rollouts;
	size_t rollout_count, rollout_size;
	unsigned next_ip;
	struct sink audit, dns;
};

struct world {
	uint64_t seed;
	int64_t start_us, end_us;
	unsigned days;
	unsigned replicas_factor; /* 1; more in scaled worlds */
	struct account accounts[WORLD_ACCOUNTS];
	struct cluster clusters[WORLD_CLUSTERS_MAX];
	unsigned cluster_count;
	struct person *people;
	unsigned person_count;
	/* Benign changes (change.h); 0: never. */
	int64_t office_moves_us, wave_us, holiday_us;
	struct truth *truth;
};

struct world_size {
	uint64_t seed;
	int64_t start_us;
	unsigned days, clusters, people, replicas_factor;
};

/* Build accounts, clusters, nodes and people; no records yet. */
void world_init(struct world *w, const struct world_size *size);
void world_done(struct world *w);

/* A generator for the part `purpose` number `n` of the world. */
struct rng world_rng(const struct world *w, const char *purpose, uint64_t n);

/* The start of day `day` of the run. */
int64_t world_day(const struct world *w, unsigned day);

/* Midnight of an attack: after a week of habits where the run is long
 * enough; the same day for the same name and seed; a working day. */
int64_t world_attack_day(const struct world *w, const char *name);

/* The first EKS cluster, the first of the others (NULL when none). */
struct cluster *world_eks(struct world *w);
struct cluster *world_metal(struct world *w);

/* The number `n` of those who practise `trade`, wrapping around. */
struct person *world_person(struct world *w, enum trade trade, unsigned n);

/* The office's address at a time. */
const char *world_office(const struct world *w, int64_t time_us);

/* Nobody works: a week-end, a holiday. */
bool world_is_free(const struct world *w, int64_t time_us);

/* How busy the world is at a time: 0.25 at night to 1 at noon. */
double world_load(const struct world *w, int64_t time_us);

/* A home network or a stranger's address, stable for `n`: from 25.0.0.0/8
 * and 22.0.0.0/8, which belong to ministries of defence and are not routed on
 * the internet.  (The ranges for documentation are too few networks, those
 * for tests count as private.) */
void world_home_address(char text[16], uint64_t n);
void world_stranger_address(char text[16], uint64_t n);
