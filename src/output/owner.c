#include "output/owner.h"

static bool
is_known(const struct config_owner *o)
{
	return o->name != NULL || o->contact != NULL;
}

static struct owner
owner_from(const struct config_owner *o, const char *source)
{
	return (struct owner){
		.name = span_str(o->name),
		.contact = span_str(o->contact),
		.source = source,
	};
}

static const struct config_cluster *
cluster_of(const struct finding *f, const struct config *c)
{
	struct span name = f->first->cluster;

	if (span_is_empty(name))
		name = signal_fact(f->first, "cluster");
	if (c == NULL || span_is_empty(name))
		return NULL;
	return config_cluster(c, name);
}

/* As the logs say it: labels, annotations, tags. */
static bool
owner_in_logs(const struct finding *f, struct owner *o)
{
	static const char *const sources[] = {
		"labels of the workload",
		"labels of the namespace",
		"tag of the instance",
	};
	struct span source = signal_fact(f->first, "owner_source");

	*o = (struct owner){
		.name = signal_fact(f->first, "owner"),
		.contact = signal_fact(f->first, "contact"),
	};
	for (size_t i = 0; i < COUNTOF(sources); i++) {
		if (span_equal(source, span_str(sources[i])))
			o->source = sources[i];
	}
	return o->source != NULL;
}

struct owner
owner_of(const struct finding *f, const struct config *c)
{
	const struct config_cluster *cluster = cluster_of(f, c);
	const struct config_account *account = NULL;
	struct owner logged;

	if (owner_in_logs(f, &logged))
		return logged;
	if (cluster != NULL && is_known(&cluster->owner))
		return owner_from(&cluster->owner, "clusters");
	if (c != NULL)
		account = config_account(c, owner_account(f, c));
	if (account != NULL && is_known(&account->owner))
		return owner_from(&account->owner, "accounts");
	return (struct owner){ .source = NULL };
}

static bool
is_account(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	}
	return s.len == 12;
}

struct span
owner_account(const struct finding *f, const struct config *c)
{
	const struct config_cluster *cluster = cluster_of(f, c);

	if (is_account(f->first->account))
		return f->first->account;
	if (cluster != NULL && is_account(span_str(cluster->account)))
		return span_str(cluster->account);
	return SPAN("000000000000");
}

static bool
is_region(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char ch = s.at[i];

		if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ||
			ch == '-'))
			return false;
	}
	return s.len > 0 && s.len <= 32;
}

struct span
owner_region(const struct finding *f, const struct config *c)
{
	const struct config_cluster *cluster = cluster_of(f, c);

	if (is_region(f->first->region))
		return f->first->region;
	if (cluster != NULL && is_region(span_str(cluster->region)))
		return span_str(cluster->region);
	return SPAN("unknown");
}

const char *
owner_severity(double severity)
{
	if (severity >= 9)
		return "critical";
	if (severity >= 7)
		return "high";
	return severity >= 4 ? "medium" : "low";
}
