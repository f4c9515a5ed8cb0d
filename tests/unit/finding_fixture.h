/*
 * finding_fixture.h - a finding to print, whose every text a test can set.
 * The texts borrow from the test.
 */
#pragma once

#include <math.h>
#include <stdio.h>

#include "base/civil.h"
#include "finding/finding.h"

struct fixture {
	struct detector detector;
	struct detector_row row;
	struct signal signal;
	struct event_ref event;
	struct finding finding;
};

static inline void
fixture_fact(struct fixture *x, const char *name, struct span value)
{
	struct signal *s = &x->signal;

	for (size_t i = 0; i < s->nfacts; i++) {
		if (!strcmp(s->facts[i].name, name)) {
			s->facts[i].value = value;
			return;
		}
	}
	s->facts[s->nfacts++] = (struct fact){ name, value };
}

static inline struct signal_why *
fixture_why(struct fixture *x, const char *feature, struct span observed)
{
	struct signal_why *w = &x->signal.why[x->signal.nwhy++];

	*w = (struct signal_why){
		.feature = span_str(feature),
		.observed = observed,
		.expected = (double)NAN,
	};
	return w;
}

/* A shell in a pod, by alice, 2026-11-22 14:02:11. */
static inline void
fixture_init(struct fixture *x, const char *detector_name)
{
	int64_t at = 0;

	memset(x, 0, sizeof(*x));
	(void)civil_parse(SPAN("2026-11-22T14:02:11Z"), &at);
	x->detector = (struct detector){
		.type = "Execution:Kubernetes/ExecInKubeSystemPod",
		.title = "{actor} ran a command in {namespace}/{name}",
		.story = "{actor} ran {command} in pod {namespace}/{name} of "
			 "cluster {cluster} at {time}",
		.mitre = "T1609 T1611",
		.severity = SEVERITY_MEDIUM,
		.state_version = 1,
	};
	x->row = (struct detector_row){ &x->detector, detector_name, "k8s",
		detector_name, "" };
	x->event = (struct event_ref){ SOURCE_K8S_AUDIT, SPAN("6f1c-audit"), at,
		SPAN("logs/prod/audit-20261122.json.gz") };
	x->signal = (struct signal){
		.row = &x->row,
		.severity = SEVERITY_MEDIUM,
		.confidence = 0.9,
		.counted = true,
		.tenant = SPAN("111122223333"),
		.account = SPAN("111122223333"),
		.region = SPAN("eu-west-1"),
		.cluster = SPAN("prod"),
		.actor_kind = ENTITY_USER,
		.actor = SPAN("alice@example.org"),
		.resource_kind = ENTITY_POD,
		.resource = SPAN("kube-system/coredns-7x2"),
		.source = SOURCE_K8S_AUDIT,
		.time_us = at,
		.first_us = at,
		.count = 1,
		.event = x->event,
	};
	x->finding = (struct finding){
		.first = &x->signal,
		.severity = SEVERITY_MEDIUM,
		.confidence = 0.9,
		.p = 1e-7,
		.first_us = at,
		.last_us = at + 90 * CIVIL_US_PER_S,
		.count = 3,
		.events = &x->event,
		.nevents = 1,
		.events_left_out = 2,
	};
	(void)snprintf(x->finding.id, sizeof(x->finding.id), "%s",
	    "0123456789abcdef0123456789abcdef");
	fixture_fact(x, "namespace", SPAN("kube-system"));
	fixture_fact(x, "name", SPAN("coredns-7x2"));
	fixture_fact(x, "resource_type", SPAN("pods"));
	fixture_fact(x, "command", SPAN("/bin/sh -c id"));
	fixture_fact(x, "user", SPAN("alice@example.org"));
	fixture_fact(x, "actor_kind", SPAN("user"));
}
