/*
 * fact.h - what every JSON output asks of a finding's facts.  Spans borrow
 * from the finding.  Any thread.
 */
#pragma once

#include "base/civil.h"
#include "finding/finding.h"
#include "output/emit.h"

static inline struct span
fact(const struct finding *f, const char *name)
{
	return signal_fact(f->first, name);
}

static inline struct span
fact_or(const struct finding *f, const char *name, struct span other)
{
	struct span value = fact(f, name);

	return span_is_empty(value) ? other : value;
}

/* A fact that is a number; 0 when it is not. */
static inline double
fact_number(const struct finding *f, const char *name)
{
	uint64_t n = 0;

	return span_to_u64(fact(f, name), &n) ? (double)n : 0;
}

/* A number of degrees, "-33.8600". */
static inline bool
fact_degrees(struct span text, double *number)
{
	uint64_t whole, part;
	bool south = span_starts(text, SPAN("-"));
	struct span rest = span_skip(text, south);
	struct span before = span_cut(&rest, '.');

	if (rest.len != 4 || !span_to_u64(before, &whole) ||
	    !span_to_u64(rest, &part))
		return false;
	*number = (double)whole + (double)part / 10000;
	*number = south ? -*number : *number;
	return true;
}

/* "Kubernetes" of "Execution:Kubernetes/ExecInKubeSystemPod". */
static inline struct span
fact_resource_word(const struct finding *f)
{
	struct span type = span_str(finding_detector(f)->type);

	type = span_skip(type, span_find(type, ':', 0) + 1);
	return span_first(type, span_find(type, '/', 0));
}

static inline bool
fact_is_blocked(const struct finding *f)
{
	return span_equal(fact(f, "action"), SPAN("REJECT"));
}

static inline bool
fact_is_outbound(const struct finding *f)
{
	return span_equal(fact(f, "direction"), SPAN("outbound"));
}

static inline bool
fact_is_port_probe(const struct finding *f)
{
	struct span type = span_str(finding_detector(f)->type);

	return span_search(type, SPAN("PortProbe")) < type.len;
}

/* "s3.amazonaws.com" of the fact "s3". */
static inline void
fact_service(const struct finding *f, struct buf *host)
{
	struct span service = fact(f, "service");

	buf_add(host, service);
	if (!span_is_empty(service) &&
	    span_find(service, '.', 0) == service.len)
		buf_add_str(host, ".amazonaws.com");
}

/* False for a fact whose name came before: JSON keys must not repeat. */
static inline bool
fact_is_first(const struct signal *s, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (span_equal(
			span_str(s->facts[j].name), span_str(s->facts[i].name)))
			return false;
	}
	return true;
}

/* A member with a time of the finding. */
static inline void
fact_moment(struct emit *e, const char *key, int64_t time_us)
{
	char text[CIVIL_TEXT_BYTES];

	emit_text(e, key, span_str(civil_format_ms(time_us, text)));
}
