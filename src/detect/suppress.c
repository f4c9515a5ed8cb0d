#include "detect/suppress.h"

#define SEQUENCE "AttackSequence:"
#define FACTS_MAX 12

/* A criterion and the facts that may meet it, beside the signal's own text. */
struct criterion {
	size_t pattern; /* offset of a char * in struct config_match */
	size_t own;	/* offset of a span in struct signal; 0: none */
	const char *facts[FACTS_MAX];
};

#define PATTERN(member) offsetof(struct config_match, member)
#define OWN(member) offsetof(struct signal, member)

static const struct criterion criteria[] = {
	{ PATTERN(cluster), OWN(cluster), { "cluster" } },
	{ PATTERN(account), OWN(account), { "account" } },
	{ PATTERN(region), OWN(region), { 0 } },
	{ PATTERN(namespace), 0, { "namespace" } },
	{ PATTERN(actor), OWN(actor),
	    { "arn", "issuer_arn", "role_name", "user_name", "user",
		"service_account", "pod", "workload", "instance", "local",
		"client" } },
	{ PATTERN(resource), OWN(resource), { "name", "bucket" } },
	{ PATTERN(image), 0, { "image" } },
	{ PATTERN(domain), 0, { "domain", "registered_domain" } },
};

static const char *const address_facts[] = { "remote", "peer", "local",
	"client" };

static bool
meets(const struct criterion *c, const struct config_match *match,
    const struct signal *s)
{
	const char *const *fact = c->facts;
	struct span pattern;
	char *text;

	memcpy(&text, (const char *)match + c->pattern, sizeof(text));
	if (text == NULL)
		return true;
	pattern = span_str(text);
	if (c->own != 0) {
		struct span own;

		memcpy(&own, (const char *)s + c->own, sizeof(own));
		if (own.len > 0 && span_matches(own, pattern))
			return true;
	}
	for (; *fact != NULL; fact++) {
		struct span value = signal_fact(s, *fact);

		if (value.len > 0 && span_matches(value, pattern))
			return true;
	}
	return false;
}

static bool
meets_address(const struct config_match *match, const struct signal *s)
{
	struct ip ip;

	if (ip_is_none(&match->address.base))
		return true;
	for (size_t i = 0; i < COUNTOF(address_facts); i++) {
		if (ip_parse(signal_fact(s, address_facts[i]), &ip) &&
		    ip_net_holds(&match->address, &ip))
			return true;
	}
	return false;
}

static bool
meets_type(const char *pattern, const struct detector_row *row)
{
	struct span p = span_str(pattern);
	struct span type = span_str(row->detector->type);

	if (span_starts(type, SPAN(SEQUENCE)) &&
	    !span_starts(p, SPAN(SEQUENCE)))
		return false;
	return pattern == NULL || span_matches(type, p) ||
	       span_matches(span_str(row->name), p);
}

static bool
meets_all(const struct config_suppress *rule, const struct signal *s)
{
	const struct config_match *m = &rule->match;
	double severity = s->severity_set > 0 ? s->severity_set : s->severity;

	if (rule->expires_us != 0 && s->time_us >= rule->expires_us)
		return false;
	if (m->max_severity > 0 && severity > m->max_severity)
		return false;
	if (!meets_type(m->type, s->row))
		return false;
	for (size_t i = 0; i < COUNTOF(criteria); i++) {
		if (!meets(&criteria[i], m, s))
			return false;
	}
	return meets_address(m, s);
}

static bool
lasts_longer(const struct config_suppress *a, const struct config_suppress *b)
{
	if (a->expires_us == 0)
		return b->expires_us != 0;
	return b->expires_us != 0 && a->expires_us > b->expires_us;
}

const struct config_suppress *
suppress_match(const struct config *config, const struct signal *signal)
{
	const struct config_suppress *best = NULL;

	for (size_t i = 0; i < config->nsuppress; i++) {
		const struct config_suppress *rule = &config->suppress[i];

		if (best != NULL && !lasts_longer(rule, best))
			continue;
		if (meets_all(rule, signal))
			best = rule;
	}
	return best;
}
