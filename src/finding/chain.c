#include "finding/chain.h"

#include <stdlib.h>

#include "finding/finding.h"

#define TITLE_BYTES 240 /* longer titles are cut */

static const char *const fact_names[CHAIN_FACTS] = {
	[CHAIN_ACCESS_KEY] = "access_key",
	[CHAIN_API] = "api",
	[CHAIN_ARN] = "arn",
	[CHAIN_BUCKET] = "bucket",
	[CHAIN_CLIENT] = "client",
	[CHAIN_CLUSTER_KNOWN] = "cluster",
	[CHAIN_CLUSTER_KIND] = "cluster_kind",
	[CHAIN_COMMAND] = "command",
	[CHAIN_DOMAIN] = "domain",
	[CHAIN_IDENTITY_TYPE] = "identity_type",
	[CHAIN_IMAGE] = "image",
	[CHAIN_INSTANCE] = "instance",
	[CHAIN_LOCAL] = "local",
	[CHAIN_NAME] = "name",
	[CHAIN_NAMESPACE] = "namespace",
	[CHAIN_PEER] = "peer",
	[CHAIN_PEER_PORT] = "peer_port",
	[CHAIN_POD] = "pod",
	[CHAIN_PRINCIPAL_ID] = "principal_id",
	[CHAIN_REMOTE] = "remote",
	[CHAIN_RESOURCE_TYPE] = "resource_type",
	[CHAIN_ROLE_NAME] = "role_name",
	[CHAIN_SERVICE] = "service",
	[CHAIN_SERVICE_ACCOUNT] = "service_account",
	[CHAIN_SERVICE_ACCOUNT_NAMESPACE] = "service_account_namespace",
	[CHAIN_SESSION] = "session",
	[CHAIN_SUBRESOURCE] = "subresource",
	[CHAIN_USER] = "user",
	[CHAIN_USER_AGENT] = "user_agent",
	[CHAIN_USER_NAME] = "user_name",
	[CHAIN_VERB] = "verb",
	[CHAIN_VPC] = "vpc",
	[CHAIN_WORKLOAD] = "workload",
};

const char *
chain_fact_name(enum chain_fact f)
{
	return fact_names[f];
}

/* In the order of enum sequence_kind (sequence/judge.h). */
const char *
chain_also_type(unsigned bit)
{
	static const char *const types[CHAIN_ALSO_MAX] = {
		"AttackSequence:EKS/CompromisedCluster",
		"AttackSequence:S3/CompromisedData",
		"AttackSequence:EC2/CompromisedInstanceGroup",
		"AttackSequence:IAM/CompromisedCredentials",
	};

	return types[bit];
}

/* --- steps ---------------------------------------------------------------- */

static struct span
move(char **at, struct span s)
{
	struct span kept = span_of(*at, s.len);

	if (s.len > 0)
		memcpy(*at, s.at, s.len);
	*at += s.len;
	return kept;
}

/* A step with copies of the texts that `head` borrows. */
static struct chain_step *
own(const struct chain_step *head)
{
	struct chain_step *s;
	size_t bytes = 0;
	char *at;

	for (size_t i = 0; i < CHAIN_TEXTS; i++)
		bytes += head->text[i].len;
	for (size_t i = 0; i < CHAIN_FACTS; i++)
		bytes += head->fact[i].len;
	s = status_calloc(1, sizeof(*s) + bytes);
	*s = *head;
	at = (char *)(s + 1);
	for (size_t i = 0; i < CHAIN_TEXTS; i++)
		s->text[i] = move(&at, head->text[i]);
	for (size_t i = 0; i < CHAIN_FACTS; i++)
		s->fact[i] = move(&at, head->fact[i]);
	return s;
}

/* The title as a finding of this signal alone would have it. */
static void
add_title(const struct signal *s, struct buf *out)
{
	/* finding_expand() reads `first` only; it changes nothing. */
	struct signal copy = *s;
	const struct finding f = {
		.first = &copy,
		.first_us = s->first_us,
		.last_us = s->time_us,
		.count = s->count,
		.p = s->p,
	};

	if (s->row->detector->title != NULL)
		finding_expand(&f, s->row->detector->title, out);
	else
		buf_add_str(out, s->row->detector->type);
}

struct chain_step *
chain_step_of(const struct signal *s)
{
	struct buf title = { 0 };
	struct chain_step head = {
		.row = s->row,
		.source = s->source,
		.actor_kind = s->actor_kind,
		.resource_kind = s->resource_kind,
		.time_us = s->time_us,
		.last_us = s->time_us,
		.count = 1,
		.p = s->p,
		.severity = s->severity,
		.counted = s->counted,
		.text = {
			[CHAIN_TENANT] = s->tenant,
			[CHAIN_ACCOUNT] = s->account,
			[CHAIN_REGION] = s->region,
			[CHAIN_CLUSTER] = s->cluster,
			[CHAIN_ACTOR] = s->actor,
			[CHAIN_RESOURCE] = s->resource,
			[CHAIN_EVENT_ID] = s->event.id,
			[CHAIN_PARCEL] = s->event.parcel,
		},
	};
	struct chain_step *step;

	for (size_t i = 0; i < CHAIN_FACTS; i++)
		head.fact[i] = signal_fact(s, fact_names[i]);
	add_title(s, &title);
	head.text[CHAIN_TITLE] = span_first(buf_span(&title), TITLE_BYTES);
	step = own(&head);
	buf_done(&title);
	return step;
}

struct chain_step *
chain_step_copy(const struct chain_step *s)
{
	return own(s);
}

void
chain_step_free(struct chain_step *s)
{
	/* One block holds the struct and its texts. */
	free(s);
}

int
chain_step_compare(
    const struct chain_step *left, const struct chain_step *right)
{
	static const enum chain_text texts[] = { CHAIN_TENANT, CHAIN_EVENT_ID,
		CHAIN_ACTOR, CHAIN_RESOURCE, CHAIN_CLUSTER, CHAIN_PARCEL };
	int order;

	if (left->time_us != right->time_us)
		return left->time_us < right->time_us ? -1 : 1;
	order = strcmp(left->row->name, right->row->name);
	for (size_t i = 0; i < COUNTOF(texts) && order == 0; i++)
		order =
		    span_compare(left->text[texts[i]], right->text[texts[i]]);
	for (size_t i = 0; i < CHAIN_FACTS && order == 0; i++)
		order = span_compare(left->fact[i], right->fact[i]);
	return order;
}

/* --- as bytes ------------------------------------------------------------- */

struct chain *
chain_new(void)
{
	return status_calloc(1, sizeof(struct chain));
}

void
chain_free(struct chain *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->nsteps; i++)
		chain_step_free(c->steps[i]);
	free(c);
}

static void
pack_step(const struct chain_step *s, struct buf *out)
{
	pack_span(out, span_str(s->row->name));
	pack_u64(out, s->source);
	pack_u64(out, s->actor_kind);
	pack_u64(out, s->resource_kind);
	pack_i64(out, s->time_us);
	pack_i64(out, s->last_us);
	pack_u64(out, s->count);
	pack_f64(out, s->p);
	pack_f64(out, s->severity);
	pack_u64(out, s->counted);
	for (size_t i = 0; i < CHAIN_TEXTS; i++)
		pack_span(out, s->text[i]);
	for (size_t i = 0; i < CHAIN_FACTS; i++) {
		/* By name: the list may grow. */
		if (s->fact[i].len == 0)
			continue;
		pack_span(out, span_str(fact_names[i]));
		pack_span(out, s->fact[i]);
	}
	pack_span(out, span_of(NULL, 0));
}

static void
unpack_facts(struct unpack *u, struct chain_step *s)
{
	struct span name = unpack_span(u);

	while (name.len > 0 && !u->failed) {
		struct span value = unpack_span(u);

		for (size_t i = 0; i < CHAIN_FACTS; i++) {
			if (span_equal(name, span_str(fact_names[i])))
				s->fact[i] = value;
		}
		name = unpack_span(u);
	}
}

static void
unpack_step(struct unpack *u, struct chain *c)
{
	struct chain_step s = { .row = detector_row_named(unpack_span(u)) };

	s.source = (enum source)unpack_count(u, SOURCE_COUNT - 1);
	s.actor_kind = (enum entity_kind)unpack_count(u, ENTITY_COUNT - 1);
	s.resource_kind = (enum entity_kind)unpack_count(u, ENTITY_COUNT - 1);
	s.time_us = unpack_i64(u);
	s.last_us = unpack_i64(u);
	s.count = unpack_u64(u);
	s.p = unpack_f64(u);
	s.severity = unpack_f64(u);
	s.counted = unpack_u64(u) != 0;
	for (size_t i = 0; i < CHAIN_TEXTS; i++)
		s.text[i] = unpack_span(u);
	unpack_facts(u, &s);
	if (!u->failed && s.row != NULL)
		c->steps[c->nsteps++] = own(&s);
}

void
chain_pack(const struct chain *c, struct buf *out)
{
	pack_u64(out, c->left_out);
	pack_i64(out, c->fired_us);
	pack_f64(out, c->score);
	pack_u64(out, c->tactics);
	pack_u64(out, c->also);
	pack_u64(out, c->nsteps);
	for (size_t i = 0; i < c->nsteps; i++)
		pack_step(c->steps[i], out);
}

struct chain *
chain_unpack(struct unpack *u)
{
	struct chain *c = chain_new();
	uint64_t count;

	c->left_out = unpack_u64(u);
	c->fired_us = unpack_i64(u);
	c->score = unpack_f64(u);
	c->tactics = (unsigned)unpack_count(u, (1u << TACTIC_COUNT) - 1);
	c->also = (unsigned)unpack_count(u, UINT16_MAX);
	count = unpack_count(u, CHAIN_STEPS_MAX);
	for (uint64_t i = 0; i < count && !u->failed; i++)
		unpack_step(u, c);
	if (!u->failed)
		return c;
	chain_free(c);
	return NULL;
}
